"""The time, as a port: nothing else in kabar reads the wall clock."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What time it is, and waiting for it to pass."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, for durations and deadlines only."""
        ...

    async def sleep(self, duration: timedelta) -> None:
        """Return when `duration` has passed; at once when it is not positive."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251  the one place that may

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    async def sleep(self, duration: timedelta) -> None:
        """Return when `duration` has passed."""
        await asyncio.sleep(max(duration.total_seconds(), 0))


class ManualClock:
    """A clock that stands still until it is told to move: for previews and tests."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("A clock starts at an aware time.")
        self._now = start.astimezone(UTC)
        self._passed = timedelta()
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Return the time it was last moved to."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds that it was moved since it was made."""
        return self._passed.total_seconds()

    async def sleep(self, duration: timedelta) -> None:
        """Return when the clock was moved past `duration` from now."""
        wake_at = self._passed + duration
        while self._passed < wake_at:
            await self._moved.wait()

    def move(self, duration: timedelta) -> None:
        """Let `duration` pass; who slept long enough wakes up."""
        self._passed += duration
        self.set(self._now + duration)

    def set(self, now: datetime) -> None:
        """Have it show another time, as when somebody sets a clock: nothing passes."""
        self._now = now.astimezone(UTC)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
