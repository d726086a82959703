"""kabar feeds: how the feeds fare, which they are, and what one document holds."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import click

from kabar.cli.bus import bus_of
from kabar.cli.control import RefusedByProcessError, ask_process
from kabar.cli.edits import add_entries, remove_entry
from kabar.cli.options import Refused, config_option, data_option, settings_with
from kabar.cli.table import table
from kabar.data_directory import BUS_FILE
from kabar.opml import Outline, read_opml
from services.common.config import codes, edit
from services.common.config.configuration import read_configuration, read_file
from services.common.config.feeds import FILE, address_key, read_feeds
from services.common.config.fields import web_address
from services.common.config.yaml import read_yaml
from services.common.contracts.codec import decode, encode
from services.common.contracts.feed import FeedHealth, feeds_body
from services.common.contracts.topics import FEED_HEALTH
from services.common.errors import BusUnavailableError, ConfigurationError
from services.common.http.addresses import AddressGuard
from services.common.settings import Settings
from services.fetcher.parse.document import Document, UnreadableError
from services.fetcher.parse.document_reader import DocumentReader


@click.group()
def feeds() -> None:
    """Show and edit the feeds; read one document."""


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


@feeds.command()
@click.argument("url")
@click.option("--id", help="Its id; one made of the address unless told.")
@click.option("--outlet", help="Who publishes it; the host unless told.")
@click.option("--language", help="The language of its stories: pt, pt-BR.")
@click.option("--country", help="The outlet's country: BR.")
@click.option("--every", help="The longest interval promised: 10m.")
@click.option(
    "--first-fetch", help="What becomes of the stories that are there: summary, alert, ignore."
)
@click.option("--full-text", is_flag=True, help="Fetch the page of each story too.")
@config_option
def add(url: str, *, config: Path | None, **told: str | bool | None) -> None:
    """Poll one more feed: add it to feeds.yml; a running kabar takes it at once.

    Prints what was added. `kabar feeds list` shows how it fares.
    """
    settings = settings_with(config=config)
    if _fault(url) is None and address_key(url) in _polled(settings):
        # An id of its own would make it another feed: every story would come twice.
        raise click.ClickException(f"{settings.config / FILE}: {url} is polled already.")
    add_entries(settings.config, _edited(settings), [{"url": url, **told}])
    kind = AddressGuard(settings.allow_networks).refusal_of_url(url)
    if kind is None:
        click.echo(f"{settings.config / FILE}: {url} is polled now.", err=True)
    else:
        click.echo(
            f"{settings.config / FILE}: {url} is there now, and not polled: its address is {kind}."
            " KABAR_ALLOW_NETWORKS can exempt it.",
            err=True,
        )


@feeds.command("import")
@click.argument("file", type=click.Path(allow_dash=True, exists=True, dir_okay=False))
@config_option
def import_(file: str, *, config: Path | None) -> None:
    """Poll the feeds of FILE (- for stdin), a list in OPML: add them to feeds.yml.

    Those that are polled already are left out. What cannot be polled is named, and the rest is added;
    then it exits with 1.
    """
    settings = settings_with(config=config)
    listed = _listed(file)
    faults = [fault for outline in listed.values() if (fault := _fault(outline.url))]
    there = _polled(settings)
    new = [
        _entry(outline)
        for key, outline in listed.items()
        if key not in there and _fault(outline.url) is None
    ]
    if new:
        add_entries(settings.config, _edited(settings), new)
    for fault in faults:
        click.echo(f"{file}: {fault}.", err=True)
    known = len(listed) - len(new) - len(faults)
    click.echo(f"{len(new)} added, {known} there already.", err=True)
    if faults or not listed:
        raise SystemExit(1)


@feeds.command()
@click.argument("feed", metavar="ID|URL")
@config_option
def remove(feed: str, *, config: Path | None) -> None:
    """Poll a feed no longer: take it out of feeds.yml. Its stories stay."""
    settings = settings_with(config=config)
    remove_entry(settings.config, _edited(settings), feed)
    click.echo(f"{settings.config / FILE}: {feed} is polled no longer.", err=True)


def _listed(file: str) -> dict[str, Outline]:
    """Return the feeds of a list by what identifies their addresses; of two for one, the first."""
    try:
        with click.open_file(file, "rb") as content:
            outlines = read_opml(content.read())
    except ValueError as error:
        name = "The input" if file == "-" else file
        raise click.ClickException(
            f"{name} is no list of feeds: {error}. Feed readers export one, as OPML."
        ) from error
    listed: dict[str, Outline] = {}
    for outline in outlines:
        listed.setdefault(address_key(outline.url), outline)
    return listed


def _edited(settings: Settings) -> edit.EditedList:
    """Return the list of feeds, read with the networks that may be asked as often as one likes."""
    return replace(edit.FEEDS, read=partial(read_feeds, allow_networks=settings.allow_networks))


def _polled(settings: Settings) -> set[str]:
    """Return what identifies the addresses that are in feeds.yml."""
    path = settings.config / FILE
    content = read_file(path)
    page = read_yaml(content if isinstance(content, bytes) else b"", file=str(path))
    return {address_key(feed.url) for feed in read_feeds(page)}


def _fault(url: str) -> str | None:
    """Return why an address cannot be polled, None where it can."""
    try:
        web_address(url)
    except ValueError as error:
        return str(error)
    return None


def _entry(outline: Outline) -> edit.Entry:
    """Return an entry of feeds.yml. A language that is none is left out: many lists have en_US or more."""
    try:
        language = codes.language(outline.language.replace("_", "-"))
    except ValueError:
        language = ""
    return {"url": outline.url, "outlet": outline.title, "language": language}


def _body_here(settings: Settings) -> dict[str, Any]:
    """Return the body where nobody runs: from the configuration, and what was last told of each."""
    loaded = read_configuration(settings.config, allow_networks=settings.allow_networks)
    configured = loaded.require().feeds
    is_there = settings.kafka_servers or (settings.data / BUS_FILE).exists()
    return feeds_body(configured, asyncio.run(_healths(settings)) if is_there else ())


async def _healths(settings: Settings) -> Sequence[FeedHealth]:
    async with bus_of(settings) as bus:
        return [decode(FeedHealth, record.value) for record in await bus.read_all(FEED_HEALTH)]


def _row(feed: Mapping[str, Any]) -> list[str]:
    error = feed["error"]
    return [
        feed["id"],
        feed["state"],
        (feed["last_polled_at"] or "-")[:16].replace("T", " "),
        (feed["next_poll_at"] or "-")[:16].replace("T", " "),
        feed["outlet"],
        f"{feed['url']}  {error['class']}: {error['message']}" if error else feed["url"],
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
