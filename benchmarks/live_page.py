"""How long 300 open pages wait for a change, and how large the first page is.

    .venv/bin/python benchmarks/live_page.py [--clients 300] [--changes 100] [--each-second 10]

The page runs in this process, the clients in another; both read one monotonic clock. A latency is
the time from the end of the transaction that wrote a change to its last byte at one client. Exits 1
when p99 is 250 ms or more, the first page 100 kB or more, or a client missed a change.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import re
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent))

from services.alerter.database.queries import last_seq
from services.alerter.web.app import Web
from services.common.clock import SystemClock
from services.common.lifecycle import listen, serve
from services.common.stop import Stop
from tests.support.events import an_event
from tests.support.sample_world import fill
from tests.support.web import World, a_web, a_world

MOST_MILLISECONDS = 250
MOST_BYTES = 100_000

_ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured: milliseconds, and what was not received at all."""

    milliseconds: list[float]
    missed: int
    page_bytes: int
    megabytes: float

    @property
    def p99(self) -> float:
        """Return the time within which 99 of 100 arrived."""
        return quantiles(self.milliseconds, n=100)[98]

    @property
    def is_good(self) -> bool:
        """Return whether the promise is kept."""
        return self.p99 < MOST_MILLISECONDS and self.page_bytes < MOST_BYTES and self.missed == 0

    def __str__(self) -> str:
        return (
            f"changes_received={len(self.milliseconds)} missed={self.missed} "
            f"p50={quantiles(self.milliseconds, n=100)[49]:.1f}ms p99={self.p99:.1f}ms "
            f"max={max(self.milliseconds):.1f}ms first_page={self.page_bytes}B "
            f"server_rss={self.megabytes:.0f}MB"
        )


def main() -> int:
    """Return 0 when the promise is kept."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--clients", type=int, default=300)
    arguments.add_argument("--changes", type=int, default=100)
    arguments.add_argument("--each-second", type=int, default=10)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="kabar-live-") as directory:
        outcome = asyncio.run(
            _measure(
                Path(directory),
                clients=given.clients,
                changes=given.changes,
                pause_seconds=1 / given.each_second,
            )
        )
    print(outcome)
    return 0 if outcome.is_good else 1


async def _measure(directory: Path, *, clients: int, changes: int, pause_seconds: float) -> Outcome:
    here, there = multiprocessing.Pipe()
    async with a_world(directory) as world:
        await fill(world, now=SystemClock().now())
        web, stop = a_web(world, directory), Stop()
        bound = listen("127.0.0.1", 0)
        port = bound.getsockname()[1]
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(web.live.run(stop))
            tasks.create_task(serve(web.app, on=bound, stop=stop))
            page_bytes = await _first_page_bytes(port)
            process = multiprocessing.get_context("spawn").Process(
                target=_listen, args=(port, clients, changes, there)
            )
            process.start()
            while web.live.open_pages < clients:  # noqa: ASYNC110  it offers no event
                await asyncio.sleep(0.05)
            written = await _write(world, web, changes=changes, pause_seconds=pause_seconds)
            received: list[tuple[int, float]] = await asyncio.to_thread(here.recv)
            process.join()
            stop.ask()
    return Outcome(
        milliseconds=[(at - written[seq]) * 1_000 for seq, at in received],
        missed=clients * changes - len(received),
        page_bytes=page_bytes,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


async def _write(world: World, web: Web, *, changes: int, pause_seconds: float) -> dict[int, float]:
    """Write changes at their pace; return when each was durable, by its number."""
    first = await world.database.read(last_seq) + 1
    written: dict[int, float] = {}
    for number in range(changes):
        await world.tell(an_event(f"bench-{number}"))
        written[first + number] = time.monotonic()
        web.live.wake()
        await asyncio.sleep(pause_seconds)
    return written


async def _first_page_bytes(port: int) -> int:
    """Return the bytes of the live page with all that it loads, uncompressed."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as browser:
        page = await browser.get("/")
        loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
        return len(page.content) + sum(
            [len((await browser.get(address)).content) for address in loaded]
        )


def _listen(port: int, clients: int, changes: int, answer: Connection) -> None:
    answer.send(asyncio.run(_listen_all(port, clients, changes)))


async def _listen_all(port: int, clients: int, changes: int) -> list[tuple[int, float]]:
    received: list[tuple[int, float]] = []
    async with asyncio.TaskGroup() as tasks:
        for _ in range(clients):
            tasks.create_task(_listen_once(port, changes, received))
    return received


async def _listen_once(port: int, changes: int, received: list[tuple[int, float]]) -> None:
    """Note the number and time of each change, as a browser that came when the page was loaded."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(b"GET /events/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    seen = 0
    while seen < changes:
        message = await asyncio.wait_for(reader.readuntil(b"\n\n"), 60)
        if found := _ID.search(message):
            received.append((int(found[1]), time.monotonic()))
            seen += 1
    writer.close()


if __name__ == "__main__":
    sys.exit(main())
