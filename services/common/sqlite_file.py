"""SQLite files: made for their owner alone; opened for two threads, one reads, one writes durably."""

from __future__ import annotations

import os
import pwd
import sqlite3
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from services.common.errors import ConfigurationError

WAIT_FOR_LOCK_SECONDS = 5


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
        ConfigurationError: the file cannot be opened, or a newer kabar wrote it.
    """
    make_private(path)
    try:
        writing = _connect(path)
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
        raise ConfigurationError(f"Cannot open {path}: {error}.") from error
    return reading, writing


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        path, timeout=WAIT_FOR_LOCK_SECONDS, isolation_level=None, check_same_thread=False
    )
