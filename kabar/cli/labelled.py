"""Labelled stories: the options and files of the commands that measure and fit by them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from kabar.cli.classify import lines_of
from services.classifier.workbench.labels import is_in, require_labels
from services.classifier.workbench.lines import BrokenLineError, read_story
from services.common.contracts.story import Story

companies_option = click.option(
    "--companies",
    required=True,
    type=click.Path(path_type=Path),
    help="The companies.yml whose names the labels use.",
)
files_argument = click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)


def labelled_stories(files: Iterable[Path], part: str) -> Iterator[tuple[str, Story]]:
    """Yield the lines of a part of the labelled stories in `files`, each with its story.

    Exits with 2 where a line cannot be read, or its labels say what no label can.
    """
    for path in files:
        with path.open("rb") as file:
            for number, line in lines_of(file):
                try:
                    story_id, story = read_story(line)
                    require_labels(json.loads(line))
                except BrokenLineError as error:
                    click.echo(f"{path}:{number}: {error}", err=True)
                    raise SystemExit(2) from error
                if is_in(part, story_id):
                    yield line, story
