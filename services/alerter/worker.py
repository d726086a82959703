"""Worker: takes readings from the bus, hands them to the service, sets aside what fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from services.alerter.database.connections import Database
from services.alerter.database.positions import positions_of
from services.alerter.service import AlerterService, Handled
from services.common.breaker import Breaker
from services.common.bus.port import Bus, Consumer, Record
from services.common.clock import Clock
from services.common.contracts.topics import READINGS
from services.common.dead_letters import letter_of, publish_letter
from services.common.errors import BusUnavailableError
from services.common.stop import Stop
from services.common.telemetry import metrics
from services.common.telemetry.health import Health, Work

SERVICE = "alerter"
GROUP = "kabar-alerter"

BATCH = 400
"""Records in one transaction: some tenths of a second of work, in which no delivery is written."""

TAKE_WITHIN = timedelta(seconds=1)
"""How long to wait for records at most: the time it takes to see a stop."""

_AGAIN_AFTER = timedelta(seconds=1)
_STUCK_AFTER = timedelta(minutes=2)
_LAG_EVERY_SECONDS = 5.0

log = structlog.get_logger()


class Worker:
    """Reads from the database's own positions; commits to the group too, so that lag can be seen.

    `on_handled` is called after each transaction, to wake whoever waits for its results.
    """

    def __init__(
        self,
        service: AlerterService,
        database: Database,
        bus: Bus,
        *,
        breaker: Breaker,
        health: Health,
        clock: Clock,
        on_handled: Callable[[Handled], None],
        take_within: timedelta = TAKE_WITHIN,
    ) -> None:
        self._service = service
        self._database = database
        self._bus = bus
        self._breaker = breaker
        self._pulse = health.pulse("readings", stuck_after=_STUCK_AFTER)
        self._gate = health.gate("readings", reason="bus: not read yet")
        self._clock = clock
        self._on_handled = on_handled
        self._take_within = take_within
        self._lag_at = 0.0

    async def run(self, stop: Stop) -> None:
        """Handle what the bus brings until `stop` is asked; a bus that is away is waited for."""
        while not stop.is_asked:
            try:
                await self._consume(stop)
            except BusUnavailableError as error:
                metrics.BUS_ERRORS.labels("consume").inc()
                log.warning("bus_unavailable", reason=str(error))
                self._gate.shut(f"bus: {error}")
                await stop.pause(_AGAIN_AFTER)

    async def _consume(self, stop: Stop) -> None:
        positions = await self._database.read(positions_of, READINGS)
        consumer = await self._bus.read_from(READINGS, positions, group=GROUP)
        try:
            self._gate.open()
            while not stop.is_asked:
                if self._breaker.is_open:
                    await stop.pause(_AGAIN_AFTER)
                    continue
                records = await consumer.take(most=BATCH, within=self._take_within)
                if records and await self._handle(records, stop):
                    await consumer.commit(records)
                await self._show_lag(consumer)
        finally:
            await consumer.close()

    async def _handle(self, records: Sequence[Record], stop: Stop) -> bool:
        """Return whether all of `records` are handled or set aside; not where the end came first."""
        rest = records
        with self._pulse.busy() as work:
            while rest:
                handled = await self._service.handle(rest)
                self._count(handled.count)
                self._on_handled(handled)
                rest = rest[handled.count :]
                if handled.failure is not None:
                    await self._set_aside(rest[0], handled.failure)
                    rest = rest[1:]
                work.progress()
                if rest and not await self._may_go_on(work, stop):
                    return False
        return True

    async def _set_aside(self, record: Record, failure: Exception) -> None:
        """Move behind a record that failed, once the bus has its letter."""
        letter = letter_of(record, service=SERVICE, error=failure, at=self._clock.now())
        await publish_letter(self._bus, letter)
        await self._service.skip(record)
        self._breaker.failed()

    async def _may_go_on(self, work: Work, stop: Stop) -> bool:
        """Return True, after the breaker has closed where it is open; False when the end is asked."""
        while self._breaker.is_open and not stop.is_asked:
            work.progress()
            await stop.pause(_AGAIN_AFTER)
        return not stop.is_asked

    def _count(self, handled: int) -> None:
        for _ in range(handled):
            self._breaker.handled()

    async def _show_lag(self, consumer: Consumer) -> None:
        now = self._clock.monotonic()
        if now - self._lag_at >= _LAG_EVERY_SECONDS:
            self._lag_at = now
            metrics.CONSUMER_LAG.labels(READINGS.name, GROUP).set(await consumer.lag())
