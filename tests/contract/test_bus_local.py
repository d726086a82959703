"""The buses of this machine keep the Bus contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.common.bus.memory import MemoryBus, MemoryLog
from services.common.bus.port import Bus
from services.common.bus.sqlite import SqliteBus, SqliteLog
from services.common.clock import ManualClock
from services.common.contracts.topics import Topic
from tests.contract.bus_contract import BusContract
from tests.support.builders import NOON

PATIENCE, MOMENT = timedelta(seconds=5), timedelta(milliseconds=20)


class MemoryGround:
    def __init__(self) -> None:
        self._clock = ManualClock(NOON)
        self._log = MemoryLog(self._clock)
        self.bus: Bus = MemoryBus(self._clock, log=self._log)
        self.patience, self.moment = PATIENCE, MOMENT

    async def reopen(self) -> Bus:
        await self.bus.close()
        self.bus = MemoryBus(self._clock, log=self._log)
        return self.bus

    async def crash(self) -> Bus:
        return MemoryBus(self._clock, log=self._log)

    async def remake(self, topic: Topic) -> None:
        self._log.remove(topic)

    async def expire(self, topic: Topic) -> None:
        self._clock.move(topic.keeps)
        self._log.tidy()


class SqliteGround:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._clock = ManualClock(NOON)
        self._opened: list[Bus] = []
        self.bus: Bus = self._open()
        self.patience, self.moment = PATIENCE, MOMENT

    def _open(self) -> Bus:
        bus = SqliteBus(self._path, self._clock)
        self._opened.append(bus)
        return bus

    async def reopen(self) -> Bus:
        await self.bus.close()
        self.bus = self._open()
        return self.bus

    async def crash(self) -> Bus:
        return self._open()

    async def remake(self, topic: Topic) -> None:
        log = SqliteLog(self._path, self._clock)
        await log.remove(topic)
        await log.close()

    async def expire(self, topic: Topic) -> None:
        self._clock.move(topic.keeps)
        log = SqliteLog(self._path, self._clock)
        await log.tidy()
        await log.close()

    async def close(self) -> None:
        for bus in self._opened:
            await bus.close()


class TestMemoryBus(BusContract):
    @pytest.fixture
    def ground(self) -> MemoryGround:
        return MemoryGround()


class TestSqliteBus(BusContract):
    @pytest.fixture
    async def ground(self, tmp_path: Path) -> AsyncIterator[SqliteGround]:
        ground = SqliteGround(tmp_path / "bus.db")
        yield ground
        await ground.close()
