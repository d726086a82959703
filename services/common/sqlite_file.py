"""SQLite files that two threads use: one connection that reads, one that writes durably."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from services.common.errors import ConfigurationError

WAIT_FOR_LOCK_SECONDS = 5


def open_pair(
    path: Path, *, schema: str, version: int, before_tables: Iterable[str] = ()
) -> tuple[sqlite3.Connection, sqlite3.Connection]:
    """Return a reading and a writing connection to a file with the tables of `schema`.

    `before_tables` are pragmas that take effect in a new file only.

    Raises:
        ConfigurationError: the file cannot be opened, or a newer kabar wrote it.
    """
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
