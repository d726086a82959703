"""SQLite files: made for their owner alone; opened for two threads, one reads, one writes durably."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import sqlite3
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from services.common.errors import ConfigurationError, DiskFailedError, KabarError

WAIT_FOR_LOCK_SECONDS = 5

MADE_ANEW = "move it away, with its -wal and -shm, and a new one is made"
"""What to do where a file is lost that its service can do without."""

_DAMAGED = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
_CLOSED = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM})
_FAILING = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})

# The index of a log takes 32 KB at once. With less free, whatever fails fails for want of room: SQLite
# says "disk I/O error" or "unable to open database file" of it.
_LEAST_FREE_BYTES = 100_000


def make_private(path: Path) -> None:
    """Make the file where it is missing, for its owner alone; SQLite gives its log the same mode.

    One that is there stays as it is: somebody may have opened it to a group. One that cannot be made
    is left to SQLite, which says why when it opens it.
    """
    # Never opens one that is there: closing it would drop the locks that SQLite holds on it.
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def require_readable(path: Path) -> None:
    """Refuse a file that this user may not read; nothing happens where there is none.

    SQLite would only say that it cannot open it, which sounds like damage.

    Raises:
        ConfigurationError: with whose it is.
    """
    if os.access(path, os.R_OK, effective_ids=True):
        return
    closed = path if os.access(path.parent, os.X_OK, effective_ids=True) else path.parent
    try:
        found = closed.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except PermissionError:
        whose = "what is above it is another user's"
    else:
        if closed != path and not stat.S_ISDIR(found.st_mode):
            return  # nothing can be in it
        whose = f"{'it' if closed == path else closed} belongs to {_name_of(found.st_uid)}"
    raise ConfigurationError(
        f"{path} cannot be read: {whose}. Run this as the user that runs kabar."
    )


def reading_uri(path: Path) -> str:
    """Return the address by which SQLite opens a database that is only to be read.

    Even then it writes beside the file, where another process may use it. In a directory that may not be
    written (a snapshot, a medium) and holds no log, the file stands still and is read as such.
    """
    has_log = path.with_name(f"{path.name}-wal").exists()
    stands_still = not has_log and not may_be_written(path.parent)
    return f"{path.absolute().as_uri()}?{'immutable=1' if stands_still else 'mode=ro'}"


def fault_of_file(path: Path, error: sqlite3.Error, *, when_lost: str) -> KabarError | None:
    """Return what an error of SQLite says of the database at `path`, with what to do about it; None where
    it says nothing of the file. `when_lost` is what to do where the file is damaged.
    """
    code = _code(error)
    if code in _DAMAGED:
        return ConfigurationError(f"{path} is damaged ({error}): {when_lost}.")
    if code in _FAILING | _CLOSED and (code == sqlite3.SQLITE_FULL or _is_full(path.parent)):
        return DiskFailedError(
            f"There is no room left for {path}: make some and start kabar again."
        )
    if code in _FAILING:
        return DiskFailedError(
            f"The disk fails with {path} ({error}): look at it and at the limits of this user, then"
            " start kabar again."
        )
    if code in _CLOSED and (obstacle := _obstacle_to(path)):
        return ConfigurationError(f"{path} cannot be written: {obstacle}.")
    if code == sqlite3.SQLITE_CANTOPEN:
        return DiskFailedError(f"{path} cannot be opened ({error}): start kabar again.")
    return None


def says_damaged(error: sqlite3.Error) -> bool:
    """Return whether SQLite says that a file is damaged, or no database."""
    return _code(error) in _DAMAGED


def _code(error: sqlite3.Error) -> int:
    # Of errors that Python finds by itself, such as a connection that was closed, there is none.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _is_full(directory: Path) -> bool:
    try:
        return shutil.disk_usage(directory).free < _LEAST_FREE_BYTES
    except OSError:
        return False


def _obstacle_to(path: Path) -> str | None:
    """Return what keeps us from writing a database, and what to do; None for nothing that can be seen."""
    beside = [path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm", "-journal"))]
    try:
        for one in beside:
            if one.is_dir():
                return f"{one.name} is a directory there. Move it away"
        for one in (path.parent, *beside):
            if one.exists() and not os.access(one, os.W_OK, effective_ids=True):
                whose = f"{'it' if one == path else one} belongs to {_name_of(one.stat().st_uid)}"
                return f"{whose}, or is for reading only. Run this as the user that runs kabar"
    except PermissionError:
        return "this user may not look into its directory. Run this as the user that runs kabar"
    return None


def may_be_written(directory: Path) -> bool:
    """Return whether this process may make files in a directory, as every writer of a database does."""
    return os.access(directory, os.W_OK, effective_ids=True)


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def damage_of(connection: sqlite3.Connection) -> str | None:
    """Return what is broken in a database first, None where it is whole.

    Raises:
        sqlite3.Error: it cannot be read at all.
    """
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return None if found == "ok" else str(found)


def open_pair(
    path: Path, *, schema: str, version: int, before_tables: Iterable[str] = ()
) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    """Return a reading and a writing connection to a file with the tables of `schema`.

    `before_tables` are pragmas that take effect in a new file only.

    Raises:
        ConfigurationError: the file cannot be opened, is another program's, or a newer kabar wrote it.
        DiskFailedError: there is no room for it.
    """
    make_private(path)
    try:
        writing = _connect(path)
        _require_tables_of(schema, writing, path)
        for pragma in before_tables:
            writing.execute(f"PRAGMA {pragma}")
        writing.execute("PRAGMA journal_mode = WAL")
        writing.execute("PRAGMA synchronous = FULL")
        found = writing.execute("PRAGMA user_version").fetchone()[0]
        if found > version:
            writing.close()
            raise ConfigurationError(f"{path} was written by a newer kabar; run that version.")
        writing.executescript(schema)
        writing.execute(f"PRAGMA user_version = {version}")
        reading = _connect(path)
        reading.execute("PRAGMA query_only = ON")
        reading.execute("PRAGMA wal_autocheckpoint = 0")
    except sqlite3.Error as error:
        fault = fault_of_file(path, error, when_lost=MADE_ANEW)
        raise fault or ConfigurationError(f"Cannot open {path}: {error}.") from error
    return reading, writing


def _require_tables_of(schema: str, connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that has tables, and not the first of `schema`: nothing is written into it."""
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    found = {name for (name,) in rows}
    first = re.search(r"CREATE TABLE IF NOT EXISTS (\w+)", schema)
    if found and first and first[1] not in found:
        connection.close()
        raise ConfigurationError(
            f"{path} is another program's database: move it away, or choose another data directory."
        )


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        path, timeout=WAIT_FOR_LOCK_SECONDS, isolation_level=None, check_same_thread=False
    )
