from __future__ import annotations

import asyncio
import os
import pwd
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from services.alerter.database import connections
from services.alerter.database.connections import (
    Database,
    DatabaseLockedError,
    open_alone,
    open_read_only,
)
from services.alerter.database.lock import FILE_NAME, ActiveLock
from services.alerter.database.schema import APPLICATION_ID, version_of
from services.common.errors import ConfigurationError, DiskFailedError
from services.common.telemetry.health import Gate
from tests.support.another_user import only_readable
from tests.support.damaged import damage


def put(connection: sqlite3.Connection, offset: int) -> None:
    connection.execute("REPLACE INTO positions VALUES ('topic', 0, 'id', ?)", (offset,))


def offsets(connection: sqlite3.Connection) -> list[int]:
    return [offset for (offset,) in connection.execute('SELECT "offset" FROM positions')]


async def test_what_was_written_is_read_by_the_next_query(tmp_path: Path) -> None:
    database = await Database.open(tmp_path)

    await database.write(put, 7)

    assert await database.read(offsets) == [7]
    await database.close()


def modes(directory: Path) -> set[int]:
    return {file.stat().st_mode & 0o777 for file in directory.iterdir()}


async def test_it_is_its_owners_alone_and_one_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    new = await Database.open(tmp_path)
    made = modes(tmp_path)
    await new.close()
    (tmp_path / "kabar.db").chmod(0o640)
    there = await Database.open(tmp_path)

    assert (made, modes(tmp_path)) == ({0o600}, {0o640})
    await there.close()


async def test_a_change_that_raises_leaves_nothing_behind(tmp_path: Path) -> None:
    def put_and_fail(connection: sqlite3.Connection) -> None:
        put(connection, 8)
        raise ValueError("no")

    database = await Database.open(tmp_path)

    with pytest.raises(ValueError, match="no"):
        await database.write(put_and_fail)

    assert await database.read(offsets) == []
    await database.close()


async def test_one_that_raises_leaves_those_alone_that_share_its_transaction(
    tmp_path: Path,
) -> None:
    def fail(_: sqlite3.Connection) -> None:
        raise ValueError("no")

    database = await Database.open(tmp_path)

    results = await asyncio.gather(
        database.write(put, 7), database.write(fail), database.write(put, 8), return_exceptions=True
    )

    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    assert await database.read(offsets) == [8]
    await database.close()


async def test_a_write_after_the_end_says_so(tmp_path: Path) -> None:
    database = await Database.open(tmp_path)
    await database.close()

    with pytest.raises(RuntimeError):
        await database.write(put, 7)


async def test_a_query_cannot_write(tmp_path: Path) -> None:
    database = await Database.open(tmp_path)

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await database.read(put, 9)

    await database.close()


async def test_a_transaction_ends_although_its_caller_is_cancelled(tmp_path: Path) -> None:
    database = await Database.open(tmp_path)
    writing = asyncio.ensure_future(database.write(put, 10))
    await asyncio.sleep(0)

    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    await database.write(lambda _: None)
    assert await database.read(offsets) == [10]
    await database.close()


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    await (await Database.open(tmp_path)).close()
    with sqlite3.connect(tmp_path / "kabar.db") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()

    with pytest.raises(ConfigurationError, match=f"{tmp_path}/kabar.db has version 999"):
        await Database.open(tmp_path)


@pytest.mark.parametrize("opened", [open_alone, open_read_only])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(
    tmp_path: Path, opened: Callable[[Path], sqlite3.Connection]
) -> None:
    (tmp_path / "kabar.db").write_text("hello", encoding="ascii")

    with pytest.raises(ConfigurationError, match="is damaged"):
        opened(tmp_path)

    assert (tmp_path / "kabar.db").read_text(encoding="ascii") == "hello"


@pytest.mark.parametrize("name", ["kabar.db", "kabar.db-wal", "kabar.db-shm"])
async def test_what_keeps_the_file_from_being_opened_is_named(tmp_path: Path, name: str) -> None:
    await (await Database.open(tmp_path)).close()
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).mkdir()

    with pytest.raises(
        ConfigurationError, match=f"kabar.db cannot be written: {name} is a directory"
    ):
        await Database.open(tmp_path)


async def test_another_users_file_is_named_with_its_owner() -> None:
    owner = pwd.getpwuid(os.getuid()).pw_name
    with tempfile.TemporaryDirectory() as name:  # anybody may reach it
        data = Path(name)
        await (await Database.open(data)).close()

        with (
            only_readable(data),
            pytest.raises(ConfigurationError, match=f"belongs to {owner}.* Run this as the user"),
        ):
            await Database.open(data)


async def test_a_disk_without_room_is_said_and_loses_nothing(tmp_path: Path) -> None:
    def fill(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        put(connection, 8)
        connection.execute("CREATE TABLE large AS SELECT randomblob(100000)")

    database = await Database.open(tmp_path)
    await database.write(put, 7)

    with pytest.raises(DiskFailedError, match=f"no room left for {tmp_path}/kabar.db: make some"):
        await database.write(fill)

    assert await database.read(offsets) == [7]
    await database.close()


async def test_damage_that_is_met_later_is_said_with_what_to_do(tmp_path: Path) -> None:
    await (await Database.open(tmp_path)).close()
    damage(tmp_path / "kabar.db", table="positions")
    database = await Database.open(tmp_path)

    with pytest.raises(ConfigurationError, match=r"kabar.db is damaged .*kabar rebuild"):
        await database.write(put, 7)
    with pytest.raises(ConfigurationError, match=r"kabar.db is damaged .*kabar rebuild"):
        await database.read(offsets)
    await database.close()


@pytest.mark.parametrize("opened", [open_alone, open_read_only])
def test_another_programs_database_is_refused_and_left_as_it_is(
    tmp_path: Path, opened: Callable[[Path], sqlite3.Connection]
) -> None:
    with closing(sqlite3.connect(tmp_path / "kabar.db")) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    before = (tmp_path / "kabar.db").read_bytes()

    with pytest.raises(ConfigurationError, match="another program"):
        opened(tmp_path)

    assert (tmp_path / "kabar.db").read_bytes() == before


async def test_a_command_reads_the_database_where_nobody_runs(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing ran here yet"):
        open_read_only(tmp_path)
    database = await Database.open(tmp_path)
    await database.write(put, 11)
    await database.close()

    connection = open_read_only(tmp_path)

    assert offsets(connection) == [11]
    assert version_of(connection) >= 1
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    connection.close()


def test_a_command_does_not_take_an_empty_file_for_an_older_database(tmp_path: Path) -> None:
    (tmp_path / "kabar.db").touch()

    with pytest.raises(ConfigurationError, match=f"{tmp_path}/kabar.db is empty: restore a backup"):
        open_read_only(tmp_path)


@pytest.mark.parametrize(("version", "said"), [(2, "start kabar on it once"), (999, "newer kabar")])
async def test_a_command_does_not_read_the_database_of_another_version(
    tmp_path: Path, version: int, said: str
) -> None:
    await (await Database.open(tmp_path)).close()
    with sqlite3.connect(tmp_path / "kabar.db") as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()

    with pytest.raises(ConfigurationError, match=said):
        open_read_only(tmp_path)


def test_one_alerter_is_active_and_the_next_follows_when_it_is_gone(tmp_path: Path) -> None:
    first, second = ActiveLock(tmp_path), ActiveLock(tmp_path)

    assert first.try_acquire()
    assert not second.try_acquire()
    first.release()

    assert second.try_acquire()
    second.release()


def test_a_lock_that_cannot_be_made_is_named_with_the_reason_alone(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()

    with pytest.raises(ConfigurationError, match=r"Is a directory\. Make that possible, or choose"):
        ActiveLock(tmp_path).try_acquire()


@contextmanager
def held_by_another_program(directory: Path) -> Iterator[sqlite3.Connection]:
    """A connection that holds the database until it is rolled back, as a browser of databases may."""
    with closing(sqlite3.connect(directory / "kabar.db", isolation_level=None)) as browser:
        browser.execute("BEGIN IMMEDIATE")
        yield browser


@pytest.fixture
def look_for_locks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_LOOK_FOR_LOCK_SECONDS", 0.02)


@pytest.mark.usefixtures("look_for_locks_often")
async def test_a_lock_of_another_program_is_waited_for_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await (await Database.open(tmp_path)).close()
    with held_by_another_program(tmp_path) as browser:
        opening = asyncio.ensure_future(Database.open(tmp_path))
        await until_said("database_locked", capsys)
        browser.execute("ROLLBACK")
        database = await opening

        browser.execute("BEGIN IMMEDIATE")
        writing = asyncio.ensure_future(database.write(put, 7))
        await until_said("database_locked", capsys)
        browser.execute("ROLLBACK")

    await writing
    assert await database.read(offsets) == [7]
    await database.close()


@pytest.mark.usefixtures("look_for_locks_often")
async def test_who_waits_for_an_answer_is_turned_away_while_another_program_holds_it(
    tmp_path: Path,
) -> None:
    gate = Gate(reason=None)
    database = await Database.open(tmp_path, gate=gate)
    with held_by_another_program(tmp_path) as browser:
        kept = [asyncio.ensure_future(database.write(put, number)) for number in (1, 2)]
        for number in (7, 8):
            with pytest.raises(DatabaseLockedError, match="lets go"):
                await database.write_now(put, number)
        assert gate.reason is not None
        browser.execute("ROLLBACK")
        await asyncio.gather(*kept)
        assert await database.read(offsets) == [2]

    await database.write_now(put, 9)
    assert await database.read(offsets) == [9]
    assert not gate.reason
    await database.close()


@pytest.mark.usefixtures("look_for_locks_often")
async def test_a_lock_of_another_program_keeps_nobody_from_closing(tmp_path: Path) -> None:
    database = await Database.open(tmp_path)
    with held_by_another_program(tmp_path):
        writings = [asyncio.ensure_future(database.write(put, number)) for number in range(50)]

        await database.close()
        errors = await asyncio.gather(*writings, return_exceptions=True)

    assert {str(error) for error in errors} == {"database is locked"}
    # Those that wait behind the first fail together: one wait is theirs, not one for each.
    assert len({id(error) for error in errors}) <= 2


@pytest.mark.usefixtures("look_for_locks_often")
async def test_a_lock_of_another_program_keeps_nobody_from_ending_a_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await (await Database.open(tmp_path)).close()
    with held_by_another_program(tmp_path):
        opening = asyncio.ensure_future(Database.open(tmp_path))
        await until_said("database_locked", capsys)

        opening.cancel()

        with pytest.raises(asyncio.CancelledError):
            await opening


async def until_said(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    said = ""
    while words not in said:
        await asyncio.sleep(0.001)
        said += capsys.readouterr().out
