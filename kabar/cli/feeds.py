"""kabar feeds: how the feeds fare, and what one document holds."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import click

from kabar.cli.control import RefusedByProcessError, ask_process
from kabar.cli.options import Refused, config_option, data_option, settings_with
from kabar.cli.table import table
from kabar.data_directory import BUS_FILE
from services.common.bus.sqlite import SqliteBus, require_bus
from services.common.clock import SystemClock
from services.common.config.configuration import read_configuration
from services.common.contracts.codec import decode, encode
from services.common.contracts.feed import FeedHealth, feeds_body
from services.common.contracts.topics import FEED_HEALTH
from services.common.errors import BusUnavailableError, ConfigurationError
from services.common.settings import Settings
from services.fetcher.parse.document import Document, UnreadableError
from services.fetcher.parse.document_reader import DocumentReader


@click.group()
def feeds() -> None:
    """Show the feeds and how they fare; read one document."""


@feeds.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the body of GET /api/v1/feeds.")
@data_option
@config_option
def list_(*, as_json: bool, data: Path | None, config: Path | None) -> None:
    """Show the feeds: how each fares, why not, when it was asked last and will be next."""
    settings = settings_with(data=data, config=config)
    try:
        body = ask_process(settings.data, "GET", "/api/v1/feeds") or _body_here(settings)
    except (RefusedByProcessError, BusUnavailableError) as error:
        raise click.ClickException(str(error)) from error
    except ConfigurationError as error:
        raise Refused(str(error)) from error
    if as_json:
        click.echo(json.dumps(body, ensure_ascii=False))
        return
    for line in table([_row(feed) for feed in body["feeds"]]):
        click.echo(line)
    if not body["feeds"]:
        click.echo("No feed.", err=True)


@feeds.command()
@click.argument("file", type=click.File("rb"))
@click.option("--url", help="Where the document is from: the base of its relative links.")
@click.option("--content-type", help="The Content-Type that it was served with.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def parse(file: BinaryIO, url: str | None, content_type: str | None, *, as_json: bool) -> None:
    """Read the feed document FILE (- for stdin) and print its entries. No network."""
    try:
        document = asyncio.run(_read(file.read(), url=url, content_type=content_type))
    except UnreadableError as error:
        _print_error(error, as_json=as_json)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(json.loads(encode(document)), ensure_ascii=False))
    else:
        _print_entries(document)


def _body_here(settings: Settings) -> dict[str, Any]:
    """Return the body where nobody runs: from the configuration, and what was last told of each."""
    loaded = read_configuration(settings.config, allow_networks=settings.allow_networks)
    configured = loaded.require().feeds
    path = settings.data / BUS_FILE
    healths = asyncio.run(_healths(path)) if path.exists() else []
    return feeds_body(configured, healths)


async def _healths(path: Path) -> Sequence[FeedHealth]:
    require_bus(path)
    bus = SqliteBus(path, SystemClock())
    try:
        return [decode(FeedHealth, record.value) for record in await bus.read_all(FEED_HEALTH)]
    finally:
        await bus.close()


def _row(feed: Mapping[str, Any]) -> list[str]:
    error = feed["error"]
    return [
        feed["id"],
        feed["state"],
        (feed["last_polled_at"] or "-")[:16].replace("T", " "),
        (feed["next_poll_at"] or "-")[:16].replace("T", " "),
        feed["outlet"],
        f"{error['class']}: {error['message']}" if error else feed["url"],
    ]


async def _read(body: bytes, *, url: str | None, content_type: str | None) -> Document:
    reader = DocumentReader()
    try:
        return await reader.read(body, url=url, content_type=content_type)
    finally:
        await reader.aclose()


def _print_error(error: UnreadableError, *, as_json: bool) -> None:
    if as_json:
        body = {"error": {"class": error.error_class, "message": str(error)}}
        click.echo(json.dumps(body, ensure_ascii=False))
    else:
        click.echo(f"{error.error_class}: {error}", err=True)


def _print_entries(document: Document) -> None:
    mended = f", mended: {', '.join(document.repairs)}" if document.repairs else ""
    click.echo(
        f"{document.title or '-'} ({document.kind}, {document.encoding}, "
        f"{len(document.entries)} {'entry' if len(document.entries) == 1 else 'entries'}{mended})"
    )
    for entry in document.entries:
        at = entry.published or entry.updated
        click.echo(f"{at.isoformat() if at else '-'}  {entry.title or '-'}  {entry.link or '-'}")
