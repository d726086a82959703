"""What the SQLite bus promises beyond the port: crashes, full disks, its cap, other processes."""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from services.common import sqlite_file
from services.common.bus import sqlite_tables as tables
from services.common.bus.port import Outgoing
from services.common.bus.sqlite import SqliteBus, SqliteLog
from services.common.clock import ManualClock
from services.common.contracts.topics import DEAD_LETTERS, FEED_HEALTH, READINGS, STORIES, Topic
from services.common.errors import BusUnavailableError, ConfigurationError
from tests.support.another_user import only_readable
from tests.support.builders import NOON
from tests.support.damaged import damage

CLOCK = ManualClock(NOON)
SOON = timedelta(seconds=5)


def some(count: int, *, size: int = 2_000, start: int = 0) -> list[Outgoing]:
    return [
        Outgoing(key=f"fd_{n % 50}", value=f"{n}".encode().ljust(size))
        for n in range(start, start + count)
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bus.db"


@pytest.fixture
async def bus(path: Path) -> AsyncIterator[SqliteBus]:
    bus = SqliteBus(path, CLOCK)
    yield bus
    await bus.close()


_PUBLISHES_UNTIL_KILLED = """
import asyncio, sys
from pathlib import Path
from services.common.bus.port import Outgoing
from services.common.bus.sqlite import SqliteBus
from services.common.clock import SystemClock
from services.common.contracts.topics import STORIES

async def main():
    bus = SqliteBus(Path(sys.argv[1]), SystemClock())
    async def publish(start):
        for n in range(start, start + 10_000):
            await bus.publish(STORIES, [Outgoing(key=f"fd_{n}", value=b"%d" % n)])
            print(n, flush=True)
    async with asyncio.TaskGroup() as group:
        for start in range(0, 100_000, 10_000):
            group.create_task(publish(start))

asyncio.run(main())
"""


async def test_partitions_are_read_together_in_the_order_of_arrival(bus: SqliteBus) -> None:
    await bus.publish(STORIES, some(100))
    consumer = await bus.read_from(STORIES, {}, group="reader")

    first = await consumer.take(most=33, within=SOON)
    rest = await consumer.take(most=100, within=SOON)
    await consumer.close()

    assert len({record.partition for record in rest}) > 1
    assert [int(record.value) for record in (*first, *rest)] == [*range(100)]


async def test_the_file_and_those_beside_it_are_their_owners_alone(
    bus: SqliteBus, path: Path
) -> None:
    await bus.publish(STORIES, some(1))

    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(("bus.db", "bus.db-wal", "bus.db-shm"), 0o600)


async def test_everything_that_was_acknowledged_survives_kill_9(path: Path) -> None:
    acknowledged = _killed_after_some_acknowledgements(path)

    bus = SqliteBus(path, CLOCK)
    held = {record.value for record in await bus.read_all(STORIES)}
    await bus.close()

    assert len(acknowledged) >= 200
    assert acknowledged <= held


def _killed_after_some_acknowledgements(path: Path) -> set[bytes]:
    with subprocess.Popen(
        [sys.executable, "-c", _PUBLISHES_UNTIL_KILLED, str(path)],
        stdout=subprocess.PIPE,
        text=True,
    ) as publishing:
        assert publishing.stdout is not None
        acknowledged = [publishing.stdout.readline() for _ in range(200)]
        publishing.send_signal(signal.SIGKILL)
        acknowledged += publishing.stdout.readlines()
    return {line.strip().encode() for line in acknowledged if line.endswith("\n")}


async def test_a_full_disk_refuses_and_the_bus_goes_on_when_there_is_room_again(
    bus: SqliteBus, path: Path
) -> None:
    await bus.publish(STORIES, some(10))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    # Python ignores SIGXFSZ, so a write over the limit fails like one on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        with pytest.raises(BusUnavailableError):
            await bus.publish(STORIES, some(1_000, start=10))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    after_failing = len(await bus.read_all(STORIES))
    await bus.publish(STORIES, some(1_000, start=10))

    assert after_failing == 10
    assert len(await bus.read_all(STORIES)) == 1_010
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


async def test_a_file_that_another_process_holds_is_unavailable(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "WAIT_FOR_LOCK_SECONDS", 0.05)
    bus = SqliteBus(path, CLOCK)
    await bus.publish(STORIES, some(1))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(BusUnavailableError, match="locked"):
        await bus.publish(STORIES, some(1))
    holder.execute("ROLLBACK")
    holder.close()
    await bus.publish(STORIES, some(1))

    assert len(await bus.read_all(STORIES)) == 2
    await bus.close()


async def test_a_consumer_sees_what_another_process_publishes(bus: SqliteBus, path: Path) -> None:
    consumer = await bus.subscribe(STORIES, group="classifier")
    other = SqliteBus(path, CLOCK)

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(consumer.take(most=10, within=SOON))
        await asyncio.sleep(0)
        await other.publish(STORIES, some(1))
    await other.close()

    assert len(waiting.result()) == 1


async def test_at_its_cap_the_oldest_records_that_everybody_has_read_go(path: Path) -> None:
    bus = SqliteBus(path, CLOCK, cap_bytes=1_000_000)
    await bus.ensure_topics([STORIES, DEAD_LETTERS])
    consumer = await bus.subscribe(STORIES, group="classifier")
    for start in range(0, 3_000, 100):
        await bus.publish(STORIES, some(100, start=start))
        await consumer.commit(await consumer.take(most=100, within=SOON))

    held = sorted(int(record.value) for record in await bus.read_all(STORIES))
    await bus.close()

    assert held[-1] == 2_999
    assert 200 <= len(held) <= 500
    assert path.stat().st_size < 1_500_000  # noqa: ASYNC240  nothing else runs


async def test_at_its_cap_nothing_that_a_group_has_not_read_goes(path: Path) -> None:
    bus = SqliteBus(path, CLOCK, cap_bytes=1_000_000)
    slow = await bus.subscribe(STORIES, group="slow")
    fast = await bus.subscribe(STORIES, group="fast")
    await bus.publish(STORIES, some(1))
    await slow.commit(await slow.take(most=1, within=SOON))

    async def publish_until_refused() -> None:
        for start in range(1, 3_000, 100):
            await bus.publish(STORIES, some(100, start=start))
            await fast.commit(await fast.take(most=100, within=SOON))

    with pytest.raises(BusUnavailableError, match="cap"):
        await publish_until_refused()
    seen: list[int] = []
    while records := await slow.take(most=100, within=timedelta(0)):
        seen += [int(record.value) for record in records]
        await slow.commit(records)
    await bus.publish(STORIES, some(1, start=5_000))
    await bus.close()

    assert sorted(seen) == list(range(1, max(seen) + 1))


async def test_each_topic_keeps_its_records_as_long_as_it_says(path: Path) -> None:
    clock = ManualClock(NOON)
    log = SqliteLog(path, clock)
    bus = SqliteBus(path, clock)
    for topic in (STORIES, READINGS, DEAD_LETTERS, FEED_HEALTH):
        await bus.publish(topic, some(1))

    clock.move(timedelta(days=36))
    await bus.publish(STORIES, some(1))  # tidies, a minute or more after the last time
    held = {
        topic.name: len(await bus.read_all(topic))
        for topic in (STORIES, READINGS, DEAD_LETTERS, FEED_HEALTH)
    }
    await bus.close()
    await log.close()

    assert held == {
        STORIES.name: 1,
        READINGS.name: 0,
        DEAD_LETTERS.name: 1,
        FEED_HEALTH.name: 1,
    }


async def test_what_a_group_has_not_read_is_kept_longer(path: Path) -> None:
    clock = ManualClock(NOON)
    log, bus = SqliteLog(path, clock), SqliteBus(path, clock)
    slow, fast = [await bus.subscribe(STORIES, group=name) for name in ("slow", "fast")]
    for number in range(3):
        await bus.publish(STORIES, [Outgoing(key="one", value=b"%d" % number)])
    await slow.commit(await slow.take(most=1, within=SOON))
    await fast.commit(await fast.take(most=3, within=SOON))

    clock.move(timedelta(days=400))
    await log.tidy()
    held = [record.value for record in await bus.read_all(STORIES)]
    await bus.close()
    await log.close()

    assert held == [b"1", b"2"]


async def test_compaction_leaves_the_newest_record_of_each_key(path: Path) -> None:
    log = SqliteLog(path, CLOCK)
    bus = SqliteBus(path, CLOCK)
    for _ in range(5):
        await bus.publish(FEED_HEALTH, some(10))

    await log.tidy()
    held = await bus.read_all(FEED_HEALTH)
    await bus.close()
    await log.close()

    assert [record.offset for record in held] == list(range(40, 50))


def test_a_file_that_is_no_bus_is_a_mistake_of_the_operator(path: Path) -> None:
    path.write_bytes(b"something else entirely" * 100)

    with pytest.raises(ConfigurationError, match=r"bus\.db"):
        SqliteBus(path, CLOCK)


def test_a_file_of_a_newer_kabar_is_refused(path: Path) -> None:
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()

    with pytest.raises(ConfigurationError, match="newer"):
        SqliteBus(path, CLOCK)


def test_a_folder_that_may_not_be_written_is_a_mistake_of_the_operator() -> None:
    with tempfile.TemporaryDirectory() as name:  # anybody may reach it
        refused = pytest.raises(
            ConfigurationError, match=r"bus.db cannot be written: .*Run this as"
        )

        with only_readable(Path(name)), refused:
            SqliteBus(Path(name) / "bus.db", CLOCK)


def test_another_programs_file_is_refused_and_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("CREATE TABLE positions (a)")
    before = path.read_bytes()

    with pytest.raises(ConfigurationError, match="another program's database: move it away"):
        SqliteBus(path, CLOCK)

    assert path.read_bytes() == before


async def test_damage_that_is_met_later_is_said_with_what_to_do(path: Path) -> None:
    await SqliteBus(path, CLOCK).close()
    damage(path, table="records")
    bus = SqliteBus(path, CLOCK)

    with pytest.raises(ConfigurationError, match=r"bus.db is damaged .*a new one is made"):
        await bus.publish(STORIES, some(1))
    await bus.close()


async def test_at_its_cap_those_who_read_can_still_publish_and_so_make_room(path: Path) -> None:
    bus = SqliteBus(path, CLOCK, cap_bytes=5_000_000)
    stories = await bus.subscribe(STORIES, group="classifier")
    readings = await bus.subscribe(READINGS, group="alerter")

    async def publish_until_refused(topic: Topic) -> None:
        for start in range(0, 3_000, 20):
            await bus.publish(topic, some(20, start=start))

    for topic in (STORIES, READINGS):
        with pytest.raises(BusUnavailableError, match="cap"):
            await publish_until_refused(topic)
    await bus.publish(DEAD_LETTERS, some(1))

    async def take_readings() -> None:
        while read := await readings.take(most=20, within=timedelta(0)):
            await readings.commit(read)

    await take_readings()
    while told := await stories.take(most=20, within=timedelta(0)):
        await bus.publish(READINGS, some(len(told)))
        await stories.commit(told)
        await take_readings()
    await bus.publish(STORIES, some(1))
    await bus.close()


async def test_at_its_cap_many_who_wait_for_room_keep_nobody_from_making_it(path: Path) -> None:
    bus = SqliteBus(path, CLOCK, cap_bytes=2_000_000)
    consumer = await bus.subscribe(STORIES, group="classifier")

    async def publish_until_refused() -> None:
        for start in range(0, 3_000, 100):
            await bus.publish(STORIES, some(100, start=start))

    async def wait_for_room() -> None:
        while True:
            with suppress(BusUnavailableError):
                await bus.publish(STORIES, some(1, size=50_000))

    with pytest.raises(BusUnavailableError, match="cap"):
        await publish_until_refused()
    crowd = [asyncio.create_task(wait_for_room()) for _ in range(20)]
    for _ in range(20):
        read = await consumer.take(most=1, within=SOON)
        await bus.publish(READINGS, some(len(read), size=10))
        await consumer.commit(read)
    for each in crowd:
        each.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    await bus.close()


async def test_to_be_refused_at_the_cap_costs_the_same_however_many_records_there_are(
    path: Path,
) -> None:
    bus = SqliteBus(path, CLOCK)
    await (await bus.subscribe(STORIES, group="classifier")).take(most=1, within=SOON)
    await bus.publish(STORIES, some(5_000, size=10))
    await bus.close()
    steps: list[int] = []

    with closing(sqlite3.connect(path)) as connection:
        connection.set_progress_handler(lambda: steps.append(1_000), 1_000)
        with pytest.raises(BusUnavailableError, match="cap"):
            tables.keep_under(connection, pages=1)

    assert sum(steps) <= 2_000
