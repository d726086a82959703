"""kabar init-topics: the topics on Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import click

from kabar.cli.options import Refused, settings_with
from services.common.bus.port import Bus
from services.common.contracts.topics import TOPICS, Topic
from services.common.errors import BusUnavailableError, ConfigurationError
from services.common.settings import Settings
from services.common.wiring import shared_bus

_WAIT_SECONDS = 60
_AGAIN_SECONDS = 2


@click.command("init-topics")
@click.option("--force", is_flag=True, help="Add the partitions that a topic has too few of.")
def init_topics(*, force: bool) -> None:
    """Make the topics that are missing; what is there stays as it is.

    Waits a minute for a broker. Exits with 1 where a topic has too few partitions: --force adds them,
    and then the alerter has to be started again. A topic with more than it needs is read whole; Kafka
    can take none away, so with --force it exits with 1 there too.
    """
    settings = settings_with()
    if not settings.kafka_servers:
        raise Refused("KABAR_BUS names no Kafka: any other bus makes its topics by itself.")
    try:
        before = asyncio.run(_made(settings, force=force))
    except ConfigurationError as error:
        raise Refused(str(error)) from error
    except (BusUnavailableError, TimeoutError) as error:
        brokers = ", ".join(settings.kafka_servers)
        raise click.ClickException(
            str(error) or f"No broker answered at {brokers} within a minute: KABAR_BUS names it."
        ) from error
    for topic in TOPICS:
        click.echo(topic.name)
    for topic, partitions in before.items():
        if partitions != topic.partitions:
            click.echo(_difference(topic, partitions, force=force), err=True)
    if _is_refused(before, force=force):
        raise SystemExit(1)


async def _made(settings: Settings, *, force: bool) -> Mapping[Topic, int]:
    """Return how many partitions each topic had before any were added."""
    async with shared_bus(settings) as bus, asyncio.timeout(_WAIT_SECONDS):
        await _make_missing(bus)
        before = {topic: await bus.partitions(topic) for topic in TOPICS}
        if force:
            for topic in TOPICS:
                await bus.add_partitions(topic)
        return before


async def _make_missing(bus: Bus) -> None:
    while True:
        try:
            await bus.ensure_topics(TOPICS)
        except BusUnavailableError as error:
            click.echo(f"{error} Trying again.", err=True)
            await asyncio.sleep(_AGAIN_SECONDS)
        else:
            return


def _difference(topic: Topic, partitions: int, *, force: bool) -> str:
    wanted = topic.partitions
    if partitions > wanted:
        end = "Kafka can take none away." if force else "All of them are read."
        return f"{topic.name} has {partitions} partitions, more than the {wanted} it needs. {end}"
    if force:
        return (
            f"{topic.name} had {partitions} of {wanted} partitions and has all of them now. "
            "Start the alerter again: it reads the new ones from then on."
        )
    return (
        f"{topic.name} has {partitions} of {wanted} partitions: `kabar init-topics --force` adds "
        "the others."
    )


def _is_refused(before: Mapping[Topic, int], *, force: bool) -> bool:
    """Return whether a topic stays other than was asked for."""
    if force:
        return any(partitions > topic.partitions for topic, partitions in before.items())
    return any(partitions < topic.partitions for topic, partitions in before.items())
