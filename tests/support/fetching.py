"""A fetcher to test: everything real but bus and store, and the feeds and pages that it is given."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.common.bus.port import Bus
from services.common.clock import Clock, SystemClock
from services.common.contracts.codec import decode
from services.common.contracts.feed import Feed, FeedCondition, FeedHealth, FirstFetch
from services.common.contracts.story import Story
from services.common.contracts.topics import FEED_HEALTH, STORIES
from services.common.http.client import HttpClient
from services.common.settings import Network
from services.common.stop import Stop
from services.common.telemetry.health import Health
from services.fetcher.parse.document_reader import DocumentReader
from services.fetcher.places import LENT_AFTER
from services.fetcher.service import CONCURRENCY, Connections, FetcherService
from services.fetcher.store.port import FeedStore
from tests.support.builders import a_feed
from tests.support.feed_server import FeedServer, Reply

LOOPBACK: Sequence[Network] = [ipaddress.ip_network("127.0.0.0/8")]
SOON = timedelta(milliseconds=30)
LATER = timedelta(hours=1)
ONE, TWO = (
    f"<guid>{n}</guid><title>Title {n}</title><link>https://example.org/{n}</link>" for n in (1, 2)
)
PARAGRAPH = "The ministry said on Monday that it bans the app for good, with effect at once. " * 4
PAGE = Reply(
    body=f"<html><body><nav><p>Home</p></nav><article><p>{PARAGRAPH}</p></article></body></html>".encode(),
    headers={"Content-Type": "text/html"},
)


@dataclass
class Ground:
    """A fetcher with everything real but bus and store, which are in memory."""

    server: FeedServer
    store: FeedStore
    bus: Bus
    client: HttpClient
    reader: DocumentReader

    @asynccontextmanager
    async def running(
        self,
        *feeds: Feed,
        owner: str = "here",
        clock: Clock | None = None,
        health: Health | None = None,
        allow_networks: Sequence[Network] = LOOPBACK,
        concurrency: int = CONCURRENCY,
        lent_after: timedelta = LENT_AFTER,
    ) -> AsyncIterator[FetcherService]:
        clock = clock or SystemClock()
        health = health or Health(clock)
        service = FetcherService(
            Connections(
                bus=self.bus,
                store=self.store,
                client=self.client,
                reader=self.reader,
                clock=clock,
            ),
            owner=owner,
            polls=health.pulse("polls", stuck_after=timedelta(minutes=1)),
            gate=health.gate("fetcher"),
            horizon=timedelta(hours=24),
            allow_networks=allow_networks,
            concurrency=concurrency,
            lent_after=lent_after,
        )
        await service.configure(feeds)
        stop = Stop()
        async with asyncio.TaskGroup() as group, asyncio.timeout(20):
            running = group.create_task(service.run(stop))
            try:
                yield service
            finally:
                stop.ask()
                await running

    async def stories(self, count: int) -> list[Story]:
        """Return the stories, as soon as there are `count` of them."""
        async with asyncio.timeout(10):
            while len(records := await self.bus.read_all(STORIES)) < count:  # noqa: ASYNC110  the port has no other way to look
                await asyncio.sleep(0.005)
        return [decode(Story, record.value) for record in records]

    async def health(self, feed: Feed, condition: FeedCondition) -> FeedHealth:
        """Return the newest health of a feed, as soon as it is in this condition."""
        async with asyncio.timeout(10):
            while True:
                records = await self.bus.read_all(FEED_HEALTH)
                healths = [decode(FeedHealth, r.value) for r in records if r.key == feed.id]
                if healths and healths[-1].state is condition:
                    return healths[-1]
                await asyncio.sleep(0.005)

    async def polled(self, path: str, times: int) -> None:
        """Return when a path was asked for so often."""
        async with asyncio.timeout(10):
            while len(self.server.asked(path)) < times:  # noqa: ASYNC110  the server only counts
                await asyncio.sleep(0.005)

    def feed(self, path: str, *replies: Reply, **changes: Any) -> Feed:
        """Return a feed that is served on loopback; `every` is short unless told."""
        fields = {"every": SOON, "first_fetch": FirstFetch.ALERT, **changes}
        return a_feed(self.server.script(path, *replies), **fields)
