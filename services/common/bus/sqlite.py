"""The bus in one SQLite file: for the all-in-one process.

Durable when `publish` returns: WAL with `synchronous=FULL`, and publishers that come together share one
fsync (`group_commit.py`). One connection writes and checkpoints, another reads and can do nothing else:
with two writers, SQLite before 3.51.3 can lose a checkpoint (https://sqlite.org/wal.html#walresetbug).

What goes and when: records older than their topic keeps; the older records of a key in a compacted
topic; and, once the file is at its cap, the oldest records that every group of their topic has
committed. When nothing else may go, `publish` raises BusUnavailableError until a group has moved on:
the cap slows the fetcher down, it never drops a story that nobody has read.
"""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from services.common.bus.group_commit import GroupCommit
from services.common.bus.local import Bounds, LocalBus, Placed
from services.common.bus.port import Record
from services.common.clock import Clock
from services.common.contracts.topics import Topic
from services.common.errors import BusUnavailableError, ConfigurationError
from services.common.sqlite_file import WAIT_FOR_LOCK_SECONDS, open_pair

T = TypeVar("T")

CAP_BYTES = 1024**3
"""How large the file may grow unless told otherwise."""

_TIDY_EVERY = timedelta(minutes=1)
_TIDY_AT_ONCE = 1_000
_PAGE_BYTES = 4_096

_SCHEMA = """
CREATE TABLE IF NOT EXISTS topics (
    number INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used again, so a topic made again is empty
    name TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    is_compacted INTEGER NOT NULL,
    keeps_microseconds INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS partitions (
    topic INTEGER NOT NULL, partition INTEGER NOT NULL,
    next INTEGER NOT NULL DEFAULT 0,            -- the offset of the next record
    PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY,                    -- the order of arrival over all topics
    topic INTEGER NOT NULL, partition INTEGER NOT NULL, offset INTEGER NOT NULL,
    key BLOB NOT NULL, value BLOB NOT NULL,
    at INTEGER NOT NULL                         -- microseconds since 1970, UTC
);
CREATE UNIQUE INDEX IF NOT EXISTS records_by_place ON records (topic, partition, offset);
CREATE TABLE IF NOT EXISTS positions (
    grp TEXT NOT NULL, topic INTEGER NOT NULL, partition INTEGER NOT NULL,
    next INTEGER NOT NULL,
    PRIMARY KEY (topic, grp, partition)
) WITHOUT ROWID;
"""
_SCHEMA_VERSION = 1


class SqliteBus(LocalBus):
    """A bus in the file `path`, made when it is missing; its folder must be there.

    Raises:
        ConfigurationError: the file cannot be opened, or is no bus that this version can read.
    """

    def __init__(self, path: Path, clock: Clock, *, cap_bytes: int = CAP_BYTES) -> None:
        super().__init__(SqliteLog(path, clock, cap_bytes=cap_bytes))


class SqliteBusReader(LocalBus):
    """The bus in the file `path` beside the process that writes it: reads, and publishes nothing.

    Raises:
        ConfigurationError: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(_SqliteLogReader(path))


class _Reading:
    """The half of both logs that reads: one connection, used in a thread of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-reader")

    async def read(
        self, topic: Topic, offsets: Mapping[int, int], *, topic_id: str, most: int
    ) -> Sequence[Record] | None:
        """Return records from the offsets on."""
        wanted = dict(offsets)
        return await self._read(
            lambda connection: _records(connection, topic, wanted, topic_id=topic_id, most=most)
        )

    async def close(self) -> None:
        """Close the connection."""
        await asyncio.to_thread(self._thread.shutdown)
        self._connection.close()

    async def _read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        with _bus_errors():
            try:
                reading = asyncio.get_running_loop().run_in_executor(
                    self._thread, job, self._connection
                )
            except RuntimeError as error:
                raise BusUnavailableError("The bus was closed.") from error
            return await reading


class SqliteLog(_Reading):
    """The Log port in a SQLite file."""

    def __init__(self, path: Path, clock: Clock, *, cap_bytes: int = CAP_BYTES) -> None:
        self._clock = clock
        self._cap_pages = cap_bytes // _PAGE_BYTES
        self._tidied_at = clock.monotonic() - _TIDY_EVERY.total_seconds()
        reading, writing = open_pair(
            path,
            schema=_SCHEMA,
            version=_SCHEMA_VERSION,
            before_tables=(f"page_size = {_PAGE_BYTES}", "auto_vacuum = INCREMENTAL"),
        )
        super().__init__(reading)
        self._writer = GroupCommit(writing)

    async def append(self, topic: Topic, records: Sequence[Placed]) -> None:
        """Append in one transaction, making room before where it is needed."""
        at = _microseconds(self._clock.now())
        tidy = self._is_tidying_due()

        def write(connection: sqlite3.Connection) -> None:
            if tidy:
                _tidy(connection, now=at)
            _keep_under(connection, pages=self._cap_pages)
            _append(connection, topic, records, at=at)

        await self._write(write)

    async def bounds(self, topic: Topic) -> Bounds:
        """Return what the topic holds."""
        bounds = await self._read(lambda connection: _bounds(connection, topic))
        if bounds is None:
            await self.ensure([topic])
            return await self.bounds(topic)
        return bounds

    async def committed(self, topic: Topic, *, group: str) -> Mapping[int, int]:
        """Return the group's positions."""
        return await self._read(
            lambda connection: dict(
                connection.execute(
                    "SELECT partition, next FROM positions JOIN topics ON number = topic"
                    " WHERE name = ? AND grp = ?",
                    (topic.name, group),
                ).fetchall()
            )
        )

    async def commit(
        self, topic: Topic, offsets: Mapping[int, int], *, topic_id: str, group: str
    ) -> None:
        """Set the group's positions, durable."""
        moved = dict(offsets)

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT OR REPLACE INTO positions (topic, grp, partition, next)"
                " SELECT number, ?, ?, ? FROM topics WHERE name = ? AND id = ?",
                [
                    (group, partition, offset, topic.name, topic_id)
                    for partition, offset in moved.items()
                ],
            )

        await self._write(write)

    async def ensure(self, topics: Sequence[Topic]) -> None:
        """Make what is missing."""

        def write(connection: sqlite3.Connection) -> None:
            for topic in topics:
                _number(connection, topic)

        await self._write(write)

    async def close(self) -> None:
        """Finish what is being written and close the file."""
        await self._writer.close()
        await super().close()

    async def tidy(self) -> None:
        """Remove what may go now, up to a thousand records of each partition."""
        now = _microseconds(self._clock.now())
        await self._write(lambda connection: _tidy(connection, now=now))

    async def remove(self, topic: Topic) -> None:
        """Forget the topic altogether; the next use makes it again, with another id."""
        await self._write(lambda connection: _remove(connection, topic))

    def _is_tidying_due(self) -> bool:
        now = self._clock.monotonic()
        if now - self._tidied_at < _TIDY_EVERY.total_seconds():
            return False
        self._tidied_at = now
        return True

    async def _write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        with _bus_errors():
            return await self._writer.write(job)


class _SqliteLogReader(_Reading):
    """The reading half of the Log port; appending raises BusUnavailableError."""

    def __init__(self, path: Path) -> None:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        try:
            connection = sqlite3.connect(
                uri, uri=True, timeout=WAIT_FOR_LOCK_SECONDS, check_same_thread=False
            )
            connection.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise ConfigurationError(f"Cannot open {path}: {error}.") from error
        super().__init__(connection)

    async def append(self, topic: Topic, records: Sequence[Placed]) -> None:  # noqa: ARG002  the port's
        """Refuse."""
        raise BusUnavailableError("This process only reads the bus.")

    async def bounds(self, topic: Topic) -> Bounds:
        """Return what the topic holds."""
        bounds = await self._read(lambda connection: _bounds(connection, topic))
        if bounds is None:
            raise BusUnavailableError(f"The topic {topic.name} is missing.")
        return bounds

    async def committed(self, topic: Topic, *, group: str) -> Mapping[int, int]:  # noqa: ARG002  the port's
        """Return nothing: a reader belongs to no group."""
        return {}

    async def commit(
        self,
        topic: Topic,
        offsets: Mapping[int, int],
        *,
        topic_id: str,
        group: str,
    ) -> None:
        """Move nothing: a reader belongs to no group, and holds nothing back."""

    async def ensure(self, topics: Sequence[Topic]) -> None:
        """Make nothing."""


@contextmanager
def _bus_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BusUnavailableError(f"The bus file did not serve: {error}.") from error


def _number(connection: sqlite3.Connection, topic: Topic) -> int:
    """Return the topic's number, of a new one where it is missing."""
    found = connection.execute("SELECT number FROM topics WHERE name = ?", (topic.name,)).fetchone()
    if found is not None:
        number: int = found[0]
        return number
    keeps = topic.keeps // timedelta(microseconds=1)
    made = connection.execute(
        "INSERT INTO topics (name, id, is_compacted, keeps_microseconds) VALUES (?, ?, ?, ?)"
        " RETURNING number",
        (topic.name, uuid.uuid4().hex, topic.is_compacted, keeps),
    ).fetchone()
    connection.executemany(
        "INSERT INTO partitions (topic, partition) VALUES (?, ?)",
        [(made[0], partition) for partition in range(topic.partitions)],
    )
    new: int = made[0]
    return new


def _append(
    connection: sqlite3.Connection, topic: Topic, records: Sequence[Placed], *, at: int
) -> None:
    number = _number(connection, topic)
    ends = dict(
        connection.execute(
            "SELECT partition, next FROM partitions WHERE topic = ?", (number,)
        ).fetchall()
    )
    rows = []
    for record in records:
        rows.append(
            (number, record.partition, ends[record.partition], record.key, record.value, at)
        )
        ends[record.partition] += 1
    connection.executemany(
        "INSERT INTO records (topic, partition, offset, key, value, at) VALUES (?, ?, ?, ?, ?, ?)",
        rows,
    )
    connection.executemany(
        "UPDATE partitions SET next = ? WHERE topic = ? AND partition = ?",
        [(ends[partition], number, partition) for partition in {r.partition for r in records}],
    )


def _records(
    connection: sqlite3.Connection,
    topic: Topic,
    offsets: Mapping[int, int],
    *,
    topic_id: str,
    most: int,
) -> list[Record] | None:
    found = connection.execute(
        "SELECT number, id FROM topics WHERE name = ?", (topic.name,)
    ).fetchone()
    if found is None or found[1] != topic_id:
        return None
    records: list[Record] = []
    for partition, offset in offsets.items():
        rows = connection.execute(
            "SELECT offset, key, value, at FROM records"
            " WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?",
            (found[0], partition, offset, most - len(records)),
        )
        records += [
            Record(
                topic=topic.name,
                topic_id=topic_id,
                partition=partition,
                offset=at_offset,
                key=key.decode(),
                value=value,
                at=_time(at),
            )
            for at_offset, key, value, at in rows
        ]
        if len(records) == most:
            break
    return records


def _bounds(connection: sqlite3.Connection, topic: Topic) -> Bounds | None:
    found = connection.execute("SELECT id FROM topics WHERE name = ?", (topic.name,)).fetchone()
    if found is None:
        return None
    rows = connection.execute(
        "SELECT p.partition, p.next, coalesce("
        "  (SELECT min(offset) FROM records r WHERE r.topic = p.topic"
        "   AND r.partition = p.partition), p.next)"
        " FROM partitions p JOIN topics t ON t.number = p.topic WHERE t.id = ? ORDER BY 1",
        (found[0],),
    ).fetchall()
    return Bounds(
        topic_id=found[0],
        earliest={partition: earliest for partition, _, earliest in rows},
        ends={partition: end for partition, end, _ in rows},
    )


def _remove(connection: sqlite3.Connection, topic: Topic) -> None:
    number = _number(connection, topic)
    for table in ("records", "partitions", "positions"):
        connection.execute(f"DELETE FROM {table} WHERE topic = ?", (number,))  # noqa: S608  our names
    connection.execute("DELETE FROM topics WHERE number = ?", (number,))


def _tidy(connection: sqlite3.Connection, *, now: int) -> None:
    topics = connection.execute(
        "SELECT number, is_compacted, keeps_microseconds, partition FROM topics"
        " JOIN partitions ON topic = number"
    ).fetchall()
    for number, is_compacted, keeps, partition in topics:
        if is_compacted:
            _compact(connection, number, partition)
        else:
            _forget(connection, number, partition, until=now - keeps)
    connection.execute(f"PRAGMA incremental_vacuum({_TIDY_AT_ONCE})")


def _forget(connection: sqlite3.Connection, number: int, partition: int, *, until: int) -> None:
    connection.execute(
        "DELETE FROM records WHERE seq IN ("
        " SELECT seq FROM (SELECT seq, at FROM records WHERE topic = ? AND partition = ?"
        "  ORDER BY offset LIMIT ?) WHERE at <= ?)",
        (number, partition, _TIDY_AT_ONCE, until),
    )


def _compact(connection: sqlite3.Connection, number: int, partition: int) -> None:
    connection.execute(
        "DELETE FROM records WHERE topic = ?1 AND partition = ?2 AND offset NOT IN ("
        " SELECT max(offset) FROM records WHERE topic = ?1 AND partition = ?2 GROUP BY key)",
        (number, partition),
    )


def _keep_under(connection: sqlite3.Connection, *, pages: int) -> None:
    """Remove the oldest records that may go until the file has fewer than `pages` in use.

    Raises:
        BusUnavailableError: nothing more may go.
    """
    while _pages_in_use(connection) >= pages:
        removed = connection.execute(
            "DELETE FROM records WHERE seq IN (SELECT seq FROM records r WHERE EXISTS ("
            "  SELECT 1 FROM positions p WHERE p.topic = r.topic AND p.partition = r.partition)"
            " AND r.offset < (SELECT min(next) FROM positions p"
            "  WHERE p.topic = r.topic AND p.partition = r.partition)"
            " ORDER BY seq LIMIT ?)",
            (_TIDY_AT_ONCE,),
        ).rowcount
        if not removed:
            raise BusUnavailableError(
                "The bus file is at its cap and holds nothing that every reader has finished; "
                "waiting for them."
            )


def _pages_in_use(connection: sqlite3.Connection) -> int:
    in_file: int = connection.execute("PRAGMA page_count").fetchone()[0]
    free: int = connection.execute("PRAGMA freelist_count").fetchone()[0]
    return in_file - free


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _time(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
