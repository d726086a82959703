"""The live page's stream: each change of an event, once, to every open page, as server-sent events.

The id of a message is `event_changes.seq`, so a browser that was away asks for exactly what it
missed. One reader of the database serves all pages; a page that does not keep up is cut off, and
comes back with its last id.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog

from services.common.contracts.event import EventChange
from services.common.telemetry.metrics import PAGE_CLIENTS

HEARTBEAT = timedelta(seconds=15)
"""Proxies close what is silent for a minute; a page notices a dead server within two of these."""
QUEUE_LENGTH = 256
"""What an open page may be behind before it is cut off; at 3 kB a message under 1 MB."""
BATCH = 200
MOST_MISSED = 1_000
"""Who missed more than this loads the page anew; sending it all would take longer."""

_RESYNC = b"event: resync\ndata: {}\n\n"
_RETRY = b"retry: 2000\n\n"
_RECHECK = timedelta(seconds=5)

log = structlog.get_logger()


class ChangeLog(Protocol):
    """What is read of the append-only history of events."""

    async def changes_after(self, seq: int, *, limit: int) -> Sequence[EventChange]:
        """Return up to `limit` changes behind `seq`, in order."""
        ...

    async def last_seq(self) -> int:
        """Return the number of the newest change, 0 where there is none yet."""
        ...


class Stopping(Protocol):
    """That the process is to end."""

    async def wait(self) -> None:
        """Return when it is."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One change as bytes on the wire, rendered once for all."""

    seq: int
    frame: bytes


_PING = Message(0, b": ping\n\n")


class Live:
    """Follows the history and hands each change to every open page.

    `render` gives the data of a message: one line of text, most easily JSON.
    """

    def __init__(
        self, history: ChangeLog, *, render: Callable[[Sequence[EventChange]], Awaitable[list[str]]]
    ) -> None:
        self._history = history
        self._render = render
        self._woken = asyncio.Event()
        self._pages: set[asyncio.Queue[Message | None]] = set()
        self._is_following = asyncio.Event()
        self._is_closed = False

    @property
    def open_pages(self) -> int:
        """Return how many pages listen."""
        return len(self._pages)

    def wake(self) -> None:
        """Say that changes were committed. Cheap; from the event loop's thread only."""
        self._woken.set()

    async def run(self, stop: Stopping) -> None:
        """Follow the history until the process is to end, then end every stream."""
        async with asyncio.TaskGroup() as tasks:
            following = tasks.create_task(self._follow())
            await stop.wait()
            following.cancel()
        self._is_closed = True
        for page in tuple(self._pages):
            self._cut_off(page)

    async def messages(self, last_seen: int | None) -> AsyncIterator[bytes]:
        """Yield what a page is sent: what it missed since `last_seen`, then what comes, and pings.

        Ends when the page does not keep up or the process ends; the browser then asks again.
        """
        # Before that a change could fall between what is read here and what is followed there.
        await self._is_following.wait()
        page: asyncio.Queue[Message | None] = asyncio.Queue(QUEUE_LENGTH)
        self._pages.add(page)
        PAGE_CLIENTS.inc()
        try:
            yield _RETRY
            sent = last_seen or 0
            if last_seen is not None:
                async for message in self._missed_since(last_seen):
                    yield message.frame
                    sent = message.seq
            async for message in self._coming(page):
                if message is _PING or message.seq > sent:
                    yield message.frame
        finally:
            self._pages.discard(page)
            PAGE_CLIENTS.dec()

    async def _missed_since(self, seq: int) -> AsyncIterator[Message]:
        """Yield what is in the history behind `seq`; a resync when that is too much, or `seq` is of
        another history: that of before a restore or a rebuild.

        The page listens already: what arrives meanwhile is in its queue, and what is in both is left
        out by its number.
        """
        if seq > await self._history.last_seq():
            yield Message(seq, _RESYNC)
            return
        missed = await self._history.changes_after(seq, limit=MOST_MISSED + 1)
        if len(missed) > MOST_MISSED:
            yield Message(missed[-1].seq, _RESYNC)
            return
        for message in await self._rendered(missed):
            yield message

    async def _coming(self, page: asyncio.Queue[Message | None]) -> AsyncIterator[Message]:
        """Yield what is put into a page's queue, and pings; end with it."""
        while not self._is_closed:
            try:
                async with asyncio.timeout(HEARTBEAT.total_seconds()):
                    message = await page.get()
            except TimeoutError:
                yield _PING
                continue
            if message is None:
                return
            yield message

    async def _follow(self) -> None:
        seq = await self._history.last_seq()
        self._is_following.set()
        while True:
            # The wake-up is a hint: looking again now and then costs nothing and forgives a lost one.
            with suppress(TimeoutError):
                async with asyncio.timeout(_RECHECK.total_seconds()):
                    await self._woken.wait()
            self._woken.clear()
            if not self._pages:
                newest = await self._history.last_seq()
                # A page that came meanwhile gets what lies between.
                if not self._pages:
                    seq = newest
            while self._pages and (changes := await self._history.changes_after(seq, limit=BATCH)):
                seq = changes[-1].seq
                self._hand_out(await self._rendered(changes))

    async def _rendered(self, changes: Sequence[EventChange]) -> list[Message]:
        if not changes:
            return []
        texts = await self._render(changes)
        return [
            Message(change.seq, f"id: {change.seq}\nevent: change\ndata: {text}\n\n".encode())
            for change, text in zip(changes, texts, strict=True)
        ]

    def _hand_out(self, messages: Sequence[Message]) -> None:
        for page in tuple(self._pages):
            for message in messages:
                if page.full():
                    log.warning("live_page_cut_off", behind=page.qsize())
                    self._cut_off(page)
                    break
                page.put_nowait(message)

    def _cut_off(self, page: asyncio.Queue[Message | None]) -> None:
        """End a page's stream: what waits for it is given up, the browser will ask for it again."""
        self._pages.discard(page)
        while not page.empty():
            page.get_nowait()
        page.put_nowait(None)
