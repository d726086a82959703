"""Proofs of life: a week without alerts is said to have been one."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

from services.alerter.database import queries
from services.alerter.database.connections import open_read_only
from services.common.clock import ManualClock
from services.common.contracts.delivery import DeliveryKind
from services.common.contracts.feed import Feed, FeedCondition, FeedError, FeedHealth
from services.common.contracts.subscription import Conditions, Digest, Send, WhenEmpty
from services.common.ids import ChannelId
from tests.support.alerting import Alerter, a_subscription, an_alerter, told_by
from tests.support.builders import a_feed

DAY = timedelta(days=1)
DIGEST = Digest(
    days=frozenset({1, 2, 3, 4, 5}), at=time(8), zone="Europe/Berlin", empty=WhenEmpty.WEEKLY
)
TEAM = replace(
    a_subscription("team"),
    sends=(Send(to=ChannelId("archive"), burst=timedelta(), max_per_hour=None, digest=DIGEST),),
)
WEDNESDAY = datetime(2026, 1, 7, 12, tzinfo=UTC)
MONDAY_AT_EIGHT = datetime(2026, 1, 12, 7, tzinfo=UTC)


def a_health(feed: Feed, *, last_story_at: datetime | None, **changes: object) -> FeedHealth:
    usual = FeedHealth(
        feed_id=feed.id,
        url=feed.url,
        outlet=feed.outlet,
        state=FeedCondition.OK,
        error=None,
        last_polled_at=MONDAY_AT_EIGHT,
        next_poll_at=None,
        last_story_at=last_story_at,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # any field


async def days_pass(alerter: Alerter, days: int) -> None:
    for _ in range(days):
        alerter.clock.move(DAY)
        await alerter.send()


async def test_after_a_silent_week_it_says_what_was_read_and_which_feeds_are_silent(
    tmp_path: Path,
) -> None:
    lively, silent = (a_feed(f"https://{it}.example/rss", outlet=it) for it in ("lively", "silent"))
    error = FeedError(error_class="timeout", message="no answer")
    feeds = [
        (lively, a_health(lively, last_story_at=MONDAY_AT_EIGHT)),
        (silent, a_health(silent, last_story_at=WEDNESDAY - 30 * DAY, error=error)),
        (a_feed(outlet="new"), None),
    ]
    asks_for_another = replace(TEAM, when=Conditions(types=("shutdown",)))
    async with an_alerter(
        tmp_path, asks_for_another, clock=ManualClock(WEDNESDAY), feeds=feeds
    ) as alerter:
        await alerter.tell(told_by("One", since=WEDNESDAY))
        await days_pass(alerter, 4)
        assert alerter.recorded().messages == []
        await days_pass(alerter, 1)

        [message] = alerter.recorded().messages
        assert (message.kind, message.sections) == (DeliveryKind.PROOF_OF_LIFE, ())
        assert message.planned_at == MONDAY_AT_EIGHT
        assert message.note == (
            "Nothing happened in the last week: 1 story read from 2 feeds."
            " Silent: silent (since 2025-12-08, timeout), new (never polled)."
        )
        of_team = partial(queries.deliveries_page, subscription=TEAM.id)
        page = await alerter.database.read(of_team)
        assert [one.id for one in page.deliveries] == [message.id]
        await days_pass(alerter, 7)
        assert len(alerter.recorded().messages) == 2


async def test_a_week_with_an_alert_needs_no_proof(tmp_path: Path) -> None:
    async with an_alerter(tmp_path, TEAM, clock=ManualClock(WEDNESDAY)) as alerter:
        await alerter.tell(told_by("One", since=WEDNESDAY))
        await days_pass(alerter, 6)

        assert [message.kind for message in alerter.recorded().messages] == ["digest"]


async def test_a_restart_neither_repeats_nor_forgets_it(tmp_path: Path) -> None:
    clock = ManualClock(WEDNESDAY)
    for days in (2, 2, 1, 1):
        async with an_alerter(tmp_path, TEAM, clock=clock) as alerter:
            await alerter.send()
            await days_pass(alerter, days)

    assert kinds_planned(tmp_path) == ["proof-of-life"]


def kinds_planned(data: Path) -> list[str]:
    connection = open_read_only(data)
    with closing(connection):
        return [kind for (kind,) in connection.execute("SELECT kind FROM deliveries")]
