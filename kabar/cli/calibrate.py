"""kabar calibrate."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kabar.cli.classify import watchlist_of
from kabar.cli.evaluate import labelled_stories
from services.classifier.calibration import fit, outcomes
from services.classifier.evaluation import PARTS, ids_by_name, read_labels
from services.classifier.pipeline import Pipeline


@click.command()
@click.option(
    "--companies",
    required=True,
    type=click.Path(path_type=Path),
    help="The companies.yml whose names the labels use.",
)
@click.option(
    "--part",
    type=click.Choice(PARTS),
    default="fitted",
    help="Which stories to learn from.  [default: fitted]",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def calibrate(companies: Path, files: tuple[Path, ...], *, part: str) -> None:
    """Fit the weights of confidence on the labelled stories in FILES and print them as YAML.

    What is printed takes the place of services/classifier/lexicon/shared/confidence.yml. It learns
    from stories that nobody mended cues by; `kabar evaluate --part held` judges it on others.
    """
    watchlist = watchlist_of(companies)
    pipeline, ids = Pipeline.of(watchlist), ids_by_name(watchlist)
    seen = [
        outcome
        for line, story in labelled_stories(files, part)
        for outcome in outcomes(read_labels(json.loads(line), ids), pipeline.document(story))
    ]
    try:
        weights = fit(seen)
    except ValueError as error:
        click.echo(f"Nothing to fit: {error}", err=True)
        raise SystemExit(1) from error
    right = sum(outcome.is_right for outcome in seen)
    click.echo(
        f"# How sure a report is: log-odds of its features (services/classifier/steps/weigh.py).\n"
        f"# Fitted by `kabar calibrate --part {part}` on {len(seen)} reports, {right} of them right.\n"
        "weights:"
    )
    for name, weight in weights.items():
        click.echo(f"  {name}: {weight + 0:g}")
