"""kabar serve: one service as a process of its own."""

from __future__ import annotations

import importlib
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import cast

import click

from kabar.cli.options import config_option, data_option, port_option, settings_with
from services.common import lifecycle
from services.common.lifecycle import Build, Process
from services.common.settings import Settings

_SERVICES = ("fetcher", "classifier", "alerter")


@click.command()
@click.argument("service", type=click.Choice(_SERVICES))
@config_option
@data_option
@port_option
def serve(service: str, config: Path | None, data: Path | None, port: int | None) -> None:
    """Run one of the three services, on the bus that KABAR_BUS names (kafka://host:port).

    A second alerter on the same data directory waits as a standby.
    """
    settings = settings_with(config=config, data=data, port=port)

    def build(settings: Settings) -> AbstractAsyncContextManager[Process]:
        # Only its own wiring: the others' libraries stay out of this process. It takes a second to
        # import, and signals come first.
        wiring = importlib.import_module(f"services.{service}.wiring")
        return cast("Build", wiring.build)(settings)

    sys.exit(lifecycle.run(build, settings, service=service))
