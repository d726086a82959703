"""Worker: the classifier on any bus: take stories, publish readings and dead letters, then commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

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

MOST_RECORDS = 100
"""Of a batch, which costs looking, publishing and committing once, while the child rests: with 20 all in
one process took a fifth more of the parent's time a story. What waits is taken at once, so that no story
waits for a batch to fill.
"""

_WITHIN = timedelta(milliseconds=500)
_PAUSE = timedelta(milliseconds=500)
_LONGEST_PAUSE = timedelta(seconds=10)

log = structlog.get_logger()


class ClassifierWorker:
    """Moves on behind a batch only when everything it gave is durable: nothing is lost by a crash.

    A batch may be read twice after a crash; ids make the second time harmless.
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
            while not stop.is_asked:
                if self._breaker.is_open:
                    await stop.pause(_PAUSE)
                    continue
                records = await self._taken(consumer, stop)
                if records:
                    await self._carry_through(consumer, records, stop)
        finally:
            await consumer.close()

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

    async def _taken(self, consumer: Consumer, stop: Stop) -> Sequence[Record]:
        try:
            records = await consumer.take(most=MOST_RECORDS, within=_WITHIN)
            CONSUMER_LAG.labels(STORIES.name, GROUP).set(await consumer.lag())
        except TransientError as error:
            self._fail("take", error)
            await stop.pause(_PAUSE)
            return ()
        self._connected.open()
        return records

    async def _carry_through(
        self, consumer: Consumer, records: Sequence[Record], stop: Stop
    ) -> None:
        """Handle, publish, commit; each step again until it succeeds or the process is to end.

        Left undone at the end, the records are uncommitted and come again at the next start.
        """
        pause = _PAUSE
        handled: Handled | None = None
        while True:
            try:
                with self._batches.busy() as batch:
                    handled = handled or await self._service.handle(
                        records, on_progress=batch.progress
                    )
                    await self._publish(handled)
                    await consumer.commit(records)
            except TransientError as error:
                self._fail("publish", error)
                if stop.is_asked:
                    return
                await stop.pause(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                break
        self._connected.open()
        self._note(handled)

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
