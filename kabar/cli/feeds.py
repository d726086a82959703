"""kabar feeds: how the feeds fare, and what one document holds."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import BinaryIO

import click

from services.common.contracts.codec import encode
from services.fetcher.parse.child import DocumentReader
from services.fetcher.parse.document import Document, UnreadableError


@click.group()
def feeds() -> None:
    """Show the feeds and how they fare; read one document."""


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
        f"{len(document.entries)} entries{mended})"
    )
    for entry in document.entries:
        at = entry.published or entry.updated
        click.echo(f"{at.isoformat() if at else '-'}  {entry.title or '-'}  {entry.link or '-'}")
