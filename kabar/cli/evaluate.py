"""kabar evaluate."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from kabar.cli.classify import lines_of, watchlist_of
from services.classifier.evaluation import (
    PARTS,
    ids_by_name,
    interval,
    is_in,
    read_labels,
    summary,
    table,
)
from services.classifier.evaluation import (
    evaluate as score_readings,
)
from services.classifier.lines import BrokenLineError, read_story
from services.classifier.pipeline import Pipeline
from services.common.contracts.story import Story


@click.command()
@click.option(
    "--companies",
    required=True,
    type=click.Path(path_type=Path),
    help="The companies.yml whose names the labels use.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--errors", is_flag=True, help="List every label that was read otherwise.")
@click.option(
    "--part",
    type=click.Choice(PARTS),
    default="all",
    help="Which stories: those to look at, those only scored, one half of these.  [default: all]",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def evaluate(
    companies: Path, files: tuple[Path, ...], *, as_json: bool, errors: bool, part: str
) -> None:
    """Score the classifier on the labelled stories in FILES, per language and in all.

    docs/events.md has the format of a label. P/R/F1 for type, alert, countries and mentions, accuracy
    for the others, in brackets how many labels there were. The calibration error says how far
    confidences are from the shares that were right.
    """
    watchlist = watchlist_of(companies)
    pipeline = Pipeline.of(watchlist)
    ids = ids_by_name(watchlist)
    pairs = (
        (read_labels(json.loads(line), ids), pipeline.read(story))
        for line, story in labelled_stories(files, part)
    )
    scores = score_readings(pairs)
    if as_json:
        figures = {
            language: {
                **summary(score),
                "interval of type f1": interval(score),
                "stages read": {
                    f"{wanted} as {given}": n for (wanted, given), n in sorted(score.stages.items())
                },
            }
            for language, score in sorted(scores.items())
        }
        click.echo(json.dumps(figures))
        return
    click.echo(table(scores))
    if errors:
        for error in scores["all"].errors:
            click.echo(error)


def labelled_stories(files: Iterable[Path], part: str) -> Iterator[tuple[str, Story]]:
    """Yield the lines of a part of the labelled stories in `files`, each with its story.

    Exits with 2 where a line cannot be read.
    """
    for path in files:
        with path.open("rb") as file:
            for number, line in enumerate(lines_of(file), 1):
                try:
                    story_id, story = read_story(line)
                except BrokenLineError as error:
                    click.echo(f"{path}:{number}: {error}", err=True)
                    raise SystemExit(2) from error
                if is_in(part, story_id):
                    yield line, story
