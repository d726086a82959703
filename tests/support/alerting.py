"""An alerter over a database of its own, a memory bus and channels that record."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from services.alerter.channels.port import Channel
from services.alerter.database import fallbacks, gathered, lives, outbox, queries
from services.alerter.database.connections import Database
from services.alerter.database.sending import Stopped
from services.alerter.life import FeedFares, ProofsOfLife
from services.alerter.roots import Roots
from services.alerter.sender import Sender
from services.alerter.service import AlerterService
from services.alerter.telling import Following
from services.alerter.ways import WaysOut, fallbacks_of
from services.alerter.worker import Worker
from services.common.breaker import Breaker
from services.common.bus.memory import MemoryBus
from services.common.bus.port import Outgoing, Record
from services.common.clock import ManualClock
from services.common.contracts.codec import encode
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.contracts.event import Event
from services.common.contracts.reading import Reading, Report, Stage
from services.common.contracts.story import Story
from services.common.contracts.subscription import Conditions, Send, Subscription
from services.common.contracts.topics import READINGS
from services.common.ids import ChannelId, FeedId, SubscriptionId
from services.common.stop import Stop
from services.common.telemetry.health import Health
from services.common.watchlist import Watchlist
from tests.support.builders import NOON, a_reading, a_report, a_story, a_watchlist
from tests.support.channels import RecordingChannel

HORIZON = timedelta(hours=24)


def a_subscription(
    name: str = "everything", *, to: Iterable[str] = ("archive",), when: Conditions | None = None
) -> Subscription:
    """Return a subscription to every event whose alerts each go at once, as to a webhook."""
    sends = tuple(
        Send(to=ChannelId(channel), burst=timedelta(), max_per_hour=None) for channel in to
    )
    return Subscription(id=SubscriptionId(name), name=name, when=when or Conditions(), sends=sends)


def record_of(reading: Reading, *, offset: int, at: datetime = NOON) -> Record:
    """Return a reading as it stands on the bus, in the first partition."""
    return Record(
        topic=READINGS.name,
        topic_id="bus",
        partition=0,
        offset=offset,
        key=reading.story.story_id,
        value=encode(reading),
        at=at,
    )


def records_of(readings: Iterable[Reading], *, at: datetime) -> list[Record]:
    """Return `readings` as they stand on the bus, one behind the other."""
    return [record_of(reading, offset=offset, at=at) for offset, reading in enumerate(readings)]


def told_by(
    outlet: str,
    title: str = "India bans TikTok",
    *reports: Report,
    stage: Stage = Stage.CONFIRMED,
    target: str = "tiktok",
    minute: int = 0,
    since: datetime = NOON,
    **changes: Any,
) -> Reading:
    """Return a reading of `outlet`'s story, told some minutes after noon, with words of its own."""
    at = since + timedelta(minutes=minute)
    story: Story = a_story(
        f"{title} - {outlet}",
        feed_id=FeedId(f"fd_{outlet}"),
        outlet=outlet,
        seen_at=at,
        revised_at=at,
        published=at,
        **changes,
    )
    return a_reading(story, *(reports or (a_report(story.story_id, stage=stage, target=target),)))


@dataclass(slots=True)
class Alerter:
    """The parts of an alerter, and what a test does with them."""

    database: Database
    service: AlerterService
    sender: Sender
    worker: Worker
    breaker: Breaker
    bus: MemoryBus
    clock: ManualClock
    channels: dict[str, Channel]
    roots: Roots

    async def publish(self, *readings: Reading) -> None:
        for reading in readings:
            await self.publish_bytes(reading.story.story_id, encode(reading))

    async def publish_bytes(self, key: str, value: bytes) -> None:
        await self.bus.publish(READINGS, [Outgoing(key=key, value=value)])

    async def intake(self) -> None:
        """Handle everything that stands on the bus, as the worker does, then stop."""
        stop = Stop()
        async with asyncio.TaskGroup() as group:
            working = group.create_task(self.worker.run(stop))
            await _until(self._is_done_with_everything)
            stop.ask()
            self.clock.move(timedelta(seconds=2))
            await working

    async def send(self) -> None:
        """Send everything that is due now, then stop."""
        stop = Stop()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.sender.run(stop))
            await _until(self._has_nothing_due)
            stop.ask()

    async def tell(self, *readings: Reading) -> None:
        """Publish `readings`, handle them, send what they raise."""
        await self.publish(*readings)
        await self.intake()
        await self.send()

    async def events(self) -> tuple[Event, ...]:
        return (await self.database.read(lambda c: queries.events_page(c, limit=500))).events

    async def deliveries(self, state: DeliveryState | None = None) -> tuple[Delivery, ...]:
        """Return the deliveries in the order in which they were planned."""
        page = await self.database.read(
            lambda c: queries.deliveries_page(c, state=state, limit=5000)
        )
        return tuple(reversed(page.deliveries))

    def recorded(self, channel: str = "archive") -> RecordingChannel:
        found = self.channels[channel]
        assert isinstance(found, RecordingChannel)
        return found

    def said(self, channel: str = "archive") -> list[str]:
        """Return the sentences that `channel` got, in order."""
        return [section.alert.sentence for section in self.recorded(channel).sections]

    async def _is_done_with_everything(self) -> bool:
        if self.breaker.is_open:
            return True
        records = await self.bus.read_all(READINGS)
        ends = {record.partition: record.offset + 1 for record in records}
        rows = await self.database.read(
            lambda c: c.execute('SELECT "partition", "offset" FROM positions').fetchall()
        )
        reached = dict(rows)
        return all(reached.get(partition, 0) >= end for partition, end in ends.items())

    async def _has_nothing_due(self) -> bool:
        def due(connection: sqlite3.Connection) -> bool:
            times = outbox.next_times(connection)
            stopped = self.sender.stopped.items()
            paused = {name for name, it in stopped if it.state is Stopped.PAUSED}
            now = self.clock.now()
            is_due = any(
                outbox.next_of(connection, channel, now=now) is not None
                for channel, at in times.items()
                if at <= now and channel not in paused
            )
            closes_at = gathered.first_closing(connection)
            is_due = is_due or (closes_at is not None and closes_at <= now)
            stands_in_at = fallbacks.next_stand_in(connection, list(self.sender.stopped), now=now)
            is_due = is_due or (stands_in_at is not None and stands_in_at <= now)
            if sends := lives.weekly_sends(self.service.subscriptions):
                lives_at = lives.first_at(connection, sends)
                is_due = is_due or lives_at is None or lives_at <= now
            return is_due or bool(outbox.deliveries_in(connection, {DeliveryState.SENDING}))

        return not await self.database.read(due)


async def _until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Return when `is_so`; a database has no event to wait for."""
    while True:
        if await is_so():
            return
        await asyncio.sleep(0.001)


@asynccontextmanager
async def an_alerter(
    data: Path,
    *subscriptions: Subscription,
    watchlist: Watchlist | None = None,
    channels: dict[str, Channel] | None = None,
    clock: ManualClock | None = None,
    bus: MemoryBus | None = None,
    holding: Iterable[str] = (),
    single: Iterable[str] | None = None,
    feeds: FeedFares = (),
) -> AsyncIterator[Alerter]:
    """Yield an alerter over the database in `data`, with one recording channel, `archive`.

    Each message to a channel is for one subscription, unless `single` names those where it is.
    """
    of_clock = clock or ManualClock(NOON + timedelta(hours=1))
    of_bus = bus or MemoryBus(of_clock)
    ways = channels or {"archive": RecordingChannel()}
    companies = watchlist or a_watchlist()
    followed = subscriptions or (a_subscription(),)
    of_one = ways if single is None else single
    following = Following.of(companies, followed, map(ChannelId, of_one))
    database = await Database.open(data)
    health = Health(of_clock)
    service = AlerterService(database, following=following, clock=of_clock, horizon=HORIZON)

    async def fares() -> FeedFares:
        return feeds

    proofs = ProofsOfLife(database=database, service=service, feeds=fares, clock=of_clock)
    sender = Sender(database, service, clock=of_clock, lives=proofs)
    breaker = Breaker(service="alerter", gate=health.gate("breaker"))
    worker = Worker(
        service,
        database,
        of_bus,
        breaker=breaker,
        health=health,
        clock=of_clock,
        on_handled=lambda _: sender.wake(),
        take_within=timedelta(milliseconds=5),
    )
    await sender.configure(
        WaysOut(
            channels={ChannelId(name): channel for name, channel in ways.items()},
            configured={ChannelId(name): name for name in ways},
            fallbacks=fallbacks_of(followed),
            holding=frozenset(map(ChannelId, holding)),
            watchlist=companies,
        )
    )
    try:
        yield Alerter(
            database=database,
            service=service,
            sender=sender,
            worker=worker,
            breaker=breaker,
            bus=of_bus,
            clock=of_clock,
            channels=ways,
            roots=Roots(database, sender, clock=of_clock),
        )
    finally:
        await database.close()
