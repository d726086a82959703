"""kabar classify."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import click

from kabar.counted import counted
from services.classifier.lexicon.load import BrokenLexiconError
from services.classifier.pipeline import Pipeline
from services.classifier.workbench.explanation import explanation
from services.classifier.workbench.lines import BrokenLineError, read_story, written
from services.common.config.companies import FILE
from services.common.config.configuration import read_watchlist
from services.common.config.findings import Finding
from services.common.errors import ConfigurationError
from services.common.garbage import collect_rarely
from services.common.watchlist import Watchlist

_FEW = 3
"""So many warnings of a watchlist are named; what runs again and again is no place for fifty."""


@click.command()
@click.option(
    "--companies",
    required=True,
    type=click.Path(path_type=Path),
    help="The companies.yml with who is watched.",
)
@click.option("--explain", is_flag=True, help="Print each story with its words marked instead.")
@click.argument("file", type=click.File("rb"), default="-")
def classify(companies: Path, file: BinaryIO, *, explain: bool) -> None:
    """Read stories as JSON lines from FILE or stdin and write what they report, one line each.

    A line is {"id", "title", "text"?, "url"?, "published"?, "lang"?}. A broken line gives
    {"id", "error"} in its place, a story in a language whose words cannot be read too, and exit
    code 1 at the end.
    """
    pipeline = Pipeline.of(watchlist_of(companies))
    collect_rarely()
    out = click.get_binary_stream("stdout")
    is_broken = False
    for number, line in lines_of(file):
        try:
            story_id, story = read_story(line)
        except BrokenLineError as error:
            is_broken = True
            out.write(_json({"id": error.story_id, "error": f"line {number}: {error}"}))
            continue
        try:
            if explain:
                told = f"{story_id}\n{explanation(pipeline.document(story))}\n\n".encode()
            else:
                told = _json(written(story_id, *pipeline.told(story)))
        except BrokenLexiconError as error:
            is_broken = True
            told = _json({"id": story_id, "error": str(error)})
        out.write(told)
    out.flush()
    if is_broken:
        raise SystemExit(1)


def watchlist_of(companies: Path) -> Watchlist:
    """Return the watchlist of a companies.yml; a mistake ends with 2.

    Its warnings go to stderr, many as their number: `kabar check` is there to name them.
    """
    doubtful: list[Finding] = []
    try:
        watchlist = read_watchlist(companies, warn=doubtful.append)
    except ConfigurationError as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from error
    for line in _told(doubtful, companies):
        click.echo(line, err=True)
    return watchlist


def _told(doubtful: Sequence[Finding], companies: Path) -> list[str]:
    if len(doubtful) <= _FEW:
        return [str(finding) for finding in doubtful]
    asked = f"`kabar check --config {companies.parent}` names each"
    if companies.name != FILE:
        asked += f", once it is the {FILE} there"
    return [f"{companies}: {counted(len(doubtful), 'warning')}; {asked}."]


def lines_of(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not empty with their numbers; a byte order mark is left out."""
    for number, line in enumerate(file, 1):
        text = line.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip("\r\n \t")
        if text:
            yield number, text


def _json(fields: dict[str, Any]) -> bytes:
    return (json.dumps(fields, ensure_ascii=False) + "\n").encode()
