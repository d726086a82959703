"""Which feed is due next: a heap, so that a hundred thousand feeds cost nothing while they wait."""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta

from services.common.ids import FeedId


class Plan:
    """When each feed is to be asked. A feed has one time at most; planning it again moves it."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, datetime, FeedId]] = []
        self._at: dict[FeedId, tuple[datetime, datetime]] = {}
        """When each is to be asked, and since when it wanted to be."""

    def __contains__(self, feed: FeedId) -> bool:
        """Return whether `feed` is planned."""
        return feed in self._at

    def put(self, feed: FeedId, at: datetime) -> None:
        """Plan `feed` for `at`."""
        self._put(feed, at, since=at)

    def postpone(self, feed: FeedId, to: datetime) -> None:
        """Plan a feed that is due for later, where it goes before those that were due after it.

        Of many that wait for one host the same few would get all the turns otherwise.
        """
        _, since = self._at[feed]
        self._put(feed, to, since=since)

    def drop(self, feed: FeedId) -> None:
        """Plan `feed` no more."""
        self._at.pop(feed, None)

    def move(self, by: timedelta) -> None:
        """Plan every feed for so much later, or sooner."""
        self._at = {feed: (at + by, since + by) for feed, (at, since) in self._at.items()}
        self._heap = [(at + by, since + by, feed) for at, since, feed in self._heap]

    def due(self, *, now: datetime) -> FeedId | None:
        """Return the feed that is due longest; None when none is due."""
        due_at = self.next_at()
        return None if due_at is None or due_at > now else self._heap[0][2]

    def next_at(self) -> datetime | None:
        """Return when the next feed is due; None when none is planned."""
        while self._heap and self._at.get(self._heap[0][2]) != self._heap[0][:2]:
            heapq.heappop(self._heap)  # planned anew since, or dropped
        return self._heap[0][0] if self._heap else None

    def _put(self, feed: FeedId, at: datetime, *, since: datetime) -> None:
        if self._at.get(feed) != (at, since):
            self._at[feed] = at, since
            heapq.heappush(self._heap, (at, since, feed))
