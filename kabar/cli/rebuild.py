"""kabar rebuild: fill an empty database from the bus."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

import click

from kabar.cli.options import Refused, config_option, data_option, json_option, settings_with
from services.common.errors import ConfigurationError, TransientError


@click.command()
@json_option
@config_option
@data_option
def rebuild(config: Path | None, data: Path | None, *, as_json: bool) -> None:
    """Fill an empty database from the readings that the bus still has, and send nothing.

    For a kabar.db that is lost or damaged and has no backup: move it away first. What subscriptions
    would have been told counts as told.
    """
    from kabar.rebuild import rebuild as fill  # noqa: PLC0415  a second of imports

    settings = settings_with(config=config, data=data)
    try:
        done = asyncio.run(fill(settings))
    except ConfigurationError as error:
        raise Refused(str(error)) from error
    except TransientError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(
            f"{done.readings} readings tracked, {done.changes} changes of events, "
            f"{done.failed} readings failed. Nothing was sent."
        )
