"""Memory: the FeedStore as one fetcher uses it, under its name, and asked until it serves."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from services.common.bus.port import Bus
from services.common.clock import Clock
from services.common.contracts.topics import STORIES
from services.common.ids import FeedId, StoryId
from services.fetcher.patience import Patience
from services.fetcher.store.port import FeedState, FeedStore, Held, Installation, SeenEntry

LEASE = timedelta(minutes=10)
ENTRIES_KEPT = timedelta(days=35)
FEEDS_KEPT = timedelta(days=90)
"""So long a feed is remembered that nobody polls: put back before, it tells nothing again that it still has."""


log = structlog.get_logger()


class Memory:
    """What a fetcher knows of its feeds from poll to poll.

    `owner` names this fetcher among those that share the store. Every method raises TransientError
    when the store does not serve and the fetcher is to end.
    """

    def __init__(
        self, store: FeedStore, bus: Bus, *, owner: str, patience: Patience, clock: Clock
    ) -> None:
        self._store = store
        self._bus = bus
        self._owner = owner
        # Not the token of our polls: a feed that was put back just now may be polled meanwhile.
        self._forgetter = f"{owner} forgets"
        self._patience = patience
        self._clock = clock

    async def states(self) -> Mapping[FeedId, FeedState]:
        """Return how every feed stood when somebody last polled it."""
        return await self._patience.insist("states", self._store.states)

    async def penalties(self) -> Mapping[str, datetime]:
        """Return until when each host is to be left alone."""
        now = self._clock.now()
        return await self._patience.insist("penalties", lambda: self._store.penalties(now=now))

    async def hold(self, feed: FeedId) -> Held | None:
        """Take the lease on a feed; None while another fetcher has it.

        One that nobody polled for so long that its entries are forgotten is a new feed: it may have been taken
        out of the configuration, and what came meanwhile is no news.
        """
        now = self._clock.now()
        held = await self._patience.insist(
            "hold",
            lambda: self._store.hold(feed, token=self._owner, now=now, until=now + LEASE),
        )
        polled_at = (
            held.state.last_polled_at if held is not None and held.state is not None else None
        )
        is_forgotten = polled_at is not None and now - polled_at > ENTRIES_KEPT
        return replace(held, state=None) if held is not None and is_forgotten else held

    async def release(self, feed: FeedId) -> None:
        """Give the lease back, with nothing to remember."""
        await self._store.release(feed, token=self._owner)

    async def forget_unpolled(self, feed: FeedId) -> FeedState | None:
        """Forget all of a feed that nobody has polled for so long; return its state where somebody has.

        One whose state cannot be read, and says not when, counts as polled now.
        Asks the store once: what it does not do now it may do later.
        """
        now = self._clock.now()
        held = await self._store.hold(feed, token=self._forgetter, now=now, until=now + LEASE)
        if held is None:
            return None
        state = held.state
        if state is not None and state.last_polled_at is None:
            state = replace(state, last_polled_at=now)
            await self._store.remember(state, [], token=self._forgetter)
            return state
        if state is None or is_long_unpolled(state, now=now):
            await self._store.forget(feed, token=self._forgetter)
            log.info("feed_forgotten", feed_id=feed)
            return None
        await self._store.release(feed, token=self._forgetter)
        return state

    async def seen(self, feed: FeedId, stories: Collection[StoryId]) -> Mapping[StoryId, SeenEntry]:
        """Return those of `stories` that the feed was seen to have."""
        return await self._patience.insist("seen", lambda: self._store.seen(feed, stories))

    async def penalise(self, host: str, *, until: datetime) -> None:
        """Leave `host` alone until `until`, whoever polls it."""
        await self._patience.insist("penalise", lambda: self._store.penalise(host, until=until))

    async def mark(self, feeds: Iterable[FeedId]) -> Installation:
        """Mark the store as one that served, before anything of `feeds` is published (decision 11)."""
        was_used = await self._patience.insist(
            "was_ever_used", lambda: self._bus.was_ever_used(STORIES)
        )
        mark = Installation(
            id=secrets.token_hex(8),
            marked_at=self._clock.now(),
            recovering=tuple(feeds) if was_used else (),
        )
        marked = await self._patience.insist("mark", lambda: self._store.mark(mark))
        if marked == mark:
            log.info("store_marked", is_new_installation=not was_used)
        return marked

    async def remember(self, state: FeedState, entries: Collection[SeenEntry]) -> None:
        """Write what a poll brought, and give the lease back.

        Entries that the feed has not shown for long are forgotten, but only with others to keep.
        """
        shown_since = self._clock.now() - ENTRIES_KEPT if entries else None
        is_written = await self._patience.insist(
            "remember",
            lambda: self._store.remember(
                state, entries, token=self._owner, shown_since=shown_since
            ),
        )
        if not is_written:
            log.warning("lease_lost", feed_id=state.feed_id)


def is_long_unpolled(state: FeedState, *, now: datetime) -> bool:
    """Return whether nobody has polled a feed for so long, as far as is known, that it need not be remembered."""
    return state.last_polled_at is None or now - state.last_polled_at > FEEDS_KEPT
