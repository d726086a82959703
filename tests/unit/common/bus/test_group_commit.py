"""One thread writes; who comes at the same time shares a transaction."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.common.bus.group_commit import GroupCommit


@pytest.fixture
async def statements() -> list[str]:
    return []


@pytest.fixture
async def writer(tmp_path: Path, statements: list[str]) -> AsyncIterator[GroupCommit]:
    connection = sqlite3.connect(
        tmp_path / "test.db", isolation_level=None, check_same_thread=False
    )
    connection.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY)")
    connection.set_trace_callback(statements.append)
    writer = GroupCommit(connection)
    yield writer
    await writer.close()


class Gate:
    """A job that keeps the thread busy until it is opened."""

    def __init__(self) -> None:
        self._entered, self._opened = threading.Event(), threading.Event()

    def hold(self, _: sqlite3.Connection) -> None:
        self._entered.set()
        self._opened.wait(5)

    async def entered(self) -> None:
        await asyncio.to_thread(self._entered.wait, 5)

    def open(self) -> None:
        self._opened.set()


def insert(connection: sqlite3.Connection, n: int) -> int | None:
    return connection.execute("INSERT INTO numbers VALUES (?)", (n,)).lastrowid


def count(connection: sqlite3.Connection) -> int:
    counted: int = connection.execute("SELECT count(*) FROM numbers").fetchone()[0]
    return counted


async def test_what_waits_at_the_same_time_is_committed_once(
    writer: GroupCommit, statements: list[str]
) -> None:
    gate = Gate()

    async with asyncio.TaskGroup() as group:
        group.create_task(writer.write(gate.hold))
        await gate.entered()
        numbers = [
            group.create_task(writer.write(lambda c, n=n: insert(c, n)))  # type: ignore[misc]  # n is bound
            for n in range(1, 21)
        ]
        await asyncio.sleep(0)
        gate.open()

    assert [task.result() for task in numbers] == list(range(1, 21))
    assert statements.count("COMMIT") == 2


async def test_who_fails_takes_back_what_it_wrote_and_nothing_of_those_beside_it(
    writer: GroupCommit, statements: list[str]
) -> None:
    gate = Gate()
    await writer.write(lambda c: insert(c, 1))
    statements.clear()

    async with asyncio.TaskGroup() as group:
        group.create_task(writer.write(gate.hold))
        await gate.entered()
        outcomes = [
            group.create_task(_outcome(writer, *numbers))
            for numbers in ((2,), (3, 1), (4,))  # 1 is there already
        ]
        await asyncio.sleep(0)
        gate.open()

    kinds = [type(outcome.result()) for outcome in outcomes]
    assert kinds == [type(None), sqlite3.IntegrityError, type(None)]
    assert statements.count("COMMIT") == 2
    assert await writer.write(numbers_of) == [1, 2, 4]


def numbers_of(connection: sqlite3.Connection) -> list[int]:
    return [n for (n,) in connection.execute("SELECT n FROM numbers ORDER BY n")]


async def _outcome(writer: GroupCommit, *numbers: int) -> sqlite3.Error | None:
    try:
        await writer.write(lambda c: [insert(c, n) for n in numbers])
    except sqlite3.Error as error:
        return error
    return None


async def test_a_waiter_that_was_cancelled_stops_nobody(writer: GroupCommit) -> None:
    async with asyncio.TaskGroup() as group:
        cancelled = group.create_task(writer.write(lambda c: insert(c, 1)))
        await asyncio.sleep(0)
        cancelled.cancel()

    assert await writer.write(lambda c: insert(c, 2)) == 2


class BrokenDisk(sqlite3.Connection):
    """A connection that cannot end a transaction, nor take it back, while it `is_broken`."""

    is_broken = False

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        self._require_disk(sql == "COMMIT")
        return super().execute(sql, *arguments)

    def rollback(self) -> None:
        self._require_disk(True)
        super().rollback()

    def _require_disk(self, is_needed: bool) -> None:  # noqa: FBT001
        if is_needed and self.is_broken:
            raise sqlite3.OperationalError("disk I/O error")


async def test_a_disk_that_fails_is_told_to_each_who_writes_until_it_serves_again(
    tmp_path: Path,
) -> None:
    connection = sqlite3.connect(
        tmp_path / "test.db", isolation_level=None, check_same_thread=False, factory=BrokenDisk
    )
    connection.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY)")
    writer = GroupCommit(connection)

    async with asyncio.timeout(5):
        connection.is_broken = True
        outcomes = [await _outcome(writer, 1), await _outcome(writer, 2)]
        connection.is_broken = False
        outcomes += [await _outcome(writer, 3), await _outcome(writer, 4)]
    kept = await writer.write(numbers_of)
    await writer.close()

    assert [outcome is None for outcome in outcomes] == [False, False, False, True]
    assert kept == [4]


async def test_closing_writes_what_was_asked_for_before(tmp_path: Path) -> None:
    path = tmp_path / "closing.db"
    writer = GroupCommit(sqlite3.connect(path, isolation_level=None, check_same_thread=False))
    await writer.write(lambda c: c.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))

    async with asyncio.TaskGroup() as group:
        for n in range(10):
            group.create_task(writer.write(lambda c, n=n: insert(c, n)))  # type: ignore[misc]  # n is bound
        await asyncio.sleep(0)
        await writer.close()

    with sqlite3.connect(path) as connection:
        assert count(connection) == 10
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError):
        await writer.write(count)
