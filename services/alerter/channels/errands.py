"""Errands: blocking calls on behalf of messages, in threads of their own, one after the other.

Such a call cannot be cancelled. In the threads that page and mails share, a few that never come back
would leave none for those; at the end of the process it would be waited for.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from services.common.bus.jobs import Job
from services.common.ids import DeliveryId

T = TypeVar("T")


class TooManyLeftError(Exception):
    """So many calls never came back that none is begun any more."""


class Errands:
    """Runs one call at a time. One that is not done in time goes on: the next try of its message waits
    for it, rather than do it twice, and other messages are turned away.

    With `gives_up_after` seconds such a call is left to itself, and others are begun; but not any more
    while `MOST_LEFT` of them have not come back, each of which has a thread.
    """

    MOST_LEFT = 8

    def __init__(self, name: str, *, gives_up_after: float | None = None) -> None:
        self._name = name
        self._gives_up_after = gives_up_after
        self._errand: _Errand | None = None
        self._left: list[_Errand] = []

    async def run(self, call: Callable[[], T], *, of: DeliveryId, within_seconds: float) -> T:
        """Return what `call` returns, or the earlier call of the same message; what it raises is raised.

        Raises:
            TimeoutError: it is not done in time, or an earlier one of another message is not yet; its
                text says which.
            TooManyLeftError: too many never came back. A restart is rid of them.
        """
        self._look()
        errand = self._errand
        if errand is None or errand.is_over(of):
            errand = self._errand = self._earlier(of) or self._begun(call, of)
        if errand.of != of:
            raise TimeoutError(errand.said())
        try:
            async with asyncio.timeout(within_seconds):
                result: T = await asyncio.shield(errand.job.done)
        except TimeoutError as error:
            raise TimeoutError(errand.said()) from error
        finally:
            if errand.job.done.done():
                self._forget(errand)
        return result

    def _forget(self, errand: _Errand) -> None:
        """Forget what is done, which may have been left to itself while it was waited for."""
        self._left = [one for one in self._left if one is not errand]
        if self._errand is errand:
            self._errand = None

    def _look(self) -> None:
        """Leave a call to itself that takes too long, and forget those of it that brought nothing."""
        errand, longest = self._errand, self._gives_up_after
        is_out = errand is not None and not errand.job.done.done()
        if errand is not None and is_out and longest is not None and errand.age() >= longest:
            self._left.append(errand)
            self._errand = None
        self._left = [one for one in self._left if not one.is_over(one.of)]

    def _earlier(self, of: DeliveryId) -> _Errand | None:
        """Return the call of the message that was left to itself and came back after all."""
        came = next((one for one in self._left if one.of == of and one.job.done.done()), None)
        if came is not None:
            self._left.remove(came)
        return came

    def _begun(self, call: Callable[[], object], of: DeliveryId) -> _Errand:
        out = [one for one in self._left if not one.job.done.done()]
        if len(out) >= self.MOST_LEFT:
            raise TooManyLeftError(f"{len(out)} calls never came back.")
        return _Errand(of, begun(call, name=self._name), asyncio.get_running_loop().time())


def begun(call: Callable[[], object], *, name: str) -> Job[None]:
    """Return `call`, which has begun in a thread of its own.

    That is not one of those that the process waits for at its end: it may never come back.
    """
    job: Job[None] = Job.of(lambda _: call())
    threading.Thread(target=partial(_run, job), name=name, daemon=True).start()
    return job


def _run(job: Job[None]) -> None:
    try:
        result = job.work(None)
    except Exception as error:  # noqa: BLE001  whoever waits gets it, whatever it is
        job.fail(error)
    else:
        job.succeed(result)


@dataclass(frozen=True, slots=True)
class _Errand:
    of: DeliveryId
    job: Job[None]
    began: float

    def is_over(self, of: DeliveryId) -> bool:
        """Return whether it is done, and brought nothing to the message `of`."""
        done = self.job.done
        return done.done() and (self.of != of or done.exception() is not None)

    def age(self) -> float:
        """Return how many seconds ago it was begun."""
        return asyncio.get_running_loop().time() - self.began

    def said(self) -> str:
        """Return for people what it is about and how long it takes."""
        return f"a call for {self.of} is not back after {self.age():.0f} s"
