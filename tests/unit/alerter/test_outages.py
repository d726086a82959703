"""A channel that is down: tries on schedule, one catch-up, in order, no wish to wait undercut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from services.alerter import departure
from services.alerter.channels.port import Sent, Thread
from services.alerter.database import outages, outbox, queries
from services.alerter.delivery import JITTER, WAITS, carried_by, redeliver
from services.alerter.operator import Matter, Operator
from services.alerter.render.bodies import webhook_body
from services.alerter.render.message import Message
from services.alerter.suppression import MUTED
from services.common.clock import ManualClock
from services.common.config.configuration import Configuration
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.contracts.reading import Stage
from services.common.contracts.subscription import Quiet
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from tests.support.alerting import Alerter, a_subscription, an_alerter, told_by
from tests.support.builders import NOON, a_company, a_watchlist
from tests.support.channels import RecordingChannel

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
STEP = timedelta(seconds=5)


class Away(RecordingChannel):
    """Answers 503 until `back_at`, asking to be left alone for `wait`; notes when it was tried."""

    def __init__(
        self, clock: ManualClock, *, back_at: datetime, wait: timedelta | None = None
    ) -> None:
        super().__init__()
        self.clock = clock
        self.back_at = back_at
        self.wait = wait
        self.tried: list[datetime] = []

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        self.tried.append(self.clock.now())
        if self.clock.now() < self.back_at:
            raise ChannelUnavailableError("503", status=503, retry_after=self.wait)
        return await super().send(message, thread=thread)


async def tell_one(alerter: Alerter, company: str) -> None:
    minute = int((alerter.clock.now() - NOON) / MINUTE)
    await alerter.tell(told_by("One", f"{company} banned", target=company, minute=minute))


async def wait(alerter: Alerter, until: datetime) -> None:
    """Move the clock from one time at which something may be tried to the next."""
    while (now := alerter.clock.now()) < until:
        waiting = await alerter.deliveries(DeliveryState.DUE)
        known = await alerter.database.read(outages.outages)
        at = min((one.next_at for one in waiting if one.next_at > now), default=until)
        wishes = [one.not_before for one in known.values() if one.not_before is not None]
        alerter.clock.move(min(max(at, now + STEP, *wishes), until) - now)
        await alerter.send()


def companies(messages: Iterable[Message]) -> list[str]:
    return [
        section.alert.event.companies[0].id for message in messages for section in message.sections
    ]


def is_on_schedule(delivery: Delivery, *, slack: timedelta) -> bool:
    """Return whether each try came after its wait, give or take a fifth and the test's own steps."""
    times = [attempt.at for attempt in delivery.attempts]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    return all(
        wait * (1 - JITTER) <= gap <= wait * (1 + JITTER) + slack
        for gap, wait in zip(gaps, WAITS, strict=False)
    )


async def test_after_three_hours_of_503_all_that_waited_comes_as_one_message_in_order(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON)
    channel = Away(clock, back_at=NOON + 3 * HOUR)
    async with an_alerter(tmp_path, channels={"archive": channel}, clock=clock) as alerter:
        names = [f"company-{number:02d}" for number in range(12)]
        for number, name in enumerate(names):
            await wait(alerter, NOON + number * 16 * MINUTE)
            await tell_one(alerter, name)
        await wait(alerter, NOON + 6 * HOUR)

        assert companies(channel.messages) == names
        [catch_up, *singles] = channel.messages
        assert catch_up.kind is DeliveryKind.CATCH_UP
        assert "since 2026-01-05 12:00 UTC" in catch_up.note
        assert len(singles) <= 1
        deliveries = await alerter.deliveries()
        tried = [one for one in deliveries if len(one.attempts) > 1 and not one.note]
        assert all(is_on_schedule(one, slack=2 * STEP) for one in tried)
        carried = await alerter.deliveries(DeliveryState.SUPPRESSED)
        assert all(one.note.startswith("superseded: dl_") for one in carried)
        assert not await alerter.deliveries(DeliveryState.DUE)
        assert not await alerter.deliveries(DeliveryState.DEAD)


async def test_a_long_outage_keeps_one_catch_up_however_much_comes_meanwhile(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON)
    channel = Away(clock, back_at=NOON + 12 * HOUR)
    async with an_alerter(tmp_path, channels={"archive": channel}, clock=clock) as alerter:
        names = [f"company-{number:02d}" for number in range(20)]
        for number, name in enumerate(names):
            await wait(alerter, NOON + number * 16 * MINUTE)
            await tell_one(alerter, name)
        tried = len(channel.tried)
        waiting = await alerter.deliveries(DeliveryState.DUE)
        [catch_up] = [
            one for one in await alerter.deliveries() if one.kind is DeliveryKind.CATCH_UP
        ]
        superseded = await alerter.deliveries(DeliveryState.SUPPRESSED)
        attempts = [at for one in await alerter.deliveries() for at in one.attempts]

        assert catch_up in waiting
        assert {one.note for one in superseded} == {carried_by(catch_up.id)}
        assert len(attempts) == tried
        await wait(alerter, NOON + 60 * HOUR)
        assert companies(channel.messages) == names


async def test_what_was_muted_and_asked_for_after_all_comes_once_though_a_catch_up_had_it(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON)
    channel = Away(clock, back_at=NOON + 4 * HOUR)
    async with an_alerter(tmp_path, channels={"archive": channel}, clock=clock) as alerter:
        for number, name in enumerate(("tiktok", "alpha", "beta")):
            await wait(alerter, NOON + number * 50 * MINUTE)
            await tell_one(alerter, name)
        nothing = Configuration(watchlist=a_watchlist(), subscriptions=())
        acts = Operator(database=alerter.database, clock=clock, configuration=lambda: nothing)
        await acts.mute(Matter(company="tiktok"), until=clock.now() + MINUTE, who="ann", why="")
        [muted] = [one for one in await alerter.deliveries() if one.note.startswith(MUTED)]

        await acts.redeliver(muted.id)
        await wait(alerter, NOON + 60 * HOUR)

        assert sorted(companies(channel.messages)) == ["alpha", "beta", "tiktok"]


async def test_a_catch_up_that_was_the_first_message_of_an_event_stays_when_asked_for_again(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON)
    channel = Away(clock, back_at=NOON + 2 * HOUR)
    async with an_alerter(tmp_path, channels={"archive": channel}, clock=clock) as alerter:
        for number, name in enumerate(("alpha", "beta", "gamma")):
            await wait(alerter, NOON + number * 50 * MINUTE)
            await tell_one(alerter, name)
        await wait(alerter, NOON + 20 * HOUR)
        [first] = [one for one in await alerter.deliveries() if one.kind is DeliveryKind.CATCH_UP]
        channel.back_at = NOON + 30 * HOUR
        await tell_one(alerter, "delta")
        await wait(alerter, NOON + 22 * HOUR)

        again = redeliver(first, now=clock.now())
        await alerter.database.write(outbox.update, again)
        await wait(alerter, NOON + 60 * HOUR)

        assert await alerter.database.read(queries.delivery_of, first.id)


async def test_parts_of_a_catch_up_keep_their_order_when_the_first_ones_become_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departure, "MOST_ALERTS", 2)
    clock = ManualClock(NOON)
    channel = Away(clock, back_at=NOON + 10 * HOUR)
    async with an_alerter(tmp_path, channels={"archive": channel}, clock=clock) as alerter:
        names = ("one", "alpha", "three", "beta", "gamma", "delta")
        for number, name in enumerate(names):
            await wait(alerter, NOON + number * 30 * MINUTE)
            await tell_one(alerter, name)
        await wait(alerter, NOON + 4 * HOUR)
        watchlist = a_watchlist(*map(a_company, names))
        known = Configuration(watchlist=watchlist, subscriptions=())
        acts = Operator(database=alerter.database, clock=clock, configuration=lambda: known)

        *_, last = await alerter.deliveries(DeliveryState.DUE)
        for name in ("one", "three"):
            await acts.mute(Matter(company=name), until=clock.now() + MINUTE, who="ann", why="")
        await wait(alerter, NOON + 60 * HOUR)

        sent = await alerter.deliveries(DeliveryState.SENT)
        assert [len(one.alerts) for one in sent] == [2, 2]
        assert sent[-1].id == last.id
        assert sorted(companies(channel.messages)) == ["alpha", "beta", "delta", "gamma"]


async def test_what_quiet_hours_held_meanwhile_stands_behind_what_it_follows_in_the_catch_up(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON)
    channel = Away(clock, back_at=NOON + 6 * HOUR)
    quiet = Quiet(days=frozenset(range(1, 8)), begins=time(12, 30), ends=time(16), zone="UTC")
    send = replace(a_subscription().sends[0], quiet=quiet)
    team = replace(a_subscription(), sends=(send,))
    async with an_alerter(tmp_path, team, channels={"archive": channel}, clock=clock) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED))
        await tell_one(alerter, "alpha")
        await wait(alerter, NOON + 45 * MINUTE)
        await alerter.tell(told_by("Two", minute=45))
        await wait(alerter, NOON + 30 * HOUR)

        told = [one.alert for message in channel.messages for one in message.sections]
        assert [one.event.stage for one in told if one.event.companies[0].id == "tiktok"] == [
            Stage.PROPOSED,
            Stage.CONFIRMED,
        ]
        assert len(channel.messages) == 1


async def test_a_wish_to_wait_is_undercut_neither_by_others_nor_by_a_restart(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON)
    channel = Away(clock, back_at=NOON + HOUR, wait=40 * MINUTE)
    async with an_alerter(tmp_path, channels={"archive": channel}, clock=clock) as alerter:
        await tell_one(alerter, "a")
        await tell_one(alerter, "b")
    async with an_alerter(
        tmp_path, channels={"archive": channel}, clock=clock, bus=alerter.bus
    ) as alerter:
        await tell_one(alerter, "c")
        await wait(alerter, NOON + 3 * HOUR)

    gaps = [
        later - earlier for earlier, later in pairwise(channel.tried) if earlier < channel.back_at
    ]
    assert len(gaps) == 2
    assert min(gaps) >= 40 * MINUTE
    assert companies(channel.messages) == ["a", "b", "c"]


async def test_after_a_short_outage_each_message_comes_by_itself(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    channel = Away(clock, back_at=NOON + 5 * MINUTE)
    async with an_alerter(tmp_path, channels={"archive": channel}, clock=clock) as alerter:
        for name in "abc":
            await tell_one(alerter, name)
        await wait(alerter, NOON + 20 * MINUTE)

        assert [message.kind for message in channel.messages] == ["message"] * 3
        assert companies(channel.messages) == ["a", "b", "c"]


async def test_each_subscription_of_a_webhook_gets_a_catch_up_of_its_own(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    channel = Away(clock, back_at=NOON + 2 * HOUR)
    async with an_alerter(
        tmp_path,
        a_subscription("one"),
        a_subscription("two"),
        channels={"archive": channel},
        clock=clock,
    ) as alerter:
        for name in "ab":
            await tell_one(alerter, name)
        await wait(alerter, NOON + 6 * HOUR)

        assert sorted(message.subscriptions for message in channel.messages) == [("one",), ("two",)]
        assert [companies([message]) for message in channel.messages] == [["a", "b"]] * 2


async def test_one_message_that_a_channel_cannot_take_makes_no_outage(tmp_path: Path) -> None:
    class Choosy(RecordingChannel):
        async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
            if companies([message]) == ["poison"]:
                raise ChannelUnavailableError("500", status=500)
            return await super().send(message, thread=thread)

    clock = ManualClock(NOON)
    channel = Choosy()
    async with an_alerter(tmp_path, channels={"archive": channel}, clock=clock) as alerter:
        await tell_one(alerter, "poison")
        await wait(alerter, NOON + 90 * MINUTE)
        for name in "ab":
            await tell_one(alerter, name)
        await wait(alerter, NOON + 95 * MINUTE)

        assert companies(channel.messages) == ["a", "b"]
        assert [message.kind for message in channel.messages] == ["message"] * 2


async def test_who_asks_again_for_what_a_catch_up_carries_loses_neither(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    channel = Away(clock, back_at=NOON + 4 * HOUR)
    async with an_alerter(tmp_path, clock=clock, channels={"archive": channel}) as alerter:
        await tell_one(alerter, "tiktok")
        await tell_one(alerter, "bytedance")
        await wait(alerter, NOON + 2 * HOUR)
        first, *_ = await alerter.deliveries(DeliveryState.SUPPRESSED)
        again = redeliver(first, now=clock.now())
        await alerter.database.write(outbox.update, again)
        await wait(alerter, NOON + 9 * HOUR)

        left = await alerter.deliveries(DeliveryState.DUE)

    assert left == ()
    assert set(companies(channel.messages)) == {"tiktok", "bytedance"}


class Small(Away):
    """A receiver that is away, and then takes no body over a megabyte, as servers do unless told."""

    most_bytes = 1_000_000

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        body = webhook_body(
            (section.alert for section in message.sections),
            subscription=message.subscriptions[0],
            planned_at=message.planned_at,
        )
        if len(body) > self.most_bytes and self.clock.now() >= self.back_at:
            raise ChannelRefusedError("413 Content Too Large", status=413)
        return await super().send(message, thread=thread)


async def test_what_waited_for_a_webhook_comes_in_messages_that_it_can_take(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    channel = Small(clock, back_at=NOON + 4 * HOUR)
    async with an_alerter(tmp_path, clock=clock, channels={"archive": channel}) as alerter:
        many = [
            told_by("One", f"c{n} banned {'x' * 1_900}", target=f"c{n}", minute=0)
            for n in range(600)
        ]
        await alerter.publish(*many)
        await alerter.intake()
        await alerter.send()
        await wait(alerter, NOON + 9 * HOUR)

        dead = await alerter.deliveries(DeliveryState.DEAD)

    assert dead == ()
    assert sorted(companies(channel.messages)) == sorted(f"c{n}" for n in range(600))
    assert len(channel.messages) < 10


async def test_what_is_too_large_for_a_webhook_goes_in_smaller_messages_in_order(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON)
    channel = Small(clock, back_at=NOON + 4 * HOUR)
    channel.most_bytes = 20_000
    names = [f"c{number}" for number in range(40)]
    async with an_alerter(tmp_path, clock=clock, channels={"archive": channel}) as alerter:
        for minute, stage in enumerate((Stage.PROPOSED, Stage.CONFIRMED)):
            await alerter.publish(
                *(
                    told_by(str(stage), f"{name} news", target=name, minute=minute, stage=stage)
                    for name in names
                )
            )
            await alerter.intake()
        await alerter.send()
        await wait(alerter, NOON + 9 * HOUR)
        await tell_one(alerter, "alpha")

        dead = await alerter.deliveries(DeliveryState.DEAD)
        due = await alerter.deliveries(DeliveryState.DUE)

    assert (dead, due) == ((), ())
    told = [section.alert.event for message in channel.messages for section in message.sections]
    for name in names:
        assert [event.stage for event in told if event.companies[0].id == name] == [
            Stage.PROPOSED,
            Stage.CONFIRMED,
        ]
    assert len(channel.messages) < 40


async def test_one_alert_that_is_too_large_for_a_webhook_is_dead_with_its_answer(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON)
    channel = Small(clock, back_at=NOON)
    channel.most_bytes = 100
    async with an_alerter(tmp_path, clock=clock, channels={"archive": channel}) as alerter:
        await tell_one(alerter, "alpha")

        [dead] = await alerter.deliveries()

    assert (dead.state, dead.attempts[-1].status) == (DeliveryState.DEAD, 413)


async def test_what_waited_comes_in_messages_that_it_can_take_where_many_stories_tell_of_it(
    tmp_path: Path,
) -> None:
    clock = ManualClock(NOON)
    channel = Small(clock, back_at=NOON + 4 * HOUR)
    names = [f"c{number}" for number in range(40)]
    long = "\u0915" * 1_900
    async with an_alerter(tmp_path, clock=clock, channels={"archive": channel}) as alerter:
        for number, outlet in enumerate("ABCDEFGHIJ"):
            stage = Stage.CONFIRMED if outlet == "J" else Stage.PROPOSED
            await alerter.publish(
                *(
                    told_by(outlet, f"{name} {long}", target=name, minute=number, stage=stage)
                    for name in names
                )
            )
            await alerter.intake()
        await alerter.send()
        await wait(alerter, NOON + 9 * HOUR)

        dead = await alerter.deliveries(DeliveryState.DEAD)

    assert dead == ()
    stages: dict[str, list[Stage]] = {name: [] for name in names}
    for message in channel.messages:
        for section in message.sections:
            event = section.alert.event
            stages[event.companies[0].id].append(event.stage)
    assert all(told == [Stage.PROPOSED, Stage.CONFIRMED] for told in stages.values())
    assert len(channel.messages) < 10


async def test_what_does_not_fit_into_one_message_keeps_its_order_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departure, "MOST_ALERTS", 2)
    clock = ManualClock(NOON)
    channel = Away(clock, back_at=NOON + 4 * HOUR)
    async with an_alerter(tmp_path, clock=clock, channels={"archive": channel}) as alerter:
        await alerter.tell(told_by("One", target="figma", stage=Stage.PROPOSED))
        await tell_one(alerter, "tiktok")
        await alerter.tell(told_by("Two", target="figma", stage=Stage.CONFIRMED, minute=1))
        await wait(alerter, NOON + 9 * HOUR)

    told = [section.alert.event for message in channel.messages for section in message.sections]
    assert [one.stage for one in told if one.companies[0].id == "figma"] == [
        Stage.PROPOSED,
        Stage.CONFIRMED,
    ]
    assert len(channel.messages) == 2
