"""Replay: stories of the last weeks are read again, with the watchlist as it is now.

A process of the composition root: the alerter, which wants it, may not import the classifier, which
does it (design decision 30). Re-readings only add; nothing is withdrawn by them.

The bus in a file has one writer. Where a kabar runs on the directory, stories are read from the file
and the readings handed to that process; where none runs, this one opens the bus itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from kabar.data_directory import RUN_LOCK, bus_file
from services.alerter.database.lock import ActiveLock
from services.classifier.answer import Answer
from services.classifier.child import ClassifyingChild
from services.common.bus.port import Bus, Outgoing, Record
from services.common.bus.sqlite import SqliteBus, SqliteBusReader
from services.common.clock import Clock, SystemClock
from services.common.config.configuration import read_configuration
from services.common.config.feeds import LOOPBACK
from services.common.contracts.codec import decode, encode
from services.common.contracts.reading import Reading
from services.common.contracts.topics import READINGS, STORIES
from services.common.ids import CompanyId
from services.common.settings import Settings
from services.common.wiring import shared_bus

GROUP = "kabar-replay"

_MOST = 200
_WITHIN = timedelta(seconds=2)

Publish = Callable[[Sequence[Outgoing]], Awaitable[None]]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many stories were read, how many readings published, how many stories failed."""

    stories: int = 0
    readings: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ends:
    """Where stories come from and where readings go."""

    stories: Bus
    publish: Publish


async def replay(
    settings: Settings,
    *,
    since: datetime,
    companies: Collection[CompanyId] | None,
    hand_over: Publish,
) -> Replayed:
    """Read again the stories that the bus took from `since` on; return when all is durable.

    Published are the readings that mention one of `companies`, of all watched ones where it is None;
    through `hand_over` where another process has the bus.

    Raises:
        ConfigurationError: the configuration has mistakes, or the bus cannot be used.
        BusUnavailableError: the bus did not serve. Do it again.
    """
    clock = SystemClock()
    loaded = await asyncio.to_thread(
        read_configuration, settings.config, allow_networks=(*settings.allow_networks, *LOOPBACK)
    )
    watchlist = loaded.require().watchlist
    wanted = frozenset(watchlist.companies if companies is None else companies)
    async with _ends(settings, clock, hand_over) as ends, ClassifyingChild(watchlist) as child:
        done = Replayed()
        async for records in _stories(ends.stories, since=since, began=clock.now()):
            answers = await child.classify([record.value for record in records])
            readings = await asyncio.to_thread(_rereadings, answers, wanted)
            if readings:
                await ends.publish(readings)
            done = Replayed(
                stories=done.stories + len(records),
                readings=done.readings + len(readings),
                failed=done.failed + sum(answer.reading is None for answer in answers),
            )
        return done


async def _stories(
    bus: Bus, *, since: datetime, began: datetime
) -> AsyncIterator[Sequence[Record]]:
    """Yield the records of stories from `since` on, up to the end as it is when it is reached."""
    consumer = await bus.read_from(STORIES, {}, group=GROUP)
    try:
        while True:
            records = await consumer.take(most=_MOST, within=_WITHIN)
            wanted = [record for record in records if record.at >= since]
            if wanted:
                yield wanted
            if all(record.at > began for record in records) and await consumer.lag() == 0:
                return
    finally:
        await consumer.close()


def _rereadings(answers: Sequence[Answer], companies: Collection[CompanyId]) -> list[Outgoing]:
    """Return the readings that mention one of `companies`, marked as re-readings."""
    found = []
    for answer in answers:
        if answer.reading is None or not answer.has_mentions:
            continue
        reading = decode(Reading, answer.reading)
        if any(mention.company_id in companies for mention in reading.mentions):
            again = encode(replace(reading, reread=True))
            found.append(Outgoing(key=answer.story_id, value=again))
    return found


@asynccontextmanager
async def _ends(settings: Settings, clock: Clock, hand_over: Publish) -> AsyncIterator[_Ends]:
    if settings.kafka_servers:
        async with shared_bus(settings) as bus:
            yield _Ends(stories=bus, publish=_publishing(bus))
        return
    path = bus_file(settings.data, otherwise="nothing ran here yet")
    async with AsyncExitStack() as stack:
        lock = stack.enter_context(ActiveLock(settings.data, file_name=RUN_LOCK))
        publish = hand_over
        if lock.try_acquire():
            own = await stack.enter_async_context(_closing(SqliteBus(path, clock)))
            publish = _publishing(own)
        stories = await stack.enter_async_context(_closing(SqliteBusReader(path)))
        yield _Ends(stories=stories, publish=publish)


@asynccontextmanager
async def _closing(bus: Bus) -> AsyncIterator[Bus]:
    try:
        yield bus
    finally:
        await bus.close()


def _publishing(bus: Bus) -> Publish:
    async def publish(readings: Sequence[Outgoing]) -> None:
        await bus.publish(READINGS, readings)

    return publish
