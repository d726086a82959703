"""Places: how many polls go on at once, and how many more that only wait for slow servers.

A server that hangs takes half a minute: as many of them as there are places would keep all others waiting
for so long, and pages that come slowly for longer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

LENT_AFTER = timedelta(seconds=2)
_LENT_FOR_EACH = 3  # of 64 places: each poll has one connection, and the client has 256


class Places:
    """So many places, of which those that wait for long are lent to others, up to three times as many."""

    def __init__(self, count: int, *, lent_after: timedelta = LENT_AFTER) -> None:
        self.lent_after = lent_after
        self._free = asyncio.Semaphore(count)
        self._lendable = count * _LENT_FOR_EACH

    async def take(self) -> Place:
        """Return a place, as soon as one is free."""
        await self._free.acquire()
        return Place(self)

    async def take_again(self) -> None:
        """Return as soon as one is free for somebody who had one."""
        await self._free.acquire()

    def give_back(self) -> None:
        """Let somebody else have a place."""
        self._free.release()

    def lend(self) -> bool:
        """Let somebody else have a place if one more may be lent; return whether it may."""
        if not self._lendable:
            return False
        self._lendable -= 1
        self._free.release()
        return True

    def end_loan(self) -> None:
        """Let another place be lent."""
        self._lendable += 1


class Place:
    """The place of one poll."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._is_held = True

    def give_back(self) -> None:
        """Let somebody else have it, if it is held."""
        if self._is_held:
            self._is_held = False
            self._places.give_back()

    @asynccontextmanager
    async def waiting(self) -> AsyncIterator[None]:
        """Wait for a server within; who was answered has a place again afterwards."""
        was_held = self._is_held
        self._lend_later()
        try:
            yield
        finally:
            self._timer.cancel()
            if was_held and not self._is_held:
                self._places.end_loan()
        if not self._is_held:
            await self._places.take_again()
            self._is_held = True

    def _lend_later(self) -> None:
        seconds = self._places.lent_after.total_seconds()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._lend)

    def _lend(self) -> None:
        if self._is_held:
            self._is_held = not self._places.lend()
            if self._is_held:  # too many are lent now
                self._lend_later()
