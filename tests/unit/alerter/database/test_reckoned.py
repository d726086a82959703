"""A clock that was ahead and is set back: what waits for a time that it reckoned waits as from now."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from services.alerter.channels.port import Channel
from services.alerter.database import gathered, outages, outbox, sending, silence
from services.alerter.database.reckoned import reckon_again
from services.alerter.delivery import put_back, settle
from services.alerter.outcome import Unavailable
from services.common.clock import ManualClock
from services.common.contracts.delivery import DeliveryKind, DeliveryState
from services.common.contracts.mute import Mute
from services.common.contracts.subscription import Digest, Fallback, Quiet, Send, WhenEmpty
from services.common.errors import ChannelUnavailableError
from services.common.ids import ChannelId, CompanyId, mute_id
from services.common.stop import Stop
from tests.support.alerting import Alerter, a_subscription, an_alerter, told_by
from tests.support.builders import NOON, a_watchlist
from tests.support.channels import RecordingChannel

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
AHEAD = NOON + 300 * DAY
EVERY_DAY = frozenset(range(1, 8))
AT_ONCE = Send(to=ChannelId("archive"), burst=timedelta(), max_per_hour=None)


async def tell_of(alerter: Alerter, *companies: str) -> None:
    """Have each of `companies` banned by one outlet, in order."""
    await alerter.tell(
        *(told_by("One", f"{it} banned", target=it, minute=n) for n, it in enumerate(companies))
    )


def companies_told(alerter: Alerter) -> list[str]:
    return [section.alert.event.companies[0].id for section in alerter.recorded().sections]


async def told_ahead(alerter: Alerter) -> None:
    """Have a story of that day come, then set the clock back to noon."""
    await alerter.tell(told_by("One", since=alerter.clock.now()))
    alerter.clock.set(NOON)
    await reckoned_again(alerter)


async def reckoned_again(alerter: Alerter) -> None:
    """Have reckoned anew what was reckoned ahead, as the sender does when it looks at the clock."""
    subscriptions = {one.id: one for one in alerter.service.subscriptions}
    await alerter.database.write(reckon_again, subscriptions, now=alerter.clock.now())


async def test_what_exceeds_the_hours_limit_goes_when_the_clock_is_set_back(tmp_path: Path) -> None:
    send = Send(to=ChannelId("archive"), burst=timedelta(), max_per_hour=2)
    async with an_alerter(tmp_path, replace(a_subscription(), sends=(send,))) as alerter:
        await tell_of(alerter, "a", "b", "c")
        assert len(companies_told(alerter)) == 2

        alerter.clock.set(alerter.clock.now() - timedelta(days=2))
        await reckoned_again(alerter)
        await alerter.send()

        assert sorted(companies_told(alerter)) == ["a", "b", "c"]


async def test_what_was_to_go_together_does_when_the_clock_is_set_back(tmp_path: Path) -> None:
    send = Send(to=ChannelId("archive"), burst=timedelta(hours=10), max_per_hour=None)
    async with an_alerter(tmp_path, replace(a_subscription(), sends=(send,))) as alerter:
        await tell_of(alerter, "a")
        await tell_of(alerter, "b")
        alerter.clock.move(timedelta(hours=5))
        await tell_of(alerter, "c")

        alerter.clock.set(alerter.clock.now() - timedelta(hours=2))
        await reckoned_again(alerter)
        await alerter.send()

        assert [len(message.sections) for message in alerter.recorded().messages] == [1, 2]


async def test_what_quiet_hours_hold_stays_held_when_the_clock_is_set_back(tmp_path: Path) -> None:
    quiet = Quiet(days=frozenset(range(1, 8)), begins=time(12), ends=time(18), zone="UTC")
    send = Send(to=ChannelId("archive"), burst=timedelta(), max_per_hour=None, quiet=quiet)
    async with an_alerter(tmp_path, replace(a_subscription(), sends=(send,))) as alerter:
        await alerter.tell(told_by("One"))

        alerter.clock.set(alerter.clock.now() - timedelta(minutes=30))
        await alerter.send()
        await reckoned_again(alerter)

        [held] = await alerter.deliveries(DeliveryState.HELD)
        assert (held.next_at.hour, alerter.said()) == (18, [])


async def test_a_digest_goes_at_its_next_time_when_the_clock_is_set_back(tmp_path: Path) -> None:
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC")
    team = replace(a_subscription(), sends=(replace(AT_ONCE, digest=digest),))
    async with an_alerter(tmp_path, team, clock=ManualClock(AHEAD)) as alerter:
        await told_ahead(alerter)
        await alerter.send()
        assert alerter.said() == []

        alerter.clock.move(20 * HOUR)
        await alerter.send()

        assert len(alerter.said()) == 1


async def test_a_digest_goes_at_its_next_time_though_subscriptions_change_afterwards(
    tmp_path: Path,
) -> None:
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC")
    team = replace(a_subscription(), sends=(replace(AT_ONCE, digest=digest),))
    async with an_alerter(tmp_path, team, clock=ManualClock(AHEAD)) as alerter:
        await told_ahead(alerter)

        await alerter.service.reschedule()

        [waiting] = await alerter.database.read(gathered.waiting_for)
        assert waiting.closes_at == NOON + 20 * HOUR


@pytest.mark.parametrize(("begins", "waits_for"), [(11, 2 * HOUR), (13, timedelta())])
async def test_quiet_hours_end_when_they_do_when_the_clock_is_set_back(
    tmp_path: Path, begins: int, waits_for: timedelta
) -> None:
    quiet = Quiet(days=EVERY_DAY, begins=time(begins), ends=time(14), zone="UTC")
    team = replace(a_subscription(), sends=(replace(AT_ONCE, quiet=quiet),))
    async with an_alerter(tmp_path, team, clock=ManualClock(AHEAD + 90 * MINUTE)) as alerter:
        await told_ahead(alerter)

        [held] = await alerter.deliveries(DeliveryState.HELD)
        alerter.clock.move(waits_for)
        await alerter.send()

        assert (held.planned_at, held.next_at) == (NOON, NOON + waits_for)
        assert len(alerter.said()) == 1


async def test_a_digest_whose_time_came_while_the_clock_was_ahead_is_held_no_longer(
    tmp_path: Path,
) -> None:
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC")
    quiet = Quiet(days=EVERY_DAY, begins=time(11), ends=time(14), zone="UTC")
    team = replace(a_subscription(), sends=(replace(AT_ONCE, digest=digest, quiet=quiet),))
    async with an_alerter(tmp_path, team, clock=ManualClock(NOON)) as alerter:
        await alerter.tell(told_by("One"))
        alerter.clock.set(AHEAD)
        await alerter.send()
        [held] = await alerter.deliveries(DeliveryState.HELD)
        assert held.next_at == AHEAD + 2 * HOUR

        alerter.clock.set(NOON + 21 * HOUR)
        await reckoned_again(alerter)
        await alerter.send()

        assert len(alerter.said()) == 1


async def test_what_waits_by_a_clock_that_is_right_is_left_as_it_is(tmp_path: Path) -> None:
    quiet = Quiet(days=EVERY_DAY, begins=time(11), ends=time(14), zone="UTC")
    fallback = Fallback(to=ChannelId("mail"), after=30 * MINUTE)
    held = replace(AT_ONCE, quiet=quiet, fallback=fallback)
    digest = replace(
        AT_ONCE, to=ChannelId("mail"), digest=Digest(at=time(8), days=EVERY_DAY, zone="UTC")
    )
    team = replace(a_subscription(), sends=(held, digest))
    async with an_alerter(tmp_path, team, clock=ManualClock(NOON)) as alerter:
        await alerter.tell(told_by("One"))
        before = await alerter.database.read(lambda connection: [*connection.iterdump()])

        await reckoned_again(alerter)
        # Of a subscription that the file names no more too: nobody says that its night is over.
        await alerter.database.write(reckon_again, {}, now=NOON + MINUTE)

        assert await alerter.database.read(lambda connection: [*connection.iterdump()]) == before
        assert len(await alerter.deliveries(DeliveryState.HELD)) == 1


async def test_what_was_put_back_ahead_is_tried_when_the_clock_is_set_back(tmp_path: Path) -> None:
    async with an_alerter(tmp_path, clock=ManualClock(NOON)) as alerter:
        await alerter.publish(told_by("One"))
        await alerter.intake()
        claimed = await alerter.database.write(sending.claim_next, AT_ONCE.to, now=AHEAD)
        assert claimed is not None
        await alerter.database.write(outbox.update, put_back(claimed.delivery, now=AHEAD))

        await reckoned_again(alerter)
        await alerter.send()

        assert len(alerter.said()) == 1


async def test_a_fallback_stands_in_after_its_time_when_the_clock_is_set_back(
    tmp_path: Path,
) -> None:
    away = [ChannelUnavailableError("503", status=503)] * 20
    fallback = Fallback(to=ChannelId("mail"), after=30 * MINUTE)
    team = replace(a_subscription(), sends=(replace(AT_ONCE, fallback=fallback),))
    channels: dict[str, Channel] = {"archive": RecordingChannel(*away), "mail": RecordingChannel()}
    async with an_alerter(tmp_path, team, channels=channels, clock=ManualClock(AHEAD)) as alerter:
        await told_ahead(alerter)
        await reckoned_again(alerter)
        alerter.clock.move(29 * MINUTE)
        await alerter.send()
        assert alerter.said("mail") == []

        alerter.clock.move(2 * MINUTE)
        await alerter.send()

        assert len(alerter.said("mail")) == 1


async def test_a_fallback_of_what_is_being_sent_stands_in_after_its_time_too(
    tmp_path: Path,
) -> None:
    fallback = Fallback(to=ChannelId("mail"), after=30 * MINUTE)
    team = replace(a_subscription(), sends=(replace(AT_ONCE, fallback=fallback),))
    async with an_alerter(tmp_path, team, clock=ManualClock(AHEAD)) as alerter:
        await alerter.publish(told_by("One", since=AHEAD))
        await alerter.intake()
        claimed = await alerter.database.write(
            sending.claim_next, AT_ONCE.to, now=alerter.clock.now()
        )
        assert claimed is not None

        alerter.clock.set(NOON)
        await reckoned_again(alerter)
        failed = settle(claimed.delivery, Unavailable(reason="503", status=503), now=NOON)
        await alerter.database.write(outbox.update, failed.delivery)

        [due] = await alerter.deliveries(DeliveryState.DUE)
        assert due.fallback_at == NOON + 30 * MINUTE


def away_then_wishing() -> dict[str, Channel]:
    """Return a channel that fails once, and then wishes to be left alone for ten minutes."""
    away = ChannelUnavailableError("503", status=503)
    wish = ChannelUnavailableError("429", status=429, retry_after=10 * MINUTE)
    return {"archive": RecordingChannel(away, wish)}


async def test_what_a_channel_wished_for_is_forgotten_when_the_clock_is_set_back(
    tmp_path: Path,
) -> None:
    channels = away_then_wishing()
    async with an_alerter(tmp_path, channels=channels, clock=ManualClock(NOON)) as alerter:
        await alerter.tell(told_by("One"))
        alerter.clock.set(AHEAD)
        await alerter.send()

    alerter.clock.set(NOON + HOUR)
    async with an_alerter(tmp_path, channels=channels, clock=alerter.clock) as alerter:
        stop = Stop()
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            group.create_task(alerter.sender.run(stop))
            while not alerter.said():  # noqa: ASYNC110  the channel only records
                await asyncio.sleep(0.001)
            stop.ask()

        assert len(alerter.said()) == 1


async def test_what_a_channel_wishes_after_the_clock_was_set_back_outlasts_a_start(
    tmp_path: Path,
) -> None:
    channels = away_then_wishing()
    async with an_alerter(tmp_path, channels=channels, clock=ManualClock(AHEAD)) as alerter:
        await told_ahead(alerter)
        await alerter.send()
        wished = await alerter.database.read(outages.outages)

        await reckoned_again(alerter)

        assert wished[AT_ONCE.to].not_before == NOON + 10 * MINUTE
        assert await alerter.database.read(outages.outages) == wished


async def test_a_proof_of_life_comes_next_week_when_the_clock_is_set_back(tmp_path: Path) -> None:
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC", empty=WhenEmpty.WEEKLY)
    team = replace(a_subscription(), sends=(replace(AT_ONCE, digest=digest),))
    async with an_alerter(tmp_path, team, clock=ManualClock(AHEAD)) as alerter:
        await alerter.send()
        alerter.clock.set(NOON)
        await reckoned_again(alerter)

        alerter.clock.move(8 * DAY)
        await alerter.send()

        [life] = alerter.recorded().messages
        assert life.kind is DeliveryKind.PROOF_OF_LIFE


async def test_what_was_told_ahead_leaves_no_proof_of_life_out_for_ever(tmp_path: Path) -> None:
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC", empty=WhenEmpty.WEEKLY)
    team = replace(a_subscription(), sends=(replace(AT_ONCE, digest=digest),))
    async with an_alerter(tmp_path, team, clock=ManualClock(AHEAD)) as alerter:
        await alerter.tell(told_by("One", since=AHEAD))
        alerter.clock.move(DAY)
        await alerter.send()
        assert len(alerter.said()) == 1

        alerter.clock.set(NOON)
        await reckoned_again(alerter)
        alerter.clock.move(8 * DAY)
        await alerter.send()

        assert alerter.recorded().messages[-1].kind is DeliveryKind.PROOF_OF_LIFE
        assert ": 0 stories read" in alerter.recorded().messages[-1].note


async def test_a_mute_holds_from_now_on_for_its_time_when_the_clock_is_set_back(
    tmp_path: Path,
) -> None:
    async with an_alerter(tmp_path, clock=ManualClock(AHEAD)) as alerter:
        mute = Mute(
            id=mute_id("tiktok"),
            company=CompanyId("tiktok"),
            event=None,
            subscription=None,
            channel=None,
            created_at=AHEAD,
            ends_at=AHEAD + HOUR,
            who="ann",
            why="we know",
        )
        await alerter.database.write(silence.mute, mute, watchlist=a_watchlist())
        alerter.clock.set(NOON)
        await reckoned_again(alerter)

        await alerter.tell(told_by("One"))
        alerter.clock.move(2 * HOUR)
        await alerter.tell(told_by("Two", target="figma", minute=120))

        assert companies_told(alerter) == ["figma"]
