"""What commands read: the body of GET /api/v1/…, from the process or from its database."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

import click
import httpx

from kabar.cli.control import RefusedByProcessError, ask_process, body_of, cannot_be_asked
from kabar.cli.options import Refused
from kabar.data_directory import made
from services.alerter.database.connections import (
    Database,
    database_in_memory,
    open_read_only,
    require_database,
)
from services.alerter.database.lock import ActiveLock
from services.alerter.database.made import made_subscriptions
from services.alerter.operator import Operator
from services.alerter.subscription_book import SubscriptionBook, completed
from services.alerter.web.app import api_app
from services.alerter.web.sources import Sources
from services.common.clock import SystemClock
from services.common.config.configuration import Configuration, read_configuration
from services.common.contracts.feed import feeds_body
from services.common.errors import ConfigurationError
from services.common.settings import Settings
from services.common.watchlist import Watchlist

P = ParamSpec("P")
T = TypeVar("T")

_SUBSCRIPTIONS = "/api/v1/subscriptions"


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
        if error.is_wrong_use:
            raise Refused(str(error)) from error
        raise click.ClickException(str(error)) from error
    except (FileNotFoundError, ConfigurationError) as error:
        raise Refused(str(error)) from error


def change_api(settings: Settings, method: str, name: str, body: object = None) -> dict[str, Any]:
    """Return the answer to a change by /api/v1/`name`, empty where it has none.

    The process that runs on the data directory makes it; where nobody runs, the same API makes it
    here, over the database, under the lock that keeps a starting process away.

    Raises:
        RefusedByProcessError: it was refused; its `errors` name the fields.
        Refused: the configuration or the data directory cannot be used.
    """
    path = f"/api/v1/{name}"
    try:
        answered = ask_process(settings.data, method, path, body=body)
        if answered is not None:
            return answered
        return asyncio.run(_change_here(settings, method, path, body))
    except (FileNotFoundError, ConfigurationError) as error:
        raise Refused(str(error)) from error


def complete(configuration: Configuration, data: Path) -> Configuration:
    """Return `configuration` with the subscriptions that are in the database of `data`, if any."""
    try:
        connection = open_read_only(data)
    except FileNotFoundError:
        return configuration
    with closing(connection):
        return completed(configuration, made_subscriptions(connection)).configuration


async def _read_here(settings: Settings, path: str) -> dict[str, Any]:
    with closing(_connection(settings, path)) as connection:
        configuration = complete(_configuration(settings), settings.data)
        sources = Sources(
            database=_DirectReader(connection),
            configuration=lambda: configuration,
            findings=tuple,
            feeds=_feeds(configuration),
        )
        return body_of(await _asked(sources, "GET", path))


def _connection(settings: Settings, path: str) -> sqlite3.Connection:
    """Return the database for reading; an empty one for what files hold too, where nothing ran yet.

    Raises:
        FileNotFoundError: nothing ran here yet, and only a database could tell.
    """
    try:
        return open_read_only(settings.data)
    except FileNotFoundError:
        if not path.startswith(_SUBSCRIPTIONS):
            raise
        return database_in_memory()


@asynccontextmanager
async def database_here(data: Path) -> AsyncIterator[Database]:
    """Yield the database of `data` to write, under the lock that keeps a starting process away.

    Raises:
        ConfigurationError: a process has it, or it cannot be used.
    """
    with ActiveLock(await asyncio.to_thread(made, data)) as lock:
        if not lock.try_acquire():
            raise ConfigurationError(f"A kabar on {data} is starting or ending: try again.")
        database = await Database.open(data)
        try:
            yield database
        finally:
            await database.close()


async def _change_here(settings: Settings, method: str, path: str, body: object) -> dict[str, Any]:
    # A subscription may be made before the first start. A mute in a directory that was mistyped would
    # be told as done, and mute nothing.
    if not path.startswith(_SUBSCRIPTIONS):
        require_database(settings.data)
    configuration = read_configuration(
        settings.config, allow_networks=settings.allow_networks
    ).require()
    async with database_here(settings.data) as database:
        book = await SubscriptionBook.open(
            database, configuration=lambda: configuration, clock=SystemClock()
        )
        sources = Sources(
            database=database,
            configuration=lambda: book.now.configuration,
            findings=tuple,
            feeds=_feeds(configuration),
            book=book,
            operator=Operator(
                database=database,
                clock=SystemClock(),
                configuration=lambda: book.now.configuration,
            ),
        )
        return body_of(await _asked(sources, method, path, body))


async def _asked(sources: Sources, method: str, path: str, body: object = None) -> httpx.Response:
    transport = httpx.ASGITransport(api_app(sources))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        try:
            return await client.request(method, path, json=body)
        except httpx.InvalidURL as error:
            raise cannot_be_asked(error) from error


def _feeds(configuration: Configuration) -> Callable[[], Awaitable[Mapping[str, Any]]]:
    async def feeds() -> Mapping[str, Any]:
        return feeds_body(configuration.feeds, ())

    return feeds


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
