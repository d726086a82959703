"""kabar evaluate."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path

import click

from kabar.cli.classify import watchlist_of
from kabar.cli.labelled import companies_option, files_argument, labelled_stories
from kabar.cli.options import Refused
from services.classifier.pipeline import Pipeline
from services.classifier.workbench.evaluation import evaluate as score_readings
from services.classifier.workbench.evaluation import interval, summary, table
from services.classifier.workbench.labels import PARTS, ids_by_name, named_in, read_labels


@click.command()
@companies_option
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--errors", is_flag=True, help="List every label that was read otherwise.")
@click.option(
    "--part",
    type=click.Choice(PARTS),
    default="all",
    help="Which stories: those to look at, those only scored, one half of these.  [default: all]",
)
@files_argument
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
    stories = list(labelled_stories(files, part))
    _require_fitting((line for line, _ in stories), ids, companies=companies, files=files)
    pairs = ((read_labels(json.loads(line), ids), pipeline.read(story)) for line, story in stories)
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


def _require_fitting(
    lines: Iterable[str], ids: Collection[str], *, companies: Path, files: Iterable[Path]
) -> None:
    """Refuse labels of which no company is watched: there would be nothing to score.

    Raises:
        Refused: they name companies, and `companies` has none of them.
    """
    named: set[str] = set()
    for line in lines:
        named |= named_in(json.loads(line))
    if named and named.isdisjoint(ids):
        shown = ", ".join(f'"{name}"' for name in sorted(named)[:3])
        first, *others = map(str, files)
        labels = f"{first} and {len(others)} more name" if others else f"{first} names"
        raise Refused(
            f"{companies} has none of the companies that {labels}, such as {shown}: nothing can"
            " be scored. Give the companies.yml that has them, by name or alias."
        )
