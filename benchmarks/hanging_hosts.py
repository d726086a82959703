"""Hosts that hang: how late healthy feeds are asked beside as many whose servers never come to an end.

    .venv/bin/python benchmarks/hanging_hosts.py [HOSTS [SECONDS]]

As many hosts of each kind on loopback, in a process of their own, 300 unless told; of those that hang a third
says nothing, a third sends a byte each twenty seconds, a third never ends its TLS handshake. All are due at
once, as after a start, and every ten seconds from then on. Prints how long the healthy ones waited for their
first poll, and how late the later ones were; exits 1 when one was over half a minute late.
"""

from __future__ import annotations

import asyncio
import ipaddress
import multiprocessing
import random
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection

import structlog

from services.common.bus.memory import MemoryBus
from services.common.clock import SystemClock
from services.common.contracts.feed import Feed
from services.common.http.client import guarded_client
from services.common.ids import feed_id
from services.common.stop import Stop
from services.common.telemetry.health import Health
from services.fetcher.parse.document_reader import DocumentReader
from services.fetcher.service import Connections, FetcherService
from services.fetcher.store.memory import MemoryStore

HOSTS = 300
SECONDS = 50
LATE_SECONDS = 30.0  # as long as one that hangs takes
EVERY = timedelta(seconds=10)
_LOOPBACK = [ipaddress.ip_network("127.0.0.0/8")]
_BODY = (
    b"<rss version='2.0'><channel><title>T</title><item><title>News</title></item></channel></rss>"
)
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)


def main() -> int:
    """Measure, print and judge."""
    told = [int(text) for text in sys.argv[1:]]
    hosts, seconds = told + [HOSTS, SECONDS][len(told) :]
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    asked = asyncio.run(measured(hosts, seconds))
    first = sorted(times[0] if times else float(seconds) for times in asked)
    later = sorted(late for times in asked for late in _lateness(times, seconds)) or [0.0]
    print(f"healthy feeds {len(asked)}, polls {sum(map(len, asked))} in {seconds} s")
    for name, waits in (("first poll", first), ("later polls", later)):
        middle, most = waits[len(waits) // 2], waits[-1]
        print(f"{name:12} late by {middle:6.1f} s at the median, {most:6.1f} s at most")
    return 0 if max(first[-1], later[-1]) <= LATE_SECONDS else 1


def _lateness(times: Sequence[float], seconds: float) -> list[float]:
    """Return how late each poll after the first was, and the one that is to come."""
    ends = [*times[1:], seconds]
    every = EVERY.total_seconds()
    return [max(end - begin - every, 0.0) for begin, end in zip(times, ends, strict=False)]


async def measured(hosts: int, seconds: int) -> list[list[float]]:
    """Return when each healthy feed was asked, in seconds since all were due."""
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=serve, args=(there, hosts), daemon=True)
    server.start()
    try:
        port = await asyncio.to_thread(here.recv)
        started = time.time()
        feeds = [*_hanging(hosts, port), *_healthy(hosts, port)]
        random.Random(1).shuffle(feeds)  # noqa: S311  any order will do
        await _polled(feeds, seconds)
        here.send(None)
        asked: dict[str, list[float]] = await asyncio.to_thread(here.recv)
    finally:
        server.terminate()
        await asyncio.to_thread(server.join)
    return [[at - started for at in asked.get(_address("healthy", n), [])] for n in range(hosts)]


async def _polled(feeds: Sequence[Feed], seconds: float) -> None:
    clock = SystemClock()
    health = Health(clock)
    client, reader = guarded_client(allowed_networks=_LOOPBACK), DocumentReader()
    service = FetcherService(
        Connections(
            bus=MemoryBus(clock), store=MemoryStore(), client=client, reader=reader, clock=clock
        ),
        owner="here",
        polls=health.pulse("polls", stuck_after=timedelta(minutes=10)),
        gate=health.gate("fetcher"),
        horizon=timedelta(hours=24),
        allow_networks=_LOOPBACK,
    )
    await service.configure(feeds)
    stop = Stop()
    running = asyncio.ensure_future(service.run(stop))
    await asyncio.sleep(seconds)
    stop.ask()
    await running
    await client.aclose()
    await reader.aclose()


def _healthy(hosts: int, port: int) -> list[Feed]:
    return [_feed(f"http://{_address('healthy', n)}:{port}/") for n in range(hosts)]


def _hanging(hosts: int, port: int) -> list[Feed]:
    return [
        _feed(f"https://{_address('hanging', n)}:{port}/")
        if n % 3 == 0
        else _feed(f"http://{_address('hanging', n)}:{port}/{'silent' if n % 3 == 1 else 'slow'}")
        for n in range(hosts)
    ]


def _feed(url: str) -> Feed:
    return Feed(id=feed_id(url), url=url, outlet="Wire", every=EVERY)


def _address(kind: str, number: int) -> str:
    return f"127.{1 if kind == 'healthy' else 2}.{number // 250}.{number % 250 + 1}"


def serve(parent: Connection, hosts: int) -> None:
    """Answer until told to say when each healthy host was asked; `parent` is told the port first."""
    asyncio.run(_serve(parent, hosts))


async def _serve(parent: Connection, hosts: int) -> None:
    asked: dict[str, list[float]] = {}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.setdefault(writer.get_extra_info("sockname")[0], []).append(time.time())
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_ANSWER)
            await writer.drain()
        writer.close()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            is_slow = b"/slow" in await reader.readline()
            if is_slow:
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while not reader.at_eof():
                with suppress(TimeoutError):
                    async with asyncio.timeout(20):
                        await reader.read()
                if is_slow:
                    writer.write(b"<")
                    await writer.drain()
        writer.close()

    first = await asyncio.start_server(answer, _address("healthy", 0), 0)
    port = first.sockets[0].getsockname()[1]
    healthy = [_address("healthy", n) for n in range(1, hosts)]
    hanging = [_address("hanging", n) for n in range(hosts)]
    await asyncio.start_server(answer, healthy or None, port)
    await asyncio.start_server(hang, hanging, port)
    parent.send(port)
    await asyncio.to_thread(parent.recv)
    parent.send(asked)


if __name__ == "__main__":
    sys.exit(main())
