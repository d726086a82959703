"""kabar run: everything in one process."""

from __future__ import annotations

import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import click

from kabar.cli.options import config_option, data_option, port_option, settings_with
from services.common import lifecycle
from services.common.lifecycle import Process
from services.common.settings import Settings


@click.command()
@config_option
@data_option
@port_option
def run(config: Path | None, data: Path | None, port: int | None) -> None:
    """Run fetcher, classifier, alerter and page in this process, with everything in one directory."""
    settings = settings_with(config=config, data=data, port=port)
    sys.exit(lifecycle.run(_build, settings, service="kabar"))


def _build(settings: Settings) -> AbstractAsyncContextManager[Process]:
    from kabar import embedded  # noqa: PLC0415  takes a second to import, and signals come first

    return embedded.build(settings)
