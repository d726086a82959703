"""The bus in one SQLite file: for the all-in-one process.

Durable when `publish` returns: WAL with `synchronous=FULL`, and publishers that come together share one
fsync (`group_commit.py`). One connection writes and checkpoints, another reads and can do nothing else:
with two writers, SQLite before 3.51.3 can lose a checkpoint (https://sqlite.org/wal.html#walresetbug).

What goes and when: records older than their topic keeps, once every group of the topic has committed
them; the older records of a key in a compacted topic; and, once the file is at its cap, the oldest
records that every group of their topic has committed. When nothing else may go, `publish` raises
BusUnavailableError until a group has moved on: the cap slows the fetcher down, it never drops a story
that nobody has read. Stories may fill less of the file than what is made of them: who reads them has to
publish before it can move on.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from services.common.bus import sqlite_tables as tables
from services.common.bus.group_commit import GroupCommit
from services.common.bus.local import LocalBus
from services.common.bus.log import Bounds, Placed
from services.common.bus.port import Record
from services.common.clock import Clock
from services.common.contracts.topics import READINGS, STORIES, Topic
from services.common.errors import BusUnavailableError, ConfigurationError
from services.common.sqlite_file import (
    MADE_ANEW,
    WAIT_FOR_LOCK_SECONDS,
    open_pair,
    reading_uri,
    require_readable,
    says_damaged,
)

T = TypeVar("T")

CAP_BYTES = 1024**3
"""How large the file may grow unless told otherwise."""

_TIDY_EVERY = timedelta(minutes=1)
_PAGE_BYTES = 4_096
_SHARES = {STORIES: 0.8, READINGS: 0.9}
"""How full the file may be for another record of a topic; for any other it may be full."""


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


def require_bus(path: Path) -> None:
    """Refuse the file at `path` where it is no bus, and touch nothing.

    Raises:
        ConfigurationError: it is empty, another program's, or cannot be read.
    """
    require_readable(path)
    # A file without a log beside it stands still: opened as such, not even a lock is made.
    how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as connection:
            rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            names = {name for (name,) in rows}
    except sqlite3.Error as error:
        raise ConfigurationError(f"{path} is no bus: {error}.") from error
    if not names:
        raise ConfigurationError(f"{path} is empty: no kabar ran on it yet.")
    if not names.issuperset(tables.NAMES):
        raise ConfigurationError(f"{path} is another program's, no bus.")


class _ReadingHalf:
    """The half of both logs that reads: one connection, used in a thread of its own."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-reader")

    async def read(
        self, topic: Topic, offsets: Mapping[int, int], *, topic_id: str, most: int
    ) -> Sequence[Record] | None:
        """Return records from the offsets on."""
        wanted = dict(offsets)
        return await self._read(
            lambda connection: tables.records(
                connection, topic, wanted, topic_id=topic_id, most=most
            )
        )

    async def close(self) -> None:
        """Close the connection."""
        await asyncio.to_thread(self._thread.shutdown)
        self._connection.close()

    async def _read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        with _bus_errors(self._path):
            try:
                reading = asyncio.get_running_loop().run_in_executor(
                    self._thread, job, self._connection
                )
            except RuntimeError as error:
                raise BusUnavailableError("The bus was closed.") from error
            return await reading


class SqliteLog(_ReadingHalf):
    """The Log port in a SQLite file."""

    def __init__(self, path: Path, clock: Clock, *, cap_bytes: int = CAP_BYTES) -> None:
        self._clock = clock
        self._cap_pages = cap_bytes // _PAGE_BYTES
        self._tidied_at = clock.monotonic() - _TIDY_EVERY.total_seconds()
        reading, writing = open_pair(
            path,
            schema=tables.SCHEMA,
            version=tables.SCHEMA_VERSION,
            before_tables=(f"page_size = {_PAGE_BYTES}", "auto_vacuum = INCREMENTAL"),
        )
        super().__init__(reading, path)
        self._writer = GroupCommit(writing)

    async def append(self, topic: Topic, records: Sequence[Placed]) -> None:
        """Append in one transaction, making room before where it is needed."""
        at = tables.microseconds(self._clock.now())
        tidy = self._is_tidying_due()
        pages = int(self._cap_pages * _SHARES.get(topic, 1))

        def write(connection: sqlite3.Connection) -> None:
            if tidy:
                tables.tidy(connection, now=at)
            tables.keep_under(connection, pages=pages)
            tables.append(connection, topic, records, at=at)

        await self._write(write)

    async def bounds(self, topic: Topic) -> Bounds:
        """Return what the topic holds."""
        bounds = await self._read(lambda connection: tables.bounds(connection, topic))
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
                tables.number_of(connection, topic)

        await self._write(write)

    async def add_partitions(self, topic: Topic) -> None:
        """Make what is missing."""
        await self._write(lambda connection: tables.add_partitions(connection, topic))

    async def close(self) -> None:
        """Finish what is being written and close the file."""
        await self._writer.close()
        await super().close()

    async def tidy(self) -> None:
        """Remove what may go now, up to a thousand records of each partition."""
        now = tables.microseconds(self._clock.now())
        await self._write(lambda connection: tables.tidy(connection, now=now))

    async def remove(self, topic: Topic) -> None:
        """Forget the topic altogether; the next use makes it again, with another id."""
        await self._write(lambda connection: tables.remove(connection, topic))

    def _is_tidying_due(self) -> bool:
        now = self._clock.monotonic()
        if now - self._tidied_at < _TIDY_EVERY.total_seconds():
            return False
        self._tidied_at = now
        return True

    async def _write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        with _bus_errors(self._path):
            return await self._writer.write(job)


class _SqliteLogReader(_ReadingHalf):
    """The reading half of the Log port; appending raises BusUnavailableError."""

    def __init__(self, path: Path) -> None:
        uri = reading_uri(path)
        try:
            connection = sqlite3.connect(
                uri, uri=True, timeout=WAIT_FOR_LOCK_SECONDS, check_same_thread=False
            )
            connection.execute("PRAGMA query_only = ON")
        except sqlite3.Error as error:
            raise ConfigurationError(f"Cannot open {path}: {error}.") from error
        super().__init__(connection, path)

    async def append(self, topic: Topic, records: Sequence[Placed]) -> None:  # noqa: ARG002  the port's
        """Refuse."""
        raise BusUnavailableError("This process only reads the bus.")

    async def bounds(self, topic: Topic) -> Bounds:
        """Return what the topic holds."""
        bounds = await self._read(lambda connection: tables.bounds(connection, topic))
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

    async def add_partitions(self, topic: Topic) -> None:  # noqa: ARG002  the port's
        """Refuse."""
        raise BusUnavailableError("This process only reads the bus.")


@contextmanager
def _bus_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if says_damaged(error):
            raise ConfigurationError(f"{path} is damaged ({error}): {MADE_ANEW}.") from error
        raise BusUnavailableError(f"The bus file did not serve: {error}.") from error
