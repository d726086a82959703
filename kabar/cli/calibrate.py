"""kabar calibrate."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import click

from kabar.cli.classify import watchlist_of
from kabar.cli.labelled import companies_option, files_argument, labelled_stories
from services.classifier.pipeline import Pipeline
from services.classifier.workbench.calibration.confidence import fit, outcomes
from services.classifier.workbench.calibration.stages import choices
from services.classifier.workbench.calibration.stages import fit as stage_fit
from services.classifier.workbench.labels import PARTS, ids_by_name, read_labels
from services.common.ids import CompanyId

Seen = TypeVar("Seen")
Weights = TypeVar("Weights")


@click.command()
@companies_option
@click.option(
    "--part",
    type=click.Choice(PARTS),
    default="fitted",
    help="Which stories to learn from.  [default: fitted]",
)
@click.option(
    "--of",
    "subject",
    type=click.Choice(("confidence", "stage")),
    default="confidence",
    help="What the weights are of.  [default: confidence]",
)
@files_argument
def calibrate(companies: Path, files: tuple[Path, ...], *, part: str, subject: str) -> None:
    """Fit the weights of confidence or of stages on the labelled stories in FILES, print them as YAML.

    What is printed takes the place of services/classifier/lexicon/shared/confidence.yml, or of
    stage.yml there. Confidence learns from stories that nobody mended cues by, stages also from those;
    `kabar evaluate --part held` judges both on others.
    """
    watchlist = watchlist_of(companies)
    pipeline, ids = Pipeline.of(watchlist), ids_by_name(watchlist)
    if subject == "stage":
        _stages(pipeline, ids, files, part)
    else:
        _confidence(pipeline, ids, files, part)


def _stages(
    pipeline: Pipeline, ids: Mapping[str, CompanyId], files: tuple[Path, ...], part: str
) -> None:
    parts = ("look", "fitted") if part == "fitted" else (part,)
    seen = [
        choice
        for each in parts
        for line, story in labelled_stories(files, each)
        for choice in choices(read_labels(json.loads(line), ids), pipeline.document(story))
    ]
    weights = _fitted(stage_fit, seen)
    click.echo(
        f"# How far an event has come: what each sign adds to a stage (services/classifier/stages/signs.py).\n"
        f"# Fitted by `kabar calibrate --of stage` on {len(seen)} events of {' and '.join(parts)}.\n"
        "weights:"
    )
    for stage, signs in weights.items():
        click.echo(f"  {stage}:")
        for sign, weight in signs.items():
            click.echo(f'    "{sign}": {weight + 0:g}')


def _confidence(
    pipeline: Pipeline, ids: Mapping[str, CompanyId], files: tuple[Path, ...], part: str
) -> None:
    seen = [
        outcome
        for line, story in labelled_stories(files, part)
        for outcome in outcomes(read_labels(json.loads(line), ids), pipeline.document(story))
    ]
    weights = _fitted(fit, seen)
    right = sum(outcome.is_right for outcome in seen)
    click.echo(
        f"# How sure a report is: log-odds of its features (services/classifier/steps/weigh.py).\n"
        f"# Fitted by `kabar calibrate --part {part}` on {len(seen)} reports, {right} of them right.\n"
        "weights:"
    )
    for name, weight in weights.items():
        click.echo(f"  {name}: {weight + 0:g}")


def _fitted(fitting: Callable[[list[Seen]], Weights], seen: list[Seen]) -> Weights:
    """Return the weights that `seen` teaches; where that is nothing, end the command with 1."""
    try:
        return fitting(seen)
    except ValueError as error:
        click.echo(f"Nothing to fit: {error}", err=True)
        raise SystemExit(1) from error
