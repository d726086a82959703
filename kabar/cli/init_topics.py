"""kabar init-topics: the topics on Kafka."""

from __future__ import annotations

import asyncio

import click

from kabar.cli.options import Refused, settings_with
from services.common.contracts.topics import TOPICS
from services.common.errors import BusUnavailableError, ConfigurationError
from services.common.wiring import shared_bus

_WAIT_SECONDS = 60
_AGAIN_SECONDS = 2


@click.command("init-topics")
def init_topics() -> None:
    """Make the topics that are missing; what is there stays as it is.

    Waits a minute for a broker.
    """
    try:
        asyncio.run(_make())
    except ConfigurationError as error:
        raise Refused(str(error)) from error
    except (BusUnavailableError, TimeoutError) as error:
        raise click.ClickException(str(error) or "No broker answered within a minute.") from error
    for topic in TOPICS:
        click.echo(topic.name)


async def _make() -> None:
    async with shared_bus(settings_with()) as bus, asyncio.timeout(_WAIT_SECONDS):
        while True:
            try:
                await bus.ensure_topics(TOPICS)
            except BusUnavailableError as error:
                click.echo(f"{error} Trying again.", err=True)
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return
