"""kabar token."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kabar.cli.control import RefusedByProcessError, ask_process
from kabar.cli.options import data_option, settings_with
from services.alerter.control.app import TOKEN_PATH


@click.command()
@click.option("--json", "as_json", is_flag=True, help='Print {"url": …}.')
@data_option
def token(*, as_json: bool, data: Path | None) -> None:
    """Print a fresh login link for the page; it opens once, within a day."""
    settings = settings_with(data=data)
    try:
        body = ask_process(settings.data, "POST", TOKEN_PATH)
    except RefusedByProcessError as error:
        raise click.ClickException(str(error)) from error
    if body is None:
        raise click.ClickException(
            f"No kabar runs on {settings.data}. Start it first; a link opens while it runs."
        )
    click.echo(json.dumps(body) if as_json else body["url"])
