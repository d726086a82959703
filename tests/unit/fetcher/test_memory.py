from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from services.common.bus.memory import MemoryBus
from services.common.clock import ManualClock
from services.common.ids import FeedId, StoryId
from services.common.telemetry.health import Health
from services.fetcher.memory import FEEDS_KEPT, Memory
from services.fetcher.patience import Patience
from services.fetcher.store.memory import MemoryStore
from services.fetcher.store.port import FeedState, SeenEntry
from tests.support.builders import NOON

FEED = FeedId("fd_1")
STATE = FeedState(feed_id=FEED, url="https://example.org/rss", last_polled_at=NOON, is_fetched=True)
ENTRY = SeenEntry(story_id=StoryId("st_1"), content_hash="c", seen_at=NOON, shown_at=NOON)
LONG_AFTER = NOON + FEEDS_KEPT + timedelta(days=1)


def memory_of(store: MemoryStore, clock: ManualClock) -> Memory:
    health = Health(clock)
    patience = Patience(
        clock=clock,
        gate=health.gate("fetcher"),
        pulse=health.pulse("polls", stuck_after=timedelta(minutes=1)),
        stopping=asyncio.Event(),
    )
    return Memory(store, MemoryBus(clock), owner="here", patience=patience, clock=clock)


async def test_a_feed_is_not_forgotten_while_it_is_polled_here() -> None:
    store = MemoryStore()
    await store.remember(STATE, [ENTRY], token="here")
    memory = memory_of(store, ManualClock(LONG_AFTER))

    await memory.hold(FEED)
    await memory.forget_unpolled(FEED)

    assert await store.states() == {FEED: STATE}
    assert await memory.seen(FEED, [ENTRY.story_id]) == {ENTRY.story_id: ENTRY}


async def test_a_state_that_says_not_when_it_was_polled_is_kept_as_long_as_one_of_now() -> None:
    store, clock = MemoryStore(), ManualClock(NOON)
    unreadable = FeedState(feed_id=FEED, url="", is_fetched=True)
    await store.remember(unreadable, [ENTRY], token="here")
    memory = memory_of(store, clock)

    dated = await memory.forget_unpolled(FEED)
    kept = await store.states()
    clock.move(FEEDS_KEPT + timedelta(days=1))
    await memory.forget_unpolled(FEED)

    assert kept == {FEED: dated} == {FEED: replace(unreadable, last_polled_at=NOON)}
    assert await store.states() == {}
    assert await memory.seen(FEED, [ENTRY.story_id]) == {}
