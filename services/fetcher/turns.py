"""Turns: which feed is asked next, of those for which there are places."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.common.ids import FeedId
from services.fetcher.plan import Plan


class Turns:
    """When each feed is to be asked, and which are being asked.

    Feeds that failed have half of the places: those whose servers hang keep no others waiting. They have a plan
    of their own, so that however many wait for a place, the next sound one is found at once.
    """

    def __init__(self, *, places: int) -> None:
        self._sound, self._failed = Plan(), Plan()
        self._asked: set[FeedId] = set()
        self._failing: set[FeedId] = set()
        self._most_failing = max(places // 2, 1)

    def put(self, feed: FeedId, at: datetime, *, has_failed: bool) -> None:
        """Plan `feed` for `at`, among those that failed if it did."""
        self.drop(feed)
        (self._failed if has_failed else self._sound).put(feed, at)

    def drop(self, feed: FeedId) -> None:
        """Plan `feed` no more."""
        self._sound.drop(feed)
        self._failed.drop(feed)

    def move(self, by: timedelta) -> None:
        """Plan every feed for so much later, or sooner."""
        self._sound.move(by)
        self._failed.move(by)

    def due(self, *, now: datetime) -> FeedId | None:
        """Return the feed that is due longest; None when none is due that has a place."""
        return self._next().due(now=now)

    def next_at(self) -> datetime | None:
        """Return when the next feed is due that has a place; None when there is none."""
        return self._next().next_at()

    def postpone(self, feed: FeedId, to: datetime) -> None:
        """Plan a feed that is due for later, where it goes before those that were due after it."""
        (self._failed if feed in self._failed else self._sound).postpone(feed, to)

    def begin(self, feed: FeedId) -> None:
        """Note that a feed that is due is being asked."""
        if feed in self._failed:
            self._failing.add(feed)
        self._asked.add(feed)
        self.drop(feed)

    def end(self, feed: FeedId) -> None:
        """Note that a feed was asked: its place is free."""
        self._asked.discard(feed)
        self._failing.discard(feed)

    def is_asked(self, feed: FeedId) -> bool:
        """Return whether a feed is being asked."""
        return feed in self._asked

    def _next(self) -> Plan:
        """Return the plan of the feed that is next."""
        sound, failed = self._sound.next_at(), self._failed.next_at()
        if failed is None or len(self._failing) >= self._most_failing:
            return self._sound
        return self._failed if sound is None or failed < sound else self._sound
