"""The schema: numbered SQL files in `migrations/`, each run once, only ever forward."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from pathlib import Path

from services.common.errors import ConfigurationError
from services.common.sqlite_file import says_damaged

APPLICATION_ID = 0x6B616261  # "kaba", so that `file` and we know whose database it is

WHEN_LOST = "move it away, then restore a backup or run `kabar rebuild`"


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to the newest version, one transaction a step.

    Raises:
        ConfigurationError: a newer kabar wrote it. Start that one, or restore a backup.
    """
    steps = _steps()
    version = version_of(connection)
    if version > len(steps):
        raise ConfigurationError(
            f"{_file_of(connection)} has version {version} and this kabar knows {len(steps)}: "
            "start the newer kabar that wrote it, or restore a backup."
        )
    for number, script in enumerate(steps[version:], start=version + 1):
        _run(connection, script, number=number)


def require_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse the file at `path` where it holds something else than a kabar.db; an empty one may become one.

    Raises:
        ConfigurationError: it is damaged, or another program's. Move it away.
    """
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        if not says_damaged(error):
            raise
        raise ConfigurationError(f"{path} is damaged ({error}): {WHEN_LOST}.") from error
    if tables and application != APPLICATION_ID:
        raise ConfigurationError(
            f"{path} is another program's database: move it away, or choose another data directory."
        )


def require_newest(connection: sqlite3.Connection) -> None:
    """Refuse a database that a reader cannot bring to the newest version.

    Raises:
        ConfigurationError: it is empty, or another kabar left it. Start this one once, or that one.
    """
    version, newest = version_of(connection), len(_steps())
    file = _file_of(connection)
    if version == 0:
        raise ConfigurationError(
            f"{file} is empty: restore a backup if it was not, or start kabar on it, which begins anew."
        )
    if version < newest:
        raise ConfigurationError(
            f"{file} has version {version}, of an older kabar, and this one needs {newest}: "
            "start kabar on it once, which brings it up to date."
        )
    if version > newest:
        raise ConfigurationError(
            f"{file} has version {version} and this kabar knows {newest}: "
            "use the newer kabar that wrote it."
        )


def fault_of(connection: sqlite3.Connection, path: Path) -> str | None:
    """Return why kabar does not start on the file at `path`, or begins anew; None where it goes on with it.

    One of an older version goes on: it is brought up to date.
    """
    try:
        require_ours(connection, path)
        if not 0 < version_of(connection) <= len(_steps()):
            require_newest(connection)
    except ConfigurationError as error:
        return str(error)
    return None


def version_of(connection: sqlite3.Connection) -> int:
    """Return how many steps the database has behind it; 0 for an empty file."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _file_of(connection: sqlite3.Connection) -> str:
    """Return the path of the file that `connection` has open."""
    return str(connection.execute("PRAGMA database_list").fetchone()[2]) or "the database in memory"


def _run(connection: sqlite3.Connection, script: str, *, number: int) -> None:
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE; {script}; PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {number}; COMMIT;"
        )
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _steps() -> list[str]:
    """Return the scripts in their order; the file names are 0001_… without a gap."""
    folder = files("services.alerter.database").joinpath("migrations")
    scripts = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".sql")),
        key=lambda entry: entry.name,
    )
    return [script.read_text(encoding="utf-8") for script in scripts]
