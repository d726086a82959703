"""Patience: what bus and store do not do now is asked again, until they serve or we are to end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from services.common.clock import Clock
from services.common.errors import BusUnavailableError, TransientError
from services.common.telemetry.health import Gate, Pulse
from services.common.telemetry.metrics import BUS_ERRORS
from services.common.waits import first_of

T = TypeVar("T")

RETRY_LONGEST = timedelta(seconds=30)
_RETRY_FIRST = timedelta(seconds=0.5)

log = structlog.get_logger()


class StoppingError(TransientError):
    """We are to end, and what was waited for did not come before."""


class Patience:
    """Asks bus and store until they serve; `gate` is shut while they do not.

    Meanwhile the works of `pulse` are not stuck, however long that takes: a restart mends nothing.
    Once `stopping` is set it asks once more at most.
    """

    def __init__(self, *, clock: Clock, gate: Gate, pulse: Pulse, stopping: asyncio.Event) -> None:
        self._clock = clock
        self._gate = gate
        self._pulse = pulse
        self._stopping = stopping
        self._reasons: dict[object, str] = {}

    async def unless_stopping(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what `work` gives; it is cancelled once we are to end.

        Raises:
            StoppingError: we are to end.
        """
        task = asyncio.ensure_future(work)
        await first_of(task, self._stopping.wait())
        if task.cancelled():
            raise StoppingError("It was left undone: kabar stops.")
        return task.result()

    async def insist(self, operation: str, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return what `attempt` gives, again and again until bus and store serve.

        Raises:
            TransientError: they did not, and we are to end.
        """
        wait = _RETRY_FIRST
        asked = object()
        try:
            while True:
                try:
                    return await attempt()
                except TransientError as error:
                    if isinstance(error, BusUnavailableError):
                        BUS_ERRORS.labels(operation).inc()
                    if self._stopping.is_set():
                        raise
                    self._waits(asked, str(error))
                    log.warning("operation_retried", operation=operation, reason=str(error))
                    await first_of(self._clock.sleep(wait), self._stopping.wait())
                    wait = min(wait * 2, RETRY_LONGEST)
        finally:
            self._waits_no_more(asked)

    def _waits(self, asked: object, reason: str) -> None:
        self._reasons[asked] = reason
        self._gate.shut(reason)
        self._pulse.progress()

    def _waits_no_more(self, asked: object) -> None:
        """Open the gate once nothing waits: the store may serve one poll while the bus fails another."""
        if self._reasons.pop(asked, None) is None:
            return
        if self._reasons:
            self._gate.shut(next(reversed(self._reasons.values())))
        else:
            self._gate.open()
