"""Stop: the wish that a process ends, passed to every task of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta


class Stop:
    """The wish that the process ends, seen by every task."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    @property
    def is_asked(self) -> bool:
        """Return whether the process is to end."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Ask every task to finish what it has in hand and return."""
        self._asked.set()

    async def wait(self) -> None:
        """Return when the process is to end."""
        await self._asked.wait()

    async def pause(self, duration: timedelta) -> None:
        """Return after `duration`, or as soon as the process is to end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._asked.wait(), max(duration.total_seconds(), 0))
