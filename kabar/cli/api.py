"""What commands read: the body of GET /api/v1/…, from the process or from its database."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

import click
import httpx

from kabar.cli.control import RefusedByProcessError, ask_process
from services.alerter.database.connections import open_read_only
from services.alerter.web.app import api_app
from services.alerter.web.sources import Sources
from services.common.config.configuration import Configuration, read_configuration
from services.common.contracts.feed import feeds_body
from services.common.errors import ConfigurationError
from services.common.settings import Settings, read_settings
from services.common.watchlist import Watchlist

P = ParamSpec("P")
T = TypeVar("T")

data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="The data directory (KABAR_DATA)."
)
config_option = click.option(
    "--config", type=click.Path(path_type=Path), help="The configuration (KABAR_CONFIG)."
)


class WrongUse(click.ClickException):
    """The command cannot start with what it was told."""

    exit_code = 2


def settings_of(*, data: Path | None, config: Path | None = None) -> Settings:
    """Return the settings of the environment, with what the command line says instead."""
    try:
        settings = read_settings()
    except ConfigurationError as error:
        raise WrongUse(str(error)) from error
    return replace(settings, data=data or settings.data, config=config or settings.config)


def read_api(settings: Settings, name: str, query: Mapping[str, object]) -> dict[str, Any]:
    """Return the body of GET /api/v1/`name`; absent values of `query` are left out.

    The process that runs on the data directory answers; where nobody runs, the same API answers
    here, over the database opened for reading.
    """
    given = {key: str(value) for key, value in query.items() if value is not None}
    path = f"/api/v1/{name}?{urlencode(given)}"
    try:
        body = ask_process(settings.data, "GET", path)
        return asyncio.run(_read_here(settings, path)) if body is None else body
    except RefusedByProcessError as error:
        raise click.ClickException(str(error)) from error
    except (FileNotFoundError, ConfigurationError) as error:
        raise WrongUse(str(error)) from error


async def _read_here(settings: Settings, path: str) -> dict[str, Any]:
    configuration = _configuration(settings)
    connection = open_read_only(settings.data)

    async def feeds() -> Mapping[str, Any]:
        return feeds_body(configuration.feeds, ())

    sources = Sources(
        database=_DirectReader(connection),
        configuration=lambda: configuration,
        findings=tuple,
        feeds=feeds,
    )
    try:
        transport = httpx.ASGITransport(api_app(sources))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            answer = await client.get(path)
    finally:
        connection.close()
    if not answer.is_success:
        raise RefusedByProcessError(answer.json()["detail"])
    body: dict[str, Any] = answer.json()
    return body


def _configuration(settings: Settings) -> Configuration:
    """Return the configuration for the names in it; without one, companies show by their ids."""
    loaded = read_configuration(settings.config, allow_networks=settings.allow_networks)
    return loaded.configuration or Configuration(watchlist=Watchlist.of(()))


class _DirectReader:
    """Reads through one connection in this thread: a command has nothing else to do."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def read(
        self, query: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kw: P.kwargs
    ) -> T:
        return query(self._connection, *args, **kw)
