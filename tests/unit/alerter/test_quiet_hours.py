"""Quiet hours that begin while something waits for its channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

from services.alerter.channels.port import Channel, Sent, Thread
from services.alerter.render.message import Message
from services.alerter.telling import Following
from services.common.clock import ManualClock
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.reading import Stage
from services.common.contracts.subscription import Conditions, Fallback, Quiet, Subscription
from services.common.errors import ChannelUnavailableError
from services.common.ids import ChannelId
from tests.support.alerting import Alerter, a_subscription, an_alerter, told_by
from tests.support.builders import NOON, a_watchlist
from tests.support.channels import RecordingChannel

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TEN_AT_NIGHT = NOON + 10 * HOUR
NIGHT = Quiet(days=frozenset(range(1, 8)), begins=time(22), ends=time(7), zone="UTC")


class AwayUntil(RecordingChannel):
    """Takes nothing until it is back; `tried` are the times of every try."""

    def __init__(self, clock: ManualClock, *, back_at: datetime) -> None:
        super().__init__()
        self.clock, self.back_at = clock, back_at
        self.tried: list[datetime] = []

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        self.tried.append(self.clock.now())
        if self.clock.now() < self.back_at:
            raise ChannelUnavailableError("503", status=503)
        return await super().send(message, thread=thread)


def at_night(subscription: Subscription, **changes: object) -> Subscription:
    [send] = subscription.sends
    return replace(subscription, sends=(replace(send, quiet=NIGHT, **changes),))  # type: ignore[arg-type]  # of a Send


async def wait_until(alerter: Alerter, moment: datetime) -> None:
    while alerter.clock.now() < moment:
        alerter.clock.move(10 * MINUTE)
        await alerter.send()


def stages_said(channel: RecordingChannel) -> list[Stage]:
    return [section.alert.event.stage for section in channel.sections]


async def test_what_a_channel_did_not_take_before_the_night_waits_for_the_morning(
    tmp_path: Path,
) -> None:
    clock = ManualClock(TEN_AT_NIGHT - HOUR / 2)
    channel = AwayUntil(clock, back_at=TEN_AT_NIGHT + 4 * HOUR)
    channels: dict[str, Channel] = {"archive": channel}
    team = at_night(a_subscription())
    async with an_alerter(tmp_path, team, channels=channels, clock=clock) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED, since=clock.now()))
        await alerter.tell(told_by("Two", since=clock.now(), minute=1))
        await wait_until(alerter, TEN_AT_NIGHT + 10 * HOUR)

        in_the_night = [at for at in channel.tried if at.hour >= 22 or at.hour < 7]
        assert in_the_night == []
        assert stages_said(channel) == [Stage.PROPOSED, Stage.CONFIRMED]


async def test_quiet_hours_that_are_new_hold_what_is_to_be_tried_again(tmp_path: Path) -> None:
    clock = ManualClock(TEN_AT_NIGHT - HOUR / 2)
    channel = AwayUntil(clock, back_at=TEN_AT_NIGHT + 4 * HOUR)
    async with an_alerter(tmp_path, channels={"archive": channel}, clock=clock) as alerter:
        await alerter.tell(told_by("One", since=clock.now()))
        await wait_until(alerter, TEN_AT_NIGHT + HOUR)
        team = at_night(a_subscription())
        alerter.service.configure(Following.of(a_watchlist(), [team], [ChannelId("archive")]))
        tried = len(channel.tried)
        await wait_until(alerter, TEN_AT_NIGHT + 8 * HOUR + 50 * MINUTE)
        tried_at_night = channel.tried[tried:]
        await wait_until(alerter, TEN_AT_NIGHT + 10 * HOUR)

        assert tried_at_night == []
        assert len(channel.messages) == 1


async def test_what_is_urgent_is_tried_all_night_with_what_it_follows(tmp_path: Path) -> None:
    clock = ManualClock(TEN_AT_NIGHT - HOUR / 2)
    channel = AwayUntil(clock, back_at=TEN_AT_NIGHT + 2 * HOUR)
    channels: dict[str, Channel] = {"archive": channel}
    team = at_night(a_subscription(), urgent=Conditions(stages=(Stage.CONFIRMED,)))
    async with an_alerter(tmp_path, team, channels=channels, clock=clock) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED, since=clock.now()))
        await wait_until(alerter, TEN_AT_NIGHT + HOUR)
        await alerter.tell(told_by("Two", since=clock.now()))
        await wait_until(alerter, TEN_AT_NIGHT + 8 * HOUR)

        assert stages_said(channel) == [Stage.PROPOSED, Stage.CONFIRMED]


async def test_the_night_does_not_count_for_a_fallback(tmp_path: Path) -> None:
    clock = ManualClock(TEN_AT_NIGHT - MINUTE)
    channel = AwayUntil(clock, back_at=TEN_AT_NIGHT + MINUTE)
    mail = RecordingChannel()
    fallback = Fallback(to=ChannelId("mail"), after=HOUR)
    team = at_night(a_subscription(), fallback=fallback)
    channels: dict[str, Channel] = {"archive": channel, "mail": mail}
    async with an_alerter(tmp_path, team, channels=channels, clock=clock) as alerter:
        await alerter.tell(told_by("One", since=clock.now()))
        await wait_until(alerter, TEN_AT_NIGHT + 10 * HOUR)

        assert (len(channel.messages), mail.messages) == (1, [])
        assert not await alerter.deliveries(DeliveryState.HELD)


async def test_what_waited_for_the_morning_goes_though_the_machine_wakes_at_night(
    tmp_path: Path,
) -> None:
    clock = ManualClock(TEN_AT_NIGHT - MINUTE)
    channel = AwayUntil(clock, back_at=TEN_AT_NIGHT + HOUR)
    channels: dict[str, Channel] = {"archive": channel}
    team = at_night(a_subscription())
    async with an_alerter(tmp_path, team, channels=channels, clock=clock) as alerter:
        await alerter.tell(told_by("One", since=clock.now()))
        await wait_until(alerter, TEN_AT_NIGHT + HOUR)
        clock.move(25 * HOUR)
        await alerter.send()

        assert len(channel.messages) == 1


async def test_what_is_urgent_waits_for_no_morning_though_it_was_told_before_the_night(
    tmp_path: Path,
) -> None:
    clock = ManualClock(TEN_AT_NIGHT - HOUR / 2)
    channel = AwayUntil(clock, back_at=TEN_AT_NIGHT + HOUR)
    channels: dict[str, Channel] = {"archive": channel}
    team = at_night(a_subscription(), urgent=Conditions(stages=(Stage.CONFIRMED,)))
    async with an_alerter(tmp_path, team, channels=channels, clock=clock) as alerter:
        await alerter.tell(told_by("One", since=clock.now()))
        await wait_until(alerter, TEN_AT_NIGHT + 2 * HOUR)

        assert stages_said(channel) == [Stage.CONFIRMED]
