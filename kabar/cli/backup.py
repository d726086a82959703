"""kabar backup, kabar restore: the data directory as one file."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from kabar.backup import Backup, back_up
from kabar.backup import restore as put_back
from kabar.cli.options import Refused, data_option, json_option, settings_with
from services.common.clock import SystemClock
from services.common.errors import ConfigurationError


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@data_option
def backup(file: Path, data: Path | None, *, as_json: bool) -> None:
    """Write everything in the data directory to FILE, while kabar runs or not.

    The file holds the token of the page: only its owner may read it. One that is there is kept.
    """
    settings = settings_with(data=data)
    if file.exists():
        raise Refused(
            f"{file} is there already: name a new file, an older backup is not overwritten."
        )
    try:
        made = back_up(settings.data, file, now=SystemClock().now())
    except ConfigurationError as error:
        raise Refused(str(error)) from error
    _show(made, f"{file}: {', '.join(made.files)}.", as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@json_option
@data_option
def restore(file: Path, data: Path | None, *, as_json: bool) -> None:
    """Put what FILE holds into the data directory, which must be empty and not in use."""
    settings = settings_with(data=data)
    try:
        was = put_back(file, settings.data, now=SystemClock().now())
    except ConfigurationError as error:
        raise Refused(str(error)) from error
    said = f"{settings.data}: {', '.join(was.files)}, as of {was.at}."
    _show(was, said, as_json=as_json)


def _show(it: Backup, said: str, *, as_json: bool) -> None:
    click.echo(json.dumps(asdict(it)) if as_json else said)
