"""Whatever happens on the way: what was decided is told once, in order, or stands there with its reason.

Random histories with fixed seeds: channels that fail, restarts, days that pass, clocks that are set, mutes,
pauses, quiet hours and digests that change while messages are held.
"""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.alerter import departure
from services.alerter.channels.port import Channel, Sent, Thread
from services.alerter.operator import Matter, Operator
from services.alerter.render.message import Message
from services.alerter.telling import Following
from services.alerter.ways import WaysOut, fallbacks_of
from services.common.bus.memory import MemoryBus
from services.common.clock import ManualClock
from services.common.config.configuration import Configuration
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.contracts.reading import Stage
from services.common.contracts.subscription import (
    Conditions,
    Digest,
    Fallback,
    Quiet,
    Send,
    Subscription,
)
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.ids import AlertId, ChannelId, SubscriptionId
from tests.support.alerting import Alerter, an_alerter, told_by
from tests.support.builders import NOON, a_watchlist
from tests.support.channels import RecordingChannel

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CHANNELS = ("hook", "chat", "mail")
"""Messages to the first are for one subscription each; the last stands in for the others."""
COMPANIES = ("tiktok", "bytedance", "alpha", "beta")
STAGES = (Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED, Stage.CONFIRMED, Stage.REVERSED)


class Fickle(RecordingChannel):
    """Fails as often as `share` says."""

    def __init__(self, draw: random.Random) -> None:
        super().__init__()
        self.draw = draw
        self.share = 0.0

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        if self.draw.random() < self.share:
            raise self.draw.choice(
                [
                    ChannelUnavailableError("away", status=503),
                    ChannelUnavailableError("no answer"),
                    ChannelRefusedError("not in this form", status=400, is_format=True),
                    ChannelRefusedError("never", status=422),
                ]
            )
        return await super().send(message, thread=thread)


def some_send(draw: random.Random, channel: str) -> Send:
    days = frozenset(draw.sample(range(1, 8), draw.choice([7, 5, 2])))
    zone = draw.choice(["UTC", "Europe/Berlin", "Asia/Kathmandu"])
    more: dict[str, Any] = {}
    if draw.random() < 0.3:
        begins, ends = map(time, draw.sample(range(24), 2))
        more["quiet"] = Quiet(days=days, begins=begins, ends=ends, zone=zone)
    if draw.random() < 0.3:
        more["digest"] = Digest(days=days, at=time(draw.randrange(24), 30), zone=zone)
    if draw.random() < 0.3:
        more["urgent"] = Conditions(stages=(Stage.CONFIRMED,))
    if draw.random() < 0.3:
        more["fallback"] = Fallback(to=ChannelId("mail"), after=30 * MINUTE)
    burst = draw.choice([timedelta(), timedelta(), MINUTE, 10 * MINUTE])
    limit = draw.choice([None, None, 1, 3])
    return Send(to=ChannelId(channel), burst=burst, max_per_hour=limit, **more)


def some_subscription(draw: random.Random, name: str) -> Subscription:
    channels = draw.sample(CHANNELS[:2], draw.choice([1, 1, 2]))
    stages = draw.choice([None, None, (Stage.CONFIRMED, Stage.REVERSED)])
    return Subscription(
        id=SubscriptionId(name),
        name=name,
        when=Conditions(stages=stages),
        sends=tuple(some_send(draw, channel) for channel in channels),
    )


class Life:
    """An alerter to which things happen."""

    def __init__(self, seed: int, data: Path) -> None:
        self.draw = random.Random(seed)
        self.data = data
        self.clock = ManualClock(NOON + HOUR)
        self.bus = MemoryBus(self.clock)
        self.channels = {name: Fickle(self.draw) for name in CHANNELS}
        self.subscriptions = [some_subscription(self.draw, name) for name in ("one", "two")]
        self.told = 0

    async def go_on(self, *, lives: int, steps: int) -> None:
        """Have `steps` things happen in each of `lives`, between which kabar is started again."""
        for _ in range(lives):
            async with self._alive() as alerter:
                for _ in range(steps):
                    await self._step(alerter)

    async def end(self) -> tuple[Sequence[Delivery], set[AlertId]]:
        """Let everything work for weeks; return all deliveries, and all that was decided."""
        async with self._alive() as alerter:
            for channel in self.channels.values():
                channel.share = 0.0
            for _ in range(14 * 4):
                self.clock.move(6 * HOUR)
                await self._use(alerter)
                await alerter.send()
            assert await alerter.database.read(_count_gathered) == 0
            decided = await alerter.database.read(
                lambda c: {alert for (alert,) in c.execute("SELECT alert_id FROM alerts")}
            )
            return await alerter.deliveries(), decided

    def _alive(self) -> AbstractAsyncContextManager[Alerter]:
        channels: dict[str, Channel] = dict(self.channels)
        return an_alerter(
            self.data,
            *self.subscriptions,
            channels=channels,
            clock=self.clock,
            bus=self.bus,
            single=CHANNELS[:1],
        )

    async def _step(self, alerter: Alerter) -> None:
        draw, kind = self.draw, self.draw.random()
        if kind < 0.5:
            await self._tell(alerter)
        elif kind < 0.8:
            self.clock.move(draw.choice([10 * MINUTE / 60, MINUTE, 30 * MINUTE, 3 * HOUR, DAY]))
            await alerter.send()
        elif kind < 0.88:
            for channel in self.channels.values():
                channel.share = draw.choice([0.0, 0.0, 0.3, 1.0])
        elif kind < 0.94:
            acts = Operator(
                database=alerter.database, clock=self.clock, configuration=self._configuration
            )
            until = self.clock.now() + draw.choice([MINUTE, 3 * HOUR])
            await acts.mute(Matter(company="bytedance"), until=until, who="ann", why="")
        elif kind < 0.97:
            jump = draw.choice([MINUTE, 3 * HOUR, 2 * DAY, 365 * DAY])
            self.clock.set(self.clock.now() + draw.choice([-1, 1]) * jump)
            await alerter.send()
        else:
            place = draw.randrange(len(self.subscriptions))
            before = self.subscriptions[place]
            until = self.clock.now() + draw.choice([-DAY, DAY])
            changed = replace(some_subscription(draw, before.id), when=before.when)
            self.subscriptions[place] = replace(changed, paused_until=until.date())
            await self._use(alerter)

    async def _tell(self, alerter: Alerter) -> None:
        self.told += 1
        company, is_old = self.draw.choice(COMPANIES), self.draw.random() < 0.1
        await alerter.tell(
            told_by(
                self.draw.choice("ABC"),
                f"{company} {self.told}",
                stage=self.draw.choice(STAGES),
                target=company,
                since=self.clock.now() - (3 * DAY if is_old else timedelta()),
                backfill=is_old,
            )
        )

    async def _use(self, alerter: Alerter) -> None:
        """Take the subscriptions into use as they are now."""
        companies = a_watchlist()
        alerter.service.configure(
            Following.of(companies, self.subscriptions, map(ChannelId, CHANNELS[:1]))
        )
        await alerter.sender.configure(
            WaysOut(
                channels={ChannelId(name): channel for name, channel in self.channels.items()},
                configured={ChannelId(name): name for name in self.channels},
                fallbacks=fallbacks_of(self.subscriptions),
                watchlist=companies,
            )
        )
        await alerter.service.hold_back_paused()
        await alerter.service.reschedule()

    def _configuration(self) -> Configuration:
        return Configuration(watchlist=a_watchlist(), subscriptions=tuple(self.subscriptions))


def _count_gathered(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM gathered").fetchone()[0])


def ways_of(deliveries: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    """Yield for each alert and channel the messages that were to carry it there, no stand-ins."""
    ways: dict[tuple[AlertId, ChannelId], list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        for alert in delivery.alerts:
            if delivery.stands_in_for is None:
                ways[alert, delivery.channel].append(delivery)
    yield from ways.values()


@pytest.mark.parametrize("seed", range(12))
async def test_what_was_decided_is_told_once_or_stands_there_with_its_reason(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departure, "MOST_BYTES", 6_000 if seed % 2 else departure.MOST_BYTES)
    life = Life(seed, tmp_path)

    await life.go_on(lives=3, steps=12)
    deliveries, decided = await life.end()

    over = {DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.SUPPRESSED}
    assert {one.state for one in deliveries} <= over
    assert decided == {alert for one in deliveries for alert in one.alerts}
    for messages in ways_of(deliveries):
        carried = [one for one in messages if one.state is DeliveryState.SENT]
        assert len(carried) <= 1
        if not carried:
            assert any(not one.note.startswith("superseded") for one in messages)
    for name in CHANNELS:
        for stories in stories_told(life.channels[name]):
            assert stories == sorted(stories)


def stories_told(channel: RecordingChannel) -> Iterable[list[int]]:
    """Return for each event, and those who are told of it, how many stories it had when they were, in order."""
    told: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for message in channel.messages:
        for section in message.sections:
            event = section.alert.event
            told[event.id, message.subscriptions].append(len(event.stories))
    return told.values()
