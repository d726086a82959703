"""The FeedStore in memory: for tests, and for runs that may forget."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from services.common.ids import FeedId, StoryId
from services.fetcher.store.port import FeedState, Held, Installation, SeenEntry


class MemoryStore:
    """Keeps everything in dictionaries."""

    def __init__(self) -> None:
        self._installation: Installation | None = None
        self._states: dict[FeedId, FeedState] = {}
        self._entries: dict[FeedId, dict[StoryId, SeenEntry]] = {}
        self._leases: dict[FeedId, tuple[str, datetime]] = {}
        self._penalties: dict[str, datetime] = {}

    async def mark(self, installation: Installation) -> Installation:
        """Set the mark unless there is one."""
        self._installation = self._installation or installation
        return self._installation

    async def installation(self) -> Installation | None:
        """Return the mark."""
        return self._installation

    async def states(self) -> Mapping[FeedId, FeedState]:
        """Return every state."""
        return dict(self._states)

    async def hold(
        self, feed: FeedId, *, token: str, now: datetime, until: datetime
    ) -> Held | None:
        """Take the lease on a feed."""
        holder, ends_at = self._leases.get(feed, (token, now))
        if holder != token and now < ends_at <= until + (until - now):
            return None
        self._leases[feed] = (token, until)
        return Held(installation=self._installation, state=self._states.get(feed))

    async def release(self, feed: FeedId, *, token: str) -> None:
        """Give the lease back."""
        if self._leases.get(feed, ("", None))[0] == token:
            del self._leases[feed]

    async def seen(self, feed: FeedId, stories: Collection[StoryId]) -> Mapping[StoryId, SeenEntry]:
        """Return what is known of `stories`."""
        entries = self._entries.get(feed, {})
        return {story: entries[story] for story in stories if story in entries}

    async def remember(
        self,
        state: FeedState,
        entries: Collection[SeenEntry],
        *,
        token: str,
        shown_since: datetime | None = None,
    ) -> bool:
        """Write state and entries."""
        if self._leases.get(state.feed_id, (token, None))[0] != token:
            return False
        self._states[state.feed_id] = state
        known = self._entries.setdefault(state.feed_id, {})
        known.update({entry.story_id: entry for entry in entries})
        if shown_since is not None:
            kept = {k: entry for k, entry in known.items() if entry.shown_at >= shown_since}
            self._entries[state.feed_id] = kept
        self._leases.pop(state.feed_id, None)
        return True

    async def forget(self, feed: FeedId, *, token: str) -> None:
        """Forget all of a feed."""
        if self._leases.get(feed, ("", None))[0] == token:
            for kept in (self._states, self._entries, self._leases):
                kept.pop(feed, None)

    async def penalties(self, *, now: datetime) -> Mapping[str, datetime]:
        """Return the penalties in force."""
        return {host: until for host, until in self._penalties.items() if until > now}

    async def penalise(self, host: str, *, until: datetime) -> None:
        """Leave a host alone."""
        self._penalties[host] = max(until, self._penalties.get(host, until))

    async def close(self) -> None:
        """Give nothing back: there is nothing."""
