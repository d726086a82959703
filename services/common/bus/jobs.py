"""A job for a thread of its own: what it does there, and who waits for it in which event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Job(Generic[A]):
    """`work` runs in the thread with what the thread owns; `done` is settled in its own loop."""

    work: Callable[[A], Any]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Any]

    @classmethod
    def of(cls, work: Callable[[A], Any]) -> Job[A]:
        """Return a job that the running loop waits for."""
        loop = asyncio.get_running_loop()
        return cls(work, loop, loop.create_future())

    def succeed(self, result: object) -> None:
        """Give the result to who waits, if somebody still does."""
        self._settle(lambda: self.done.set_result(result))

    def fail(self, error: Exception) -> None:
        """Give the error to who waits, if somebody still does."""
        self._settle(lambda: self.done.set_exception(error))

    def _settle(self, give: Callable[[], None]) -> None:
        def give_unless_cancelled() -> None:
            if not self.done.cancelled():
                give()

        # A loop that was closed meanwhile has nobody left who waits.
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(give_unless_cancelled)
