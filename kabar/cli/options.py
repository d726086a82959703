"""Options that several commands share, and how a mistake in them ends a command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from services.common.errors import ConfigurationError
from services.common.settings import Settings, read_settings


class Refused(click.ClickException):
    """The command cannot start with what it was told: exit code 2, the reason on stderr."""

    exit_code = 2


config_option = click.option(
    "--config", type=click.Path(path_type=Path), help="Configuration directory (KABAR_CONFIG)."
)
data_option = click.option(
    "--data", type=click.Path(path_type=Path), help="Data directory (KABAR_DATA)."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
port_option = click.option(
    "--port", type=click.IntRange(1, 65_535), help="Port of page and health (KABAR_PORT)."
)


def settings_with(
    *, config: Path | None = None, data: Path | None = None, port: int | None = None
) -> Settings:
    """Return the environment's settings, overruled by the options that were given.

    Raises:
        Refused: a setting cannot be used.
    """
    try:
        settings = read_settings()
    except ConfigurationError as error:
        raise Refused(str(error)) from error
    return replace(
        settings,
        config=config or settings.config,
        data=data or settings.data,
        port=settings.port if port is None else port,
    )
