"""Proofs of life: a digest that had nothing to tell for a week says so, with what was read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.alerter.database import lives
from services.alerter.database.connections import Database
from services.alerter.database.lives import WEEK, Week
from services.alerter.render.words import one_line
from services.alerter.service import AlerterService
from services.common.clock import Clock
from services.common.contracts.feed import Feed, FeedHealth

FeedFares = Sequence[tuple[Feed, FeedHealth | None]]
"""Every configured feed, with what the fetcher last said of it."""

_MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofsOfLife:
    """Plans the proofs of life of one alerter. `feeds` says how the feeds fare."""

    database: Database
    service: AlerterService
    feeds: Callable[[], Awaitable[FeedFares]]
    clock: Clock

    async def plan(self) -> datetime | None:
        """Plan what is due; return when to ask again, None where no digest wants it."""
        sends = lives.weekly_sends(self.service.subscriptions)
        now = self.clock.now()
        at = await self.database.read(lives.first_at, sends)
        if at is None or at <= now:
            if not sends:
                return None
            fares = await self.feeds()

            def said(week: Week) -> str:
                return sentence_of(week, fares, now=now)

            at = await self.database.write(lives.plan_lives, sends, said=said, now=now)
        return at


def sentence_of(week: Week, fares: FeedFares, *, now: datetime) -> str:
    """Return what a proof of life says: the stories read, the feeds, and which of them are silent."""
    polled = [
        feed
        for feed, health in fares
        if health and health.last_polled_at and health.last_polled_at > now - WEEK
    ]
    stories = f"{week.stories:,} {'story' if week.stories == 1 else 'stories'}"
    feeds = f"{len(polled)} {'feed' if len(polled) == 1 else 'feeds'}"
    told = f"Nothing happened in the last week: {stories} read from {feeds}."
    silent = [_silence(feed, health) for feed, health in fares if _is_silent(health, now=now)]
    if not silent:
        return f"{told} No feed is silent."
    more = len(silent) - _MOST_NAMED
    named = ", ".join(silent[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{told} Silent: {named}."


def _is_silent(health: FeedHealth | None, *, now: datetime) -> bool:
    return health is None or health.last_story_at is None or health.last_story_at <= now - WEEK


def _silence(feed: Feed, health: FeedHealth | None) -> str:
    if health is None or health.last_polled_at is None:
        return f"{one_line(feed.outlet)} (never polled)"
    failing = f", {health.error.error_class}" if health.error else ""
    if health.last_story_at is None:
        return f"{one_line(feed.outlet)} (no story yet{failing})"
    return f"{one_line(feed.outlet)} (since {health.last_story_at:%Y-%m-%d}{failing})"
