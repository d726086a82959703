"""Rebuild: an empty database is filled from the bus, and nothing is sent.

Readings are tracked as at the time at which the bus took them, so that the history has its times. What
subscriptions would have been told counts as told.

An event's id is that of the report that opened it, so the order of the readings is part of the result.
The bus in a file gives them in the order in which they arrived, as the alerter got them: ids, and which
event is newest, are as before. A broker gives partition by partition: `arrivals` puts them in order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile

import structlog

from kabar.arrivals import arrivals
from kabar.data_directory import bus_file, made, unused
from services.alerter.database.connections import Database
from services.alerter.database.positions import positions_of
from services.alerter.database.queries import last_seq
from services.alerter.database.restored import suppress_all
from services.alerter.reloading import following_of
from services.alerter.service import AlerterService
from services.alerter.worker import BATCH
from services.common.bus.port import Bus, Record
from services.common.bus.sqlite import SqliteBusReader
from services.common.clock import ManualClock, SystemClock
from services.common.config.configuration import read_configuration
from services.common.config.feeds import LOOPBACK
from services.common.contracts.topics import READINGS
from services.common.errors import ConfigurationError
from services.common.settings import Settings
from services.common.wiring import shared_bus

GROUP = "kabar-rebuild"

_WITHIN = timedelta(seconds=2)
_TOGETHER = timedelta(minutes=1)
"""What arrived within it is tracked in one transaction, and has one time in the history."""
_NOTE = "Not sent: the database was rebuilt from the bus."

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How many readings were tracked, how many failed, how many changes of events that made."""

    readings: int = 0
    failed: int = 0
    changes: int = 0


async def rebuild(settings: Settings) -> Rebuilt:
    """Fill the empty database from the bus.

    Raises:
        ConfigurationError: a kabar runs here, the database is not empty, the configuration has
            mistakes, or the bus cannot be used.
        BusUnavailableError: the bus did not serve. Move the database away and do it again.
    """
    loaded = await asyncio.to_thread(
        read_configuration, settings.config, allow_networks=(*settings.allow_networks, *LOOPBACK)
    )
    following = following_of(loaded.require())
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(_bus(settings))
        stack.enter_context(unused(made(settings.data), otherwise="stop it first"))
        database = await Database.open(settings.data)
        stack.push_async_callback(database.close)
        positions = await database.read(lambda connection: positions_of(connection, READINGS))
        changes = await database.read(last_seq)
        if positions or changes:
            raise ConfigurationError(
                f"The database in {settings.data} is not empty: move kabar.db away first."
            )
        clock = ManualClock(SystemClock().now())
        service = AlerterService(
            database, following=following, clock=clock, horizon=settings.alert_horizon
        )
        arrived = (
            arrivals(bus, READINGS, directory=settings.data, most=BATCH)
            if settings.kafka_servers
            else _as_it_stands(bus)
        )
        done = await _track_all(service, arrived, clock)
        await database.write(suppress_all, reason=_NOTE)
        return Rebuilt(
            readings=done.readings, failed=done.failed, changes=await database.read(last_seq)
        )


async def _track_all(
    service: AlerterService, arrived: AsyncIterator[Sequence[Record]], clock: ManualClock
) -> Rebuilt:
    """Track every reading of those that `arrived`, in their order."""
    tracked = failed = 0
    async for records in arrived:
        rest = records
        while rest:
            clock.move(rest[0].at - clock.now())
            handled = await service.handle(_together(rest))
            tracked += handled.count
            rest = rest[handled.count :]
            if handled.failure is not None:
                log.warning("reading_not_tracked", key=rest[0].key, error=str(handled.failure))
                await service.skip(rest[0])
                failed += 1
                rest = rest[1:]
    return Rebuilt(readings=tracked, failed=failed)


async def _as_it_stands(bus: Bus) -> AsyncIterator[Sequence[Record]]:
    """Yield every reading that the bus in a file has, up to its end."""
    consumer = await bus.read_from(READINGS, {}, group=GROUP)
    try:
        while True:
            records = await consumer.take(most=BATCH, within=_WITHIN)
            if not records and await consumer.lag() == 0:
                return
            yield records
    finally:
        await consumer.close()


def _together(records: Sequence[Record]) -> Sequence[Record]:
    """Return the first records, as far as they arrived about when the first one did."""
    first = records[0].at
    return [*takewhile(lambda record: abs(record.at - first) < _TOGETHER, records)]


@asynccontextmanager
async def _bus(settings: Settings) -> AsyncIterator[Bus]:
    if settings.kafka_servers:
        async with shared_bus(settings) as bus:
            yield bus
        return
    local = SqliteBusReader(bus_file(settings.data, otherwise="nothing to rebuild from"))
    try:
        yield local
    finally:
        await local.close()
