"""Errands: blocking calls on behalf of messages, in threads of their own, one after the other.

Such a call cannot be cancelled. In the threads that page and mails share, a few that never come back
would leave none for those; at the end of the process it would be waited for.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from services.common.bus.jobs import Job
from services.common.ids import DeliveryId

T = TypeVar("T")


class Errands:
    """Runs one call at a time. One that is not done in time goes on: the next try of its message waits
    for it, rather than do it twice, and other messages are turned away.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._errand: _Errand | None = None

    async def run(self, call: Callable[[], T], *, of: DeliveryId, within_seconds: float) -> T:
        """Return what `call` returns, or the earlier call of the same message; what it raises is raised.

        Raises:
            TimeoutError: it is not done in time, or an earlier one of another message is not yet.
        """
        errand = self._errand
        if errand is None or errand.is_over(of):
            errand = self._errand = self._begun(call, of)
        if errand.of != of:
            raise TimeoutError
        try:
            async with asyncio.timeout(within_seconds):
                result: T = await asyncio.shield(errand.job.done)
        finally:
            if errand.job.done.done():
                self._errand = None
        return result

    def _begun(self, call: Callable[[], object], of: DeliveryId) -> _Errand:
        errand = _Errand(of, Job.of(lambda _: call()))
        # Not one of those that the process waits for at its end: it may never come back.
        threading.Thread(target=errand.run, name=self._name, daemon=True).start()
        return errand


@dataclass(frozen=True, slots=True)
class _Errand:
    of: DeliveryId
    job: Job[None]

    def is_over(self, of: DeliveryId) -> bool:
        """Return whether it is done, and brought nothing to the message `of`."""
        done = self.job.done
        return done.done() and (self.of != of or done.exception() is not None)

    def run(self) -> None:
        try:
            result = self.job.work(None)
        except Exception as error:  # noqa: BLE001  whoever waits gets it, whatever it is
            self.job.fail(error)
        else:
            self.job.succeed(result)
