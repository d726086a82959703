"""How the feeds fare, from the compacted topic on which the fetcher says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from services.common.bus.port import Bus, Record
from services.common.clock import Clock
from services.common.contracts.codec import decode
from services.common.contracts.feed import Feed, FeedHealth, feeds_body
from services.common.contracts.topics import FEED_HEALTH
from services.common.errors import BusUnavailableError, MalformedRecordError

KEPT_FOR = timedelta(seconds=2)
"""A page that many load must not read the whole topic each time."""

_READ_WITHIN_SECONDS = 10

log = structlog.get_logger()


class FeedHealths:
    """The body of GET /api/v1/feeds: the configured feeds with the newest that is known of each."""

    def __init__(self, bus: Bus, clock: Clock, *, feeds: Callable[[], Iterable[Feed]]) -> None:
        self._bus = bus
        self._clock = clock
        self._feeds = feeds
        self._newest: dict[str, FeedHealth] = {}
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def fares(self) -> list[tuple[Feed, FeedHealth | None]]:
        """Return every configured feed with the newest that is known of it, as `body` has it."""
        await self.body()
        return [
            (feed, health if health is not None and health.url == feed.shown_url else None)
            for feed in self._feeds()
            for health in [self._newest.get(feed.id)]
        ]

    async def body(self) -> Mapping[str, Any]:
        """Return the body; while the bus does not answer, with what was known before."""
        async with self._reading:
            now = self._clock.monotonic()
            if self._read_at is None or now - self._read_at >= KEPT_FOR.total_seconds():
                await self._read()
                self._read_at = now
        return await asyncio.to_thread(feeds_body, self._feeds(), tuple(self._newest.values()))

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(_READ_WITHIN_SECONDS):
                records = await self._bus.read_all(FEED_HEALTH)
        except (BusUnavailableError, TimeoutError) as error:
            log.warning("feed_health_not_read", reason=str(error))
            return
        self._newest |= await asyncio.to_thread(_newest, records)


def _newest(records: Iterable[Record]) -> dict[str, FeedHealth]:
    newest: dict[str, FeedHealth] = {}
    for record in records:
        try:
            health = decode(FeedHealth, record.value)
        except MalformedRecordError as error:
            log.warning("feed_health_malformed", key=record.key, reason=str(error))
        else:
            newest[health.feed_id] = health
    return newest
