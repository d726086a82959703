"""One thread writes; who comes at the same time shares a transaction."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

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


async def test_a_failure_reaches_everybody_who_shared_it_and_leaves_nothing(
    writer: GroupCommit,
) -> None:
    gate = Gate()
    await writer.write(lambda c: insert(c, 1))

    async with asyncio.TaskGroup() as group:
        group.create_task(writer.write(gate.hold))
        await gate.entered()
        good, bad = (
            group.create_task(_outcome(writer, n))
            for n in (2, 1)  # 1 is there already
        )
        await asyncio.sleep(0)
        gate.open()

    assert isinstance(good.result(), sqlite3.IntegrityError)
    assert isinstance(bad.result(), sqlite3.IntegrityError)
    assert await writer.write(count) == 1


async def _outcome(writer: GroupCommit, n: int) -> sqlite3.Error | None:
    try:
        await writer.write(lambda c: insert(c, n))
    except sqlite3.Error as error:
        return error
    return None


async def test_a_waiter_that_was_cancelled_stops_nobody(writer: GroupCommit) -> None:
    async with asyncio.TaskGroup() as group:
        cancelled = group.create_task(writer.write(lambda c: insert(c, 1)))
        await asyncio.sleep(0)
        cancelled.cancel()

    assert await writer.write(lambda c: insert(c, 2)) == 2


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
