"""The bus of the settings, for commands that look at it where nobody runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kabar.data_directory import BUS_FILE
from services.common.bus.port import Bus
from services.common.bus.sqlite import SqliteBus, SqliteBusReader, require_bus
from services.common.clock import SystemClock
from services.common.settings import Settings
from services.common.sqlite_file import may_be_written
from services.common.wiring import shared_bus


@asynccontextmanager
async def bus_of(settings: Settings) -> AsyncIterator[Bus]:
    """Yield the bus that the settings name, closed at the end; it only reads where nothing can be written.

    Raises:
        ConfigurationError: it cannot be opened; a file that is missing is the caller's to look for.
    """
    if settings.kafka_servers:
        async with shared_bus(settings) as bus:
            yield bus
        return
    path = settings.data / BUS_FILE
    require_bus(path)
    is_writable = may_be_written(settings.data)
    local = SqliteBus(path, SystemClock()) if is_writable else SqliteBusReader(path)
    try:
        yield local
    finally:
        await local.close()
