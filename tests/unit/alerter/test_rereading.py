from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Collection
from datetime import timedelta
from pathlib import Path

import pytest

from services.alerter.database import rereadings
from services.alerter.database.connections import Database
from services.alerter.rereading import Rereader
from services.common.clock import ManualClock
from services.common.ids import CompanyId
from services.common.stop import Stop
from tests.support.builders import NOON

TIKTOK, SHEIN = CompanyId("tiktok"), CompanyId("shein")

# Notes what it was told, and fails unless it is the second time.
CHILD = """
import pathlib, sys
log = pathlib.Path(sys.argv[1])
seen = log.read_text() if log.exists() else ""
log.write_text(seen + sys.stdin.read() + ";")
sys.exit(0 if seen else 1)
"""


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path)
    yield opened
    await opened.close()


async def note(database: Database, *companies: CompanyId) -> list[CompanyId]:
    return await database.write(rereadings.ask_for_new, companies, now=NOON)


def rows_written(connection: sqlite3.Connection) -> int:
    return connection.total_changes


async def test_what_is_there_at_the_first_start_is_not_new(database: Database) -> None:
    assert await note(database, TIKTOK) == []
    assert await note(database, TIKTOK) == []
    assert await database.read(rereadings.asked) == {}


async def test_where_no_company_comes_or_goes_nothing_is_written(database: Database) -> None:
    await note(database, TIKTOK)
    before = await database.write(rows_written)

    await note(database, TIKTOK)

    assert await database.write(rows_written) == before


async def test_what_comes_later_is_asked_for_until_it_is_done(database: Database) -> None:
    await note(database, TIKTOK)

    assert await note(database, TIKTOK, SHEIN) == [SHEIN]
    assert await note(database, TIKTOK, SHEIN) == []
    assert await database.read(rereadings.asked) == {SHEIN: NOON}
    await database.write(rereadings.finish, {SHEIN: NOON}, now=NOON)
    assert await database.read(rereadings.asked) == {}


async def test_what_came_back_while_it_was_read_again_is_still_asked_for(
    database: Database,
) -> None:
    later = NOON + timedelta(minutes=1)
    await note(database, TIKTOK)
    await note(database, TIKTOK, SHEIN)
    begun = await database.read(rereadings.asked)
    await note(database, TIKTOK)
    await database.write(rereadings.ask_for_new, [TIKTOK, SHEIN], now=later)

    await database.write(rereadings.finish, begun, now=later)

    assert await database.read(rereadings.asked) == {SHEIN: later}


async def test_what_went_and_comes_back_is_new_again(database: Database) -> None:
    await note(database, TIKTOK, SHEIN)
    await note(database, TIKTOK)

    assert await note(database, TIKTOK, SHEIN) == [SHEIN]


async def test_the_child_is_started_again_until_it_ends_with_0(
    database: Database, tmp_path: Path
) -> None:
    await note(database, TIKTOK)
    log = tmp_path / "log"
    rereader = Rereader(
        database,
        command=(sys.executable, "-c", CHILD, str(log)),
        clock=ManualClock(NOON),
        settle=timedelta(),
        again_after=timedelta(milliseconds=10),
    )
    stop = Stop()

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(rereader.run(stop))
        await note(database, TIKTOK, SHEIN)
        rereader.wake()
        await _until_done(database, [SHEIN])
        stop.ask()

    assert log.read_text() == "shein;shein;"


async def test_a_child_on_its_way_ends_with_us(database: Database) -> None:
    await note(database, TIKTOK)
    await note(database, TIKTOK, SHEIN)
    rereader = Rereader(
        database,
        command=(sys.executable, "-c", "import sys, time; sys.stdin.read(); time.sleep(600)"),
        clock=ManualClock(NOON),
        settle=timedelta(),
    )
    stop = Stop()

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(rereader.run(stop))
        await _until_asked(database)
        stop.ask()

    assert await database.read(rereadings.asked) == {SHEIN: NOON}


async def _until_done(database: Database, companies: Collection[CompanyId]) -> None:
    while True:
        found = await database.read(rereadings.rereadings_of, companies)
        if found and all(one.done_at for one in found.values()):
            return
        await asyncio.sleep(0.01)  # a database has no event to wait for


async def _until_asked(database: Database) -> None:
    while True:
        if await database.read(rereadings.asked):
            return
        await asyncio.sleep(0.01)  # likewise
