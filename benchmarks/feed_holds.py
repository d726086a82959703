"""How long a poll holds the event loop: documents read on it, as once, and off it, in one run.

    .venv/bin/python benchmarks/feed_holds.py

A fetcher polls one document of 300 short items (84 kB), and one of 30 articles' summaries (41 kB), each new
to it, with store and bus in memory. Prints the longest turn of the loop in milliseconds of its own
thread's CPU, the least of some rounds, since other work on the machine only ever slows one down. "On the
loop" reads up to 128 kB there and computes what is new there too. Exits 1 when a turn off the loop takes
10 ms or more.

With --costs it prints what reading and comparing costs by shape of document: what the limits in
`services/fetcher/parse/document_reader.py` were chosen by.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import structlog

sys.path.insert(0, str(Path(__file__).parent.parent))

from services.common.bus.memory import MemoryBus, MemoryLog
from services.common.clock import SystemClock
from services.common.contracts.topics import STORIES
from services.common.http.client import guarded_client
from services.common.ids import FeedId
from services.common.stop import Stop
from services.common.telemetry.health import Health
from services.fetcher.identity import content_hash, story_ids
from services.fetcher.parse import document_reader
from services.fetcher.parse.document_reader import DocumentReader
from services.fetcher.parse.reader import read
from services.fetcher.service import Connections, FetcherService
from services.fetcher.store.memory import MemoryStore
from services.fetcher.stories import Arrival, Told, findings
from tests.support.builders import a_feed
from tests.support.feed_server import Reply, feed_server

MOST_MS = 10.0
ROUNDS = 7
LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
NOW = datetime(2026, 1, 6, tzinfo=UTC)


def main() -> int:
    """Measure, print and judge."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if "--costs" in sys.argv:
        print_costs()
        return 0
    is_fine = True
    for name, document in {"300 short items": short(300), "30 summaries": summaries(30)}.items():
        on, off = (
            min(asyncio.run(holds(document, how)) for _ in range(ROUNDS))
            for how in (on_loop, off_loop)
        )
        print(
            f"{name:16} {len(document) // 1024:4} kB  on the loop {on:5.1f} ms  off it {off:5.1f} ms"
        )
        is_fine = is_fine and off < MOST_MS
    return 0 if is_fine else 1


async def holds(document: bytes, how: Callable[[], Any]) -> float:
    """Return the longest turn of the loop, in ms of its CPU, while a fetcher takes `document`."""
    clock, health = SystemClock(), Health(SystemClock())
    bus = MemoryBus(clock, log=MemoryLog(clock))
    client = guarded_client(allowed_networks=LOOPBACK)
    reader = DocumentReader()
    async with feed_server() as server:
        url = server.script("/rss", Reply(body=document))
        polling = FetcherService(
            Connections(bus=bus, store=MemoryStore(), client=client, reader=reader, clock=clock),
            owner="benchmark",
            polls=health.pulse("polls", stuck_after=timedelta(minutes=1)),
            gate=health.gate("bus"),
            horizon=timedelta(days=3),
            allow_networks=LOOPBACK,
        )
        await polling.configure([a_feed(url=url)])
        stop = Stop()
        with how(), turns() as longest:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(polling.run(stop))
                while not await bus.was_ever_used(STORIES):  # noqa: ASYNC110  the port has no other way to look
                    await asyncio.sleep(0.005)
                stop.ask()
    await reader.aclose()
    await client.aclose()
    return max(longest)


@contextmanager
def turns() -> Iterator[list[float]]:
    """Yield the ms of CPU that each callback of the event loop takes within."""
    run, taken = asyncio.events.Handle._run, [0.0]  # noqa: SLF001  no public name

    def timed(handle: asyncio.events.Handle) -> None:
        began = time.thread_time()
        run(handle)
        taken.append((time.thread_time() - began) * 1000)

    with mock.patch.object(asyncio.events.Handle, "_run", timed):
        yield taken


@contextmanager
def on_loop() -> Iterator[None]:
    """Have documents read and compared on the loop, as once."""
    in_thread = asyncio.to_thread

    async def here(work: Callable[..., Any], *args: Any, **kw: Any) -> Any:
        is_moved = work in {story_ids, findings}
        return work(*args, **kw) if is_moved else await in_thread(work, *args, **kw)

    with (
        mock.patch.object(document_reader, "_INLINE_BYTES", 128 * 1024),
        mock.patch.object(asyncio, "to_thread", here),
    ):
        yield


@contextmanager
def off_loop() -> Iterator[None]:
    """Leave the fetcher as it is."""
    yield


def print_costs() -> None:
    """Print ms of CPU for reading, ids and findings, by shape and size."""
    shapes: dict[str, Callable[[int], bytes]] = {
        "bare titles": bare,
        "short items": short,
        "summaries": summaries,
        "broken": broken,
    }
    for name, shape in shapes.items():
        for entries in (30, 100, 300):
            document = shape(entries)
            found = read(document, url="https://example.org/feed").entries
            ids = story_ids(FeedId("feed"), found)
            told = [Told(*each, content_hash(each[1])) for each in zip(ids, found, strict=True)]
            reading = least(partial(read, document, url="https://example.org/feed"))
            naming = least(partial(story_ids, FeedId("feed"), found))
            comparing = least(
                partial(
                    findings,
                    told,
                    known={},
                    arrival=Arrival.LATER,
                    horizon=timedelta(days=3),
                    now=NOW,
                )
            )
            print(
                f"{entries:4} {name:12} {len(document) // 1024:4} kB  read {reading:5.1f} ms"
                f"  ids {naming:5.1f} ms  findings {comparing:5.1f} ms"
            )


def least(work: Callable[[], object]) -> float:
    """Return the least ms of CPU of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return min(taken) * 1000


def bare(entries: int) -> bytes:
    """Return items of a title and an address."""
    return channel(
        f"<item><title>Story {n}: the regulator and the app</title><link>https://example.org/{n}</link></item>"
        for n in range(entries)
    )


def short(entries: int) -> bytes:
    """Return items of a title, a time and a sentence."""
    return channel(
        f"<item><title>Story {n}: the regulator and the app</title><link>https://example.org/{n}</link>"
        f"<guid>https://example.org/{n}</guid><pubDate>Mon, 05 Jan 2026 08:{n % 60:02}:00 GMT</pubDate>"
        f"<description>The ministry said on Monday that the app has to stop within {n} days.</description></item>"
        for n in range(entries)
    )


def summaries(entries: int) -> bytes:
    """Return items with two paragraphs of HTML."""
    paragraph = (
        '<p>The ministry said on Monday that <a href="/topics/1">the app</a> &amp; its sister services have'
        " to stop within thirty days, and that the company &#8220;may appeal&#8221;. Nobody at the company"
        " could be reached in the evening. The order names eleven services, among them two that closed"
        " last year, and takes effect on the day on which the gazette prints it; shops that still offer"
        " them then pay a fine for each day. Lawyers expect the case to go to court first.</p>"
        '<img src="https://img.example.org/1.jpg" alt="" width="640"/>'
    )
    return channel(
        f"<item><title>Story {n}: the regulator and the app</title><link>https://example.org/{n}</link>"
        f"<guid>https://example.org/{n}</guid><pubDate>Mon, 05 Jan 2026 08:{n % 60:02}:00 GMT</pubDate>"
        f"<description><![CDATA[{paragraph}]]></description><category>Policy</category>"
        f'<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[{paragraph}]]>'
        "</content:encoded></item>"
        for n in range(entries)
    )


def broken(entries: int) -> bytes:
    """Return short items and an entity that nobody declared: two passes."""
    return short(entries).replace(b"</channel>", b"&nowhere; & </channel>")


def channel(items: Iterable[str]) -> bytes:
    """Return an RSS document of `items`."""
    return (
        f"<rss version='2.0'><channel><title>Wire</title>{''.join(items)}</channel></rss>".encode()
    )


if __name__ == "__main__":
    sys.exit(main())
