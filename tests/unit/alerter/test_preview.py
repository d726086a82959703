"""A preview and what was planned leave out alike what was not to be told."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.alerter.database import silence
from services.alerter.database.connections import open_read_only
from services.alerter.preview import PlannedMessages, Span, planned_messages, preview
from services.alerter.telling import Following
from services.common.clock import ManualClock
from services.common.contracts.alert import Reason
from services.common.contracts.mute import Mute
from services.common.contracts.reading import Stage
from services.common.contracts.subscription import Subscription
from services.common.ids import ChannelId, CompanyId, SubscriptionId, mute_id
from tests.support.alerting import a_subscription, an_alerter, told_by
from tests.support.builders import NOON, a_watchlist

DAY = timedelta(days=1)
EVERYTHING = SubscriptionId("everything")
MUTE = Mute(
    id=mute_id("tiktok"),
    company=CompanyId("tiktok"),
    event=None,
    subscription=None,
    channel=None,
    created_at=NOON,
    ends_at=NOON + DAY,
    who="ann",
    why="we know",
)


def reasons(messages: PlannedMessages) -> list[tuple[Reason, Stage]]:
    return [(one.reason, one.stage) for message in messages.messages for one in message.alerts]


def previewed(data: Path, span: Span, *subscriptions: Subscription) -> list[tuple[Reason, Stage]]:
    following = Following.of(
        a_watchlist(), subscriptions or [a_subscription()], [ChannelId("archive")]
    )
    return reasons(preview(data, EVERYTHING, span=span, following=following))


def planned(data: Path, span: Span) -> list[tuple[Reason, Stage]]:
    with closing(open_read_only(data)) as connection:
        return reasons(planned_messages(connection, EVERYTHING, span=span, watchlist=a_watchlist()))


@pytest.mark.parametrize("days", [30, 3])
async def test_what_was_muted_was_not_sent_and_is_news_later(tmp_path: Path, days: int) -> None:
    clock = ManualClock(NOON)
    async with an_alerter(tmp_path, clock=clock) as alerter:
        await alerter.database.write(silence.mute, MUTE, watchlist=a_watchlist())
        await alerter.tell(told_by("One", stage=Stage.PROPOSED))
        clock.move(20 * DAY)
        await alerter.tell(told_by("Two", stage=Stage.CONFIRMED, since=clock.now()))

    span = Span(since=clock.now() - days * DAY, until=clock.now() + DAY)
    assert previewed(tmp_path, span) == planned(tmp_path, span) == [(Reason.NEW, Stage.CONFIRMED)]


async def test_a_subscription_in_a_pause_is_previewed_as_without(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    async with an_alerter(tmp_path, clock=clock) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED))
        clock.move(DAY)
        await alerter.tell(told_by("Two", stage=Stage.CONFIRMED, since=clock.now()))

    span = Span(since=NOON - DAY, until=clock.now() + DAY)
    paused = replace(a_subscription(), paused_until=(NOON + 9 * DAY).date())
    told = [(Reason.NEW, Stage.PROPOSED), (Reason.STAGE, Stage.CONFIRMED)]
    assert previewed(tmp_path, span, paused) == planned(tmp_path, span) == told
