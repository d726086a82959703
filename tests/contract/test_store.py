"""The feed stores of this machine keep the FeedStore contract."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from services.common.errors import StoreUnavailableError
from services.common.ids import FeedId
from services.fetcher.store.memory import MemoryStore
from services.fetcher.store.port import FeedStore
from services.fetcher.store.sqlite import SqliteStore
from tests.contract.store_contract import StoreContract, WrittenStoreContract
from tests.support.builders import NOON


class MemoryGround:
    def __init__(self) -> None:
        self.store: FeedStore = MemoryStore()

    async def reopen(self) -> FeedStore:
        return self.store


class SqliteGround:
    def __init__(self, path: Path) -> None:
        self._path = path
        self.store: FeedStore = SqliteStore(path)

    async def reopen(self) -> FeedStore:
        await self.store.close()
        self.store = SqliteStore(self._path)
        return self.store

    async def spoil_state(self, feed: FeedId) -> None:
        self._write("UPDATE states SET state = ? WHERE feed = ?", (b'{"feed_id": 1', feed))

    async def spoil_mark(self) -> None:
        self._write("UPDATE installation SET mark = ?", (b"?",))

    def _write(self, statement: str, values: tuple[bytes | str, ...]) -> None:
        with closing(sqlite3.connect(self._path)) as file, file:
            file.execute(statement, values)


class TestMemoryStore(StoreContract):
    @pytest.fixture
    async def ground(self) -> MemoryGround:
        return MemoryGround()


class TestSqliteStore(WrittenStoreContract):
    @pytest.fixture
    async def ground(self, tmp_path: Path) -> AsyncIterator[SqliteGround]:
        ground = SqliteGround(tmp_path / "feeds.db")
        yield ground
        await ground.store.close()

    async def test_a_closed_store_is_unavailable(self, tmp_path: Path) -> None:
        store = SqliteStore(tmp_path / "feeds.db")
        await store.close()

        with pytest.raises(StoreUnavailableError):
            await store.states()
        with pytest.raises(StoreUnavailableError):
            await store.penalise("example.org", until=NOON)
