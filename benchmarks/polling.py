"""Asking feeds: the guarded client against plain httpx, at equal concurrency, in one run.

    .venv/bin/python benchmarks/polling.py

A server in a process of its own answers 304 to every second request and 25 kB to the others. Each client
asks it the same number of times, 64 at once. Prints polls a second and the ratio; exits 1 below 3.
"""

from __future__ import annotations

import asyncio
import ipaddress
import multiprocessing
import sys
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection

import httpx

from services.common.http.client import guarded_client

RATIO = 3.0
CONCURRENCY = 64
REQUESTS = 2_000
ROUNDS = 3
_BODY = b"<rss>" + b"x" * 25_000 + b"</rss>"
_FULL = b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n%s' % (len(_BODY), _BODY)
_UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'


def main() -> int:
    """Measure, print and judge."""
    ours, theirs = asyncio.run(measured())
    print(f"kabar   {ours:8.0f} polls/s")
    print(f"httpx   {theirs:8.0f} polls/s")
    print(f"ratio   {ours / theirs:8.1f}  (wanted: {RATIO:.0f})")
    return 0 if ours / theirs >= RATIO else 1


async def measured() -> tuple[float, float]:
    """Return the best of three rounds of each client, in polls a second."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    port = await asyncio.to_thread(here.recv)
    url = f"http://127.0.0.1:{port}/feed"
    client = guarded_client(allowed_networks=[ipaddress.ip_network("127.0.0.0/8")])
    plain = httpx.AsyncClient(limits=httpx.Limits(max_connections=CONCURRENCY))
    try:
        rounds = [(await rate(client.get, url), await rate(plain.get, url)) for _ in range(ROUNDS)]
    finally:
        await client.aclose()
        await plain.aclose()
        server.terminate()
        await asyncio.to_thread(server.join)
    return max(ours for ours, _ in rounds), max(theirs for _, theirs in rounds)


async def rate(ask: Callable[[str], Awaitable[object]], url: str) -> float:
    """Return how many requests a second `ask` gets through."""
    left = iter(range(REQUESTS))

    async def work() -> None:
        for _ in left:
            await ask(url)

    started = time.perf_counter()
    async with asyncio.TaskGroup() as workers:
        for _ in range(CONCURRENCY):
            workers.create_task(work())
    return REQUESTS / (time.perf_counter() - started)


def serve(ready: Connection) -> None:
    """Answer on a port of its own, which `ready` is told, until the process is ended."""
    asyncio.run(_serve(ready))


async def _serve(ready: Connection) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count = 0
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            count += 1
            writer.write(_UNCHANGED if count % 2 else _FULL)
            await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    ready.send(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
