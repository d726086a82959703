"""Planning a hundred thousand feeds: how much memory, and how long until the first is due.

    .venv/bin/python benchmarks/planning.py

Every feed has a state in the store, as after a restart. Prints the memory that feeds, states and plan
take and the seconds; exits 1 at 250 MB or more.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from datetime import timedelta

from services.common.bus.memory import MemoryBus
from services.common.clock import SystemClock
from services.common.contracts.feed import Feed, FeedCondition
from services.common.http.client import guarded_client
from services.common.ids import feed_id
from services.common.stop import Stop
from services.common.telemetry.health import Health
from services.fetcher.parse.document_reader import DocumentReader
from services.fetcher.service import Connections, FetcherService
from services.fetcher.store.memory import MemoryStore
from services.fetcher.store.port import FeedState, Validators

FEEDS = 100_000
MOST_MEGABYTES = 250


def main() -> int:
    """Measure, print and judge."""
    before = peak_megabytes()
    seconds = asyncio.run(planned())
    megabytes = peak_megabytes() - before
    print(f"{FEEDS} feeds: {megabytes:.0f} MB (wanted: under {MOST_MEGABYTES}), {seconds:.1f} s")
    return 0 if megabytes < MOST_MEGABYTES else 1


async def planned() -> float:
    """Return the seconds from the feeds being known to all of them being planned."""
    clock, store, health = SystemClock(), MemoryStore(), Health(SystemClock())
    feeds = [a_feed(number) for number in range(FEEDS)]
    for feed in feeds:
        await store.remember(a_state(feed, clock), [], token="bench")  # noqa: S106  no password
    client, reader = guarded_client(), DocumentReader()
    service = FetcherService(
        Connections(bus=MemoryBus(clock), store=store, client=client, reader=reader, clock=clock),
        owner="bench",
        polls=health.pulse("polls", stuck_after=timedelta(minutes=1)),
        gate=health.gate("fetcher"),
        horizon=timedelta(days=1),
    )
    started = time.perf_counter()
    await service.configure(feeds)
    seconds = time.perf_counter() - started
    stop = Stop()
    async with asyncio.TaskGroup() as group:
        group.create_task(service.run(stop))
        await asyncio.sleep(1)
        stop.ask()
    await client.aclose()
    return seconds


def a_feed(number: int) -> Feed:
    """Return a feed on a host of its own."""
    url = f"https://host{number}.example.org/feeds/news.xml"
    every = timedelta(hours=1)
    return Feed(id=feed_id(url), url=url, outlet=f"Outlet {number}", every=every)


def a_state(feed: Feed, clock: SystemClock) -> FeedState:
    """Return a state after a good poll, due in an hour."""
    now = clock.now()
    return FeedState(
        feed_id=feed.id,
        url=feed.url,
        validators=Validators(etag=f'"{feed.id}"', last_modified="Mon, 05 Jan 2026 08:00:00 GMT"),
        body_hash="0" * 64,
        condition=FeedCondition.OK,
        is_fetched=True,
        last_polled_at=now,
        next_poll_at=now + timedelta(hours=1),
    )


def peak_megabytes() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
