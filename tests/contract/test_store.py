"""The feed stores of this machine keep the FeedStore contract."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.common.errors import StoreUnavailableError
from services.fetcher.store.memory import MemoryStore
from services.fetcher.store.port import FeedStore
from services.fetcher.store.sqlite import SqliteStore
from tests.contract.store_contract import StoreContract
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


class TestMemoryStore(StoreContract):
    @pytest.fixture
    async def ground(self) -> MemoryGround:
        return MemoryGround()


class TestSqliteStore(StoreContract):
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
