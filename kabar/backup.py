"""Backup and restore: everything in the data directory as one file.

A backup is taken while kabar runs. Each database is copied as it stands at one moment, in this order:

1. `feeds.db`, what was seen. A story that is published behind this moment is polled again after a
   restore: a repeat, which ids make invisible.
2. `kabar.db`, with the positions up to which readings were tracked. Behind them the copy of the bus
   has all that came since.
3. `bus.db`, stories and readings.

The other way round a story would count as seen, or a reading as tracked, that the bus does not have.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from kabar.data_directory import BUS_FILE, STORE_FILE, made, unused
from services.alerter.database.connections import FILE_NAME as DATABASE_FILE
from services.alerter.database.connections import open_alone
from services.alerter.database.restored import settle_restored
from services.common.errors import ConfigurationError
from services.common.sqlite_file import damage_of, reading_uri, require_readable

TOKEN_FILE = "admin-token"  # noqa: S105  a file's name

DATABASES = (STORE_FILE, DATABASE_FILE, BUS_FILE)
"""In the order in which they are copied."""

_CONTENTS = "backup.json"
_VERSION = 1

_UNREADABLE = (
    OSError,
    EOFError,  # cut short
    zlib.error,
    tarfile.TarError,
    sqlite3.Error,
    ValueError,
    KeyError,
    TypeError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup holds. `at` is when it began."""

    at: str
    files: tuple[str, ...]
    version: int = _VERSION


def back_up(data: Path, file: Path, *, now: datetime) -> Backup:
    """Write what is in `data` to `file`, which only its owner may read; return what is in it.

    A file of that name is replaced once the new one is complete and on the disk.

    Raises:
        ConfigurationError: there is nothing in `data` that we may read, or `file` cannot be written.
    """
    for name in (*DATABASES, TOKEN_FILE):
        require_readable(data / name)
    if not (data / DATABASE_FILE).is_file():
        raise ConfigurationError(f"There is no database in {data}: nothing ran here yet.")
    try:
        with tempfile.TemporaryDirectory(prefix=".kabar-backup-", dir=file.parent) as directory:
            copies = [
                _copied(data / name, Path(directory) / name)
                for name in DATABASES
                if (data / name).is_file()
            ]
            if (data / TOKEN_FILE).is_file():
                copies.append(Path(shutil.copy2(data / TOKEN_FILE, directory)))
            backup = Backup(at=now.isoformat(), files=tuple(copy.name for copy in copies))
            _write(file, Path(directory), backup)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"{file} was not written: {reason}.") from error
    return backup


def restore(file: Path, data: Path, *, now: datetime) -> Backup:
    """Put what `file` holds into `data`, which holds none of it yet; return what it was.

    What was on its way at the moment of the backup went out right after it, since kabar went on: it is
    kept as dead, with that reason, for `kabar redeliver`. What waited for its time, or for a channel
    that was down, waits on.

    Raises:
        ConfigurationError: `data` is in use or has databases, or `file` is no backup.
    """
    with (
        _empty(made(data)),
        tempfile.TemporaryDirectory(prefix=".kabar-restore-", dir=data) as directory,
    ):
        unpacked = Path(directory)
        try:
            backup = _unpack(file, unpacked)
            _prepare(unpacked, backup, now=now)
        except _UNREADABLE as error:
            raise ConfigurationError(f"{file} is no backup that can be read: {error}.") from error
        for name in backup.files:
            (unpacked / name).rename(data / name)
        _sync(data)
    return backup


@contextmanager
def _empty(data: Path) -> Iterator[None]:
    """Hold `data` against every kabar; refuse it where it is held or not empty."""
    with unused(data, otherwise="stop it first, or choose another directory"):
        present = [name for name in DATABASES if (data / name).exists()]
        if present:
            raise ConfigurationError(
                f"{data} already has {', '.join(present)}: move that away first; nothing is replaced."
            )
        yield


def _copied(source: Path, copy: Path) -> Path:
    """Copy a database as it stands at one moment, by a connection that only reads."""
    uri = reading_uri(source)
    with (
        closing(sqlite3.connect(uri, uri=True, timeout=10)) as reading,
        closing(sqlite3.connect(copy)) as writing,
    ):
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")
    return copy


def _write(file: Path, directory: Path, backup: Backup) -> None:
    (directory / _CONTENTS).write_text(json.dumps(asdict(backup)), encoding="utf-8")
    packed = directory / "packed"
    descriptor = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        with tarfile.open(fileobj=target, mode="w:gz", compresslevel=3) as archive:
            for name in (_CONTENTS, *backup.files):
                archive.add(directory / name, arcname=name)
        target.flush()
        os.fsync(target.fileno())
    packed.replace(file)
    _sync(file.parent)


def _unpack(file: Path, directory: Path) -> Backup:
    with tarfile.open(file, "r:gz") as archive:
        contents = json.loads(_member(archive, _CONTENTS).read())
        backup = Backup(
            at=str(contents["at"]), files=tuple(contents["files"]), version=contents["version"]
        )
        if backup.version > _VERSION:
            raise ValueError("a newer kabar wrote it")
        unknown = set(backup.files) - {*DATABASES, TOKEN_FILE}
        if unknown or DATABASE_FILE not in backup.files:
            raise ValueError(f"it holds {', '.join(sorted(unknown)) or 'no database'}")
        for name in backup.files:
            descriptor = os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as target:
                shutil.copyfileobj(_member(archive, name), target)
                target.flush()
                os.fsync(target.fileno())
    return backup


def _member(archive: tarfile.TarFile, name: str) -> tarfile.ExFileObject:
    found = archive.extractfile(name)
    if found is None:
        raise ValueError(f"{name} is no file in it")
    return found  # type: ignore[return-value]  # what extractfile gives for a file


def _prepare(directory: Path, backup: Backup, *, now: datetime) -> None:
    """Check every database, and settle what the backup caught on its way."""
    for name in DATABASES:
        if name in backup.files:
            with closing(sqlite3.connect(directory / name)) as connection:
                damage = damage_of(connection)
            if damage is not None:
                raise ValueError(f"{name} is damaged: {damage}")
    with closing(open_alone(directory)) as connection:
        settle_restored(connection, backup_at=backup.at, now=now)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
