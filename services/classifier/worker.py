"""Worker: the classifier on any bus: take stories, publish readings and dead letters, then commit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

import structlog

from services.classifier.service import GROUP, ClassifierService, Handled
from services.common.breaker import Breaker
from services.common.bus.port import Bus, Consumer, Record
from services.common.contracts.topics import READINGS, STORIES
from services.common.dead_letters import publish_letter
from services.common.errors import TransientError
from services.common.stop import Stop
from services.common.telemetry.health import Gate, Pulse
from services.common.telemetry.metrics import BUS_ERRORS, CONSUMER_LAG

T = TypeVar("T")

MOST_RECORDS = 100
"""Of a batch, which costs looking, publishing and committing once: with 20 all in one process took a fifth
more of the parent's time a story. What waits is taken at once, so that no story waits for a batch to fill.
"""

_WITHIN = timedelta(milliseconds=500)
_AT_ONCE = timedelta()
_PAUSE = timedelta(milliseconds=500)
_LONGEST_PAUSE = timedelta(seconds=10)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Records in hand; `reading` gives what to publish for them, or None at the end of the process."""

    records: Sequence[Record]
    reading: asyncio.Task[Handled | None]


class ClassifierWorker:
    """Moves on behind a batch only when everything it gave is durable: nothing is lost by a crash.

    At most two batches are in hand: while what the first gave is published, the child reads the second.
    Both may be read twice after a crash; ids make the second time harmless.
    """

    def __init__(
        self,
        bus: Bus,
        service: ClassifierService,
        *,
        breaker: Breaker,
        batches: Pulse,
        connected: Gate,
    ) -> None:
        self._bus = bus
        self._service = service
        self._breaker = breaker
        self._batches = batches
        self._connected = connected

    async def run(self, stop: Stop) -> None:
        """Classify until `stop` is asked for; an unavailable bus or child is waited for."""
        consumer = await self._subscribed(stop)
        if consumer is None:
            return
        try:
            async with asyncio.TaskGroup() as readings:
                await self._work(consumer, stop, readings)
        finally:
            await consumer.close()

    async def _work(self, consumer: Consumer, stop: Stop, readings: asyncio.TaskGroup) -> None:
        """Carry batches through, each with the next one ahead of it, which `readings` reads meanwhile."""

        def read(records: Sequence[Record]) -> _Batch:
            return _Batch(records=records, reading=readings.create_task(self._read(records, stop)))

        async def begun(*, within: timedelta) -> _Batch | None:
            records = await self._taken(consumer, stop, within=within)
            return read(records) if records else None

        batch: _Batch | None = None
        while not stop.is_asked:
            if self._breaker.is_open:
                if not await self._closes(stop):
                    return
                # What failed in it failed before that was mended.
                batch = read(batch.records) if batch is not None else None
                continue
            batch = batch or await begun(within=_WITHIN)
            if batch is None:
                continue
            ahead = await begun(within=_AT_ONCE)
            if not await self._carry_through(consumer, batch, stop):
                return  # without `ahead`: whose positions stand behind those of this one
            batch = ahead
        if batch is not None and not self._breaker.is_open:
            await self._carry_through(consumer, batch, stop)

    async def _closes(self, stop: Stop) -> bool:
        """Return True once the breaker is closed, False when the end comes first."""
        while self._breaker.is_open:
            if stop.is_asked:
                return False
            await stop.pause(_PAUSE)
        return True

    async def _subscribed(self, stop: Stop) -> Consumer | None:
        pause = _PAUSE
        while not stop.is_asked:
            try:
                consumer = await self._bus.subscribe(STORIES, group=GROUP)
            except TransientError as error:
                self._fail("subscribe", error)
                await stop.pause(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                self._connected.open()
                return consumer
        return None

    async def _taken(
        self, consumer: Consumer, stop: Stop, *, within: timedelta
    ) -> Sequence[Record]:
        try:
            records = await consumer.take(most=MOST_RECORDS, within=within)
            CONSUMER_LAG.labels(STORIES.name, GROUP).set(await consumer.lag())
        except TransientError as error:
            self._fail("take", error)
            await stop.pause(_PAUSE)
            return ()
        self._connected.open()
        return records

    async def _read(self, records: Sequence[Record], stop: Stop) -> Handled | None:
        """Return what the child makes of `records`; None where it did not before the end."""
        read = partial(self._service.handle, records, on_progress=self._batches.progress)
        return await self._until_done("classify", read, stop)

    async def _carry_through(self, consumer: Consumer, batch: _Batch, stop: Stop) -> bool:
        """Publish what was read and commit; return whether that was done before the end.

        Left undone, the records are uncommitted and come again at the next start.
        """
        handled = await batch.reading
        if handled is None:
            return False

        async def publish_and_commit() -> bool:
            await self._publish(handled)
            await consumer.commit(batch.records)
            return True

        if not await self._until_done("publish", publish_and_commit, stop):
            return False
        self._connected.open()
        self._note(handled)
        return True

    async def _until_done(
        self, operation: str, step: Callable[[], Awaitable[T]], stop: Stop
    ) -> T | None:
        """Return what `step` gives, done again until it succeeds; None where it fails at the end."""
        pause = _PAUSE
        while True:
            try:
                with self._batches.busy():
                    return await step()
            except TransientError as error:
                self._fail(operation, error)
                if stop.is_asked:
                    return None
                await stop.pause(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _publish(self, handled: Handled) -> None:
        if handled.readings:
            await self._bus.publish(READINGS, handled.readings)
        for letter in handled.letters:
            await publish_letter(self._bus, letter)

    def _note(self, handled: Handled) -> None:
        self._breaker.note(handled.were_read)
        log.debug("batch_classified", readings=len(handled.readings), letters=len(handled.letters))

    def _fail(self, operation: str, error: TransientError) -> None:
        BUS_ERRORS.labels(operation).inc()
        self._connected.shut(str(error))
        log.warning("classifier_waits", operation=operation, reason=str(error))
