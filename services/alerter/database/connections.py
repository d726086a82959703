"""Database: one connection that writes, in one thread; readers that can only read, in others.

Everything that changes the file, checkpoints included, goes through the one writing connection
(design decision 29: SQLite versions that distributions ship have a checkpoint race). A function
given to `write` is done wholly or not at all; those that wait at the same time share a transaction,
so that sixteen messages on their way cost one wait for the disk.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import structlog

from services.alerter.database.schema import (
    WHEN_LOST,
    migrate,
    require_newest,
    require_ours,
)
from services.common.bus.jobs import Job
from services.common.errors import TransientError
from services.common.sqlite_file import (
    fault_of_file,
    make_private,
    reading_uri,
    require_readable,
)
from services.common.telemetry.health import Gate

P = ParamSpec("P")
T = TypeVar("T")

FILE_NAME = "kabar.db"

_BUSY_SECONDS = 10.0
_LOOK_FOR_LOCK_SECONDS = 2.0
"""How long the process's writer waits for a lock until it sees whether it is to end: twice at most, and
what was asked to stop ends within fifteen seconds."""
_INCREMENTAL = 2
_READERS = 2
_LOCKED = "Another program holds kabar.db: nothing is written or sent until it lets go of it."

log = structlog.get_logger()


class DatabaseLockedError(TransientError):
    """Another program holds the file; nothing was written, nor will be. Close it there, then do it again."""


class _Unwaiting(Job[sqlite3.Connection]):
    """A job that is turned away where another program holds the file."""


class WritingConnection(sqlite3.Connection):
    """The writer's connection. `kept` is what its functions remember of what stands in the file.

    All writing goes through it, so it knows what changes; after a rollback everything is forgotten.
    """

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # as sqlite3.connect gives them
        self.kept: dict[type, object] = {}


def kept_by(connection: sqlite3.Connection, kind: type[T]) -> T:
    """Return what a connection's functions remember as a `kind`, made now where there is none.

    Of a connection that does not write nothing is remembered: it does not see what changes.
    """
    if not isinstance(connection, WritingConnection):
        return kind()
    found = connection.kept.get(kind)
    if not isinstance(found, kind):
        found = connection.kept[kind] = kind()
    return found


def forget_kept(connection: sqlite3.Connection) -> None:
    """Forget what is remembered of the file: something was undone, or removed behind its back."""
    if isinstance(connection, WritingConnection):
        connection.kept.clear()


class Database:
    """The alerter's database, open for as long as this process is the active writer.

    Errors of the disk come out as DiskFailedError, or ConfigurationError where the file is damaged or
    not ours to write, and end the process: nothing of the transaction was kept. A lock that another program holds, such as a browser of databases with an
    edit that is not saved, is waited for, when it is opened too; `gate` is shut meanwhile.
    """

    def __init__(self, path: Path, *, gate: Gate | None = None) -> None:
        self._path = path
        self._gate = gate or Gate(reason=None)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="kabar-db-writer")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="kabar-db-reader")
        self._reading = _ReadersConnections(path)
        self._connection: sqlite3.Connection | None = None
        self._waiting: deque[Job[sqlite3.Connection]] = deque()
        self._is_closing = False

    @classmethod
    async def open(cls, data: Path, *, gate: Gate | None = None) -> Self:
        """Return the database in the directory `data`, made or migrated as needed.

        Raises:
            ConfigurationError: a newer kabar wrote it, it is no kabar.db that can be read, or it cannot
                be written.
            DiskFailedError: no room is left, or the disk fails.
        """
        database = cls(data / FILE_NAME, gate=gate)
        try:
            await database._in_writer(database._connect)
        except BaseException:
            await database.close()
            raise
        return database

    async def write(
        self, change: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kw: P.kwargs
    ) -> T:
        """Return what `change(connection, …)` returns, when its transaction is durable.

        Whatever it raises undoes what it did and comes out here. It may be called twice: again alone,
        when another one in its transaction failed.
        """
        job: Job[sqlite3.Connection] = Job.of(lambda connection: change(connection, *args, **kw))
        result: T = await self._written(job)
        return result

    async def write_now(
        self, change: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kw: P.kwargs
    ) -> T:
        """Return what `write` does, for somebody who waits for an answer.

        Raises:
            DatabaseLockedError: another program holds the file, for seconds already.
        """
        job = _Unwaiting.of(lambda connection: change(connection, *args, **kw))
        result: T = await self._written(job)
        return result

    async def _written(self, job: Job[sqlite3.Connection]) -> Any:
        self._waiting.append(job)
        # Nobody waits for this call but for the job, which an earlier call may have taken along: a
        # transaction that began ends, also when its caller is cancelled.
        self._writer.submit(self._write_waiting)
        with self._told_faults():
            return await job.done

    async def read(
        self, query: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kw: P.kwargs
    ) -> T:
        """Return what `query(connection, …)` returns, in one snapshot of what was written."""

        def snapshot() -> T:
            connection = self._reading.of_this_thread()
            connection.execute("BEGIN")
            try:
                return query(connection, *args, **kw)
            finally:
                connection.execute("ROLLBACK")

        with self._told_faults():
            return await asyncio.get_running_loop().run_in_executor(self._readers, snapshot)

    async def close(self) -> None:
        """Return when nothing is open any more; the writer closes last and checkpoints."""
        self._is_closing = True
        await asyncio.to_thread(self._readers.shutdown)
        self._reading.close()
        await self._in_writer(self._disconnect)
        await asyncio.to_thread(self._writer.shutdown)

    async def _in_writer(self, work: Callable[[], T]) -> T:
        # Shielded: what opens or closes the file ends, also when its caller is cancelled.
        future = asyncio.get_running_loop().run_in_executor(self._writer, work)
        return await asyncio.shield(future)

    def _write_waiting(self) -> None:
        """Write all that waits by now; nothing, when an earlier call took it along."""
        if not (jobs := self._taken()):
            return
        if self._connection is None:
            for job in jobs:
                job.fail(RuntimeError("The database is closed."))
        else:
            self._transact(self._connection, jobs)

    def _taken(self) -> list[Job[sqlite3.Connection]]:
        """Take all that waits by now."""
        jobs: list[Job[sqlite3.Connection]] = []
        while self._waiting:
            jobs.append(self._waiting.popleft())
        return jobs

    def _transact(
        self, connection: sqlite3.Connection, jobs: list[Job[sqlite3.Connection]]
    ) -> None:
        """Do `jobs` in one transaction; each in its own where one of them fails."""

        def turn_away() -> None:
            jobs.extend(self._taken())
            away = [job for job in jobs if isinstance(job, _Unwaiting)]
            jobs[:] = [job for job in jobs if not isinstance(job, _Unwaiting)]
            for job in away:
                job.fail(DatabaseLockedError(_LOCKED))

        try:
            self._unlocked(lambda: connection.execute("BEGIN IMMEDIATE"), while_locked=turn_away)
        except sqlite3.OperationalError as error:
            for job in jobs:
                job.fail(error)
            return
        try:
            with _begun(connection):
                results = [job.work(connection) for job in jobs]
        except Exception as error:  # noqa: BLE001  whoever waits gets it, whatever it is
            if len(jobs) == 1:
                jobs[0].fail(error)
                return
            for job in jobs:
                self._transact(connection, [job])
        else:
            for job, result in zip(jobs, results, strict=True):
                job.succeed(result)

    def _unlocked(
        self, work: Callable[[], T], *, while_locked: Callable[[], None] = lambda: None
    ) -> T:
        """Return what `work` does once no other program holds the file; say once that one does."""
        try:
            while True:
                try:
                    return work()
                except sqlite3.OperationalError as error:
                    is_locked = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                    if not (is_locked and self._waits()):
                        raise
                if self._gate.reason is None:
                    log.warning("database_locked", reason=_LOCKED)
                    self._gate.shut(_LOCKED)
                while_locked()
        finally:
            self._gate.open()

    def _connect(self) -> None:
        try:
            with self._told_faults():
                self._connection = self._unlocked(
                    lambda: _writer(self._path, busy_seconds=_LOOK_FOR_LOCK_SECONDS)
                )
        except sqlite3.OperationalError:
            if self._waits():
                raise

    def _waits(self) -> bool:
        return not self._is_closing

    @contextmanager
    def _told_faults(self) -> Iterator[None]:
        """Say of the file what SQLite's error means for it."""
        try:
            yield
        except sqlite3.Error as error:
            fault = fault_of_file(self._path, error, when_lost=WHEN_LOST)
            if fault is None:
                raise
            raise fault from error

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done inside, or nothing of it when it raises."""
    connection.execute("BEGIN IMMEDIATE")
    with _begun(connection):
        yield


@contextmanager
def _begun(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done inside, in the transaction that began, or nothing of it when it raises."""
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        forget_kept(connection)
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def open_alone(data: Path) -> sqlite3.Connection:
    """Return a connection that writes, the database migrated, for a command that holds the lock.

    Raises:
        ConfigurationError: a newer kabar wrote it, or it is no kabar.db that can be read.
    """
    return _writer(data / FILE_NAME, busy_seconds=_BUSY_SECONDS)


def open_read_only(data: Path) -> sqlite3.Connection:
    """Return a connection that only reads, for a command where no service runs; close it.

    Raises:
        FileNotFoundError: there is no database in `data`.
        ConfigurationError: an older or a newer kabar wrote it, or it is no kabar.db that can be read.
    """
    path = require_database(data)
    connection = _reader(path)
    try:
        require_ours(connection, path)
        require_newest(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def require_database(data: Path) -> Path:
    """Return the database's file in `data`.

    Raises:
        FileNotFoundError: there is none.
        ConfigurationError: it belongs to another user.
    """
    path = data / FILE_NAME
    require_readable(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no database in {data}: nothing ran here yet."
            " Start kabar on it, or name another directory with --data."
        )
    return path


def database_in_memory() -> sqlite3.Connection:
    """Return an empty database of the newest version that goes when it is closed."""
    connection = sqlite3.connect("file::memory:", uri=True, isolation_level=None)
    migrate(connection)
    return connection


def attach_read_only(connection: sqlite3.Connection, data: Path, *, name: str) -> None:
    """Attach the database in `data` as schema `name`, which only reads.

    Raises:
        FileNotFoundError: there is no database in `data`.
        ConfigurationError: it belongs to another user.
    """
    path = require_database(data)
    connection.execute(f"ATTACH ? AS {name}", (reading_uri(path),))


def _writer(path: Path, *, busy_seconds: float) -> sqlite3.Connection:
    make_private(path)
    connection = sqlite3.connect(
        path,
        timeout=busy_seconds,
        isolation_level=None,
        check_same_thread=False,
        factory=WritingConnection,
    )
    try:
        require_ours(connection, path)
        # Takes effect in a new file only, and must be said before the first table.
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -16000")
        # What a record's savepoint would undo stays in memory, not in a temporary file; and pages are
        # moved out of the log every 16 MB, not 4, since most are written again by the next batch. Both
        # together save a third of what SQLite takes when ten thousand events are open.
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        migrate(connection)
        _let_shrink(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _let_shrink(connection: sqlite3.Connection) -> None:
    """Have a file of an early version give free pages back; where there is no room for it, as it is."""
    (mode,) = connection.execute("PRAGMA auto_vacuum").fetchone()
    if mode != _INCREMENTAL:
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("VACUUM")


def _reader(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        reading_uri(path),
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA query_only = ON")
    return connection


class _ReadersConnections:
    """One reading connection a thread, closed together."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def of_this_thread(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._thread, "connection", None)
        if connection is None:
            connection = self._thread.connection = _reader(self._path)
            with self._lock:
                self._open.append(connection)
        return connection

    def close(self) -> None:
        with self._lock:
            while self._open:
                self._open.pop().close()
