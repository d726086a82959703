"""kabar init."""

from __future__ import annotations

from pathlib import Path

import click

from kabar.cli.options import config_option, settings_with
from kabar.starter import write_starter


@click.command()
@config_option
def init(config: Path | None) -> None:
    """Write a configuration to start from: three commented files, and schemas for editors.

    A file that is there is kept. Exits with 1 where all are.
    """
    directory = settings_with(config=config).config
    try:
        written = write_starter(directory)
    except OSError as error:
        raise click.ClickException(
            f"{directory} cannot be written: {error.strerror}. Choose another with --config."
        ) from error
    for path in written:
        click.echo(path)
    if not written:
        raise click.ClickException(
            f"The files in {directory} are there already, and stay as they are."
        )
    click.echo(
        f"Edit them, then: kabar check --config {directory} && kabar run --config {directory}",
        err=True,
    )
