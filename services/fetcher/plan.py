"""Which feed is due next: a heap, so that a hundred thousand feeds cost nothing while they wait."""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta

from services.common.ids import FeedId


class Plan:
    """When each feed is to be asked. A feed has one time at most; planning it again moves it."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, FeedId]] = []
        self._at: dict[FeedId, datetime] = {}

    def put(self, feed: FeedId, at: datetime) -> None:
        """Plan `feed` for `at`."""
        if self._at.get(feed) != at:
            self._at[feed] = at
            heapq.heappush(self._heap, (at, feed))

    def drop(self, feed: FeedId) -> None:
        """Plan `feed` no more."""
        self._at.pop(feed, None)

    def move(self, by: timedelta) -> None:
        """Plan every feed for so much later, or sooner."""
        self._at = {feed: at + by for feed, at in self._at.items()}
        self._heap = [(at + by, feed) for at, feed in self._heap]

    def take(self, *, now: datetime) -> FeedId | None:
        """Return the feed that is due longest, and plan it no more; None when none is due."""
        due_at = self.next_at()
        if due_at is None or due_at > now:
            return None
        _, feed = heapq.heappop(self._heap)
        del self._at[feed]
        return feed

    def next_at(self) -> datetime | None:
        """Return when the next feed is due; None when none is planned."""
        while self._heap and self._at.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)  # planned anew since, or dropped
        return self._heap[0][0] if self._heap else None
