"""The FeedStore in one SQLite file: for the all-in-one process.

WAL with `synchronous=FULL`; one connection writes, and polls that end together share one fsync; another
reads and can do nothing else.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from services.common.bus.group_commit import GroupCommit
from services.common.contracts.codec import encode
from services.common.errors import ConfigurationError, StoreUnavailableError
from services.common.ids import FeedId, StoryId
from services.common.sqlite_file import MADE_ANEW, open_pair, says_damaged
from services.fetcher.store.port import FeedState, Held, Installation, SeenEntry
from services.fetcher.store.written import HEAD_BYTES, KnownMark, mark_from, state_from, states_from

T = TypeVar("T")

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS installation (one INTEGER PRIMARY KEY CHECK (one = 1), mark BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS states (feed TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    feed TEXT NOT NULL, story TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    seen_at INTEGER NOT NULL, shown_at INTEGER NOT NULL,   -- microseconds since 1970, UTC
    backfill INTEGER NOT NULL, ignored INTEGER NOT NULL, revisions INTEGER NOT NULL,
    PRIMARY KEY (feed, story)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (
    feed TEXT PRIMARY KEY, token TEXT NOT NULL, until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS penalties (host TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class SqliteStore:
    """Keeps everything in the file at `path`, which is made when it is missing."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigurationError when the file cannot be used: stop and tell the operator."""
        self._path = path
        self._reading, writing = open_pair(path, schema=_SCHEMA, version=_SCHEMA_VERSION)
        self._writer = GroupCommit(writing)
        self._known_mark = KnownMark()
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="feeds-reader")

    async def mark(self, installation: Installation) -> Installation:
        """Set the mark unless there is one."""

        def write(connection: sqlite3.Connection) -> Installation:
            connection.execute(
                "INSERT OR IGNORE INTO installation VALUES (1, ?)", (encode(installation),)
            )
            return _installation(connection) or installation

        return await self._write(write)

    async def installation(self) -> Installation | None:
        """Return the mark."""
        return await self._read(_installation)

    async def states(self) -> Mapping[FeedId, FeedState]:
        """Return every state."""

        def read(connection: sqlite3.Connection) -> dict[FeedId, FeedState]:
            return states_from(connection.execute("SELECT feed, state FROM states"))

        return await self._read(read)

    async def hold(
        self, feed: FeedId, *, token: str, now: datetime, until: datetime
    ) -> Held | None:
        """Take the lease on a feed."""

        def write(connection: sqlite3.Connection) -> Held | None:
            taken = connection.execute(
                "INSERT INTO leases VALUES (?, ?, ?) ON CONFLICT (feed) DO UPDATE"
                " SET token = excluded.token, until = excluded.until"
                " WHERE token = excluded.token OR until <= ? OR until > ?",
                (feed, token, _number(until), _number(now), _number(until + (until - now))),
            )
            if taken.rowcount == 0:
                return None
            return Held(
                installation=self._known_mark.read(self._written_mark(connection)),
                state=_state(connection, feed),
            )

        return await self._write(write)

    async def release(self, feed: FeedId, *, token: str) -> None:
        """Give the lease back."""
        await self._write(lambda connection: _release(connection, feed, token))

    async def seen(self, feed: FeedId, stories: Collection[StoryId]) -> Mapping[StoryId, SeenEntry]:
        """Return what is known of `stories`."""
        asked = json.dumps(list(stories))

        def read(connection: sqlite3.Connection) -> dict[StoryId, SeenEntry]:
            rows = connection.execute(
                "SELECT story, content_hash, seen_at, shown_at, backfill, ignored, revisions"
                " FROM entries WHERE feed = ? AND story IN (SELECT value FROM json_each(?))",
                (feed, asked),
            )
            return {StoryId(row[0]): _entry(row) for row in rows}

        return await self._read(read)

    async def remember(
        self,
        state: FeedState,
        entries: Collection[SeenEntry],
        *,
        token: str,
        shown_since: datetime | None = None,
    ) -> bool:
        """Write state and entries."""
        rows = [_row(state.feed_id, entry) for entry in entries]

        def write(connection: sqlite3.Connection) -> bool:
            holder = connection.execute(
                "SELECT token FROM leases WHERE feed = ?", (state.feed_id,)
            ).fetchone()
            if holder is not None and holder[0] != token:
                return False
            connection.execute(
                "INSERT OR REPLACE INTO states VALUES (?, ?)", (state.feed_id, encode(state))
            )
            connection.executemany(
                "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
            if shown_since is not None:
                connection.execute(
                    "DELETE FROM entries WHERE feed = ? AND shown_at < ?",
                    (state.feed_id, _number(shown_since)),
                )
            _release(connection, state.feed_id, token)
            return True

        return await self._write(write)

    async def forget(self, feed: FeedId, *, token: str) -> None:
        """Forget all of a feed."""

        def write(connection: sqlite3.Connection) -> None:
            if _release(connection, feed, token):
                connection.execute("DELETE FROM states WHERE feed = ?", (feed,))
                connection.execute("DELETE FROM entries WHERE feed = ?", (feed,))

        await self._write(write)

    async def penalties(self, *, now: datetime) -> Mapping[str, datetime]:
        """Return the penalties in force."""

        def read(connection: sqlite3.Connection) -> dict[str, datetime]:
            rows = connection.execute(
                "SELECT host, until FROM penalties WHERE until > ?", (_number(now),)
            )
            return {host: _time(until) for host, until in rows}

        return await self._read(read)

    async def penalise(self, host: str, *, until: datetime) -> None:
        """Leave a host alone."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO penalties VALUES (?, ?) ON CONFLICT (host) DO UPDATE"
                " SET until = max(until, excluded.until)",
                (host, _number(until)),
            )

        await self._write(write)

    async def close(self) -> None:
        """Finish what is being written and close the file."""
        await self._writer.close()
        await asyncio.to_thread(self._reader.shutdown)
        self._reading.close()

    def _written_mark(self, connection: sqlite3.Connection) -> bytes:
        """Return the mark, or its head where that is known; empty where there is none."""
        found = connection.execute("SELECT substr(mark, 1, ?) FROM installation", (HEAD_BYTES,))
        (head,) = found.fetchone() or (b"",)
        if head in {b"", self._known_mark.head}:
            return bytes(head)
        (written,) = connection.execute("SELECT mark FROM installation").fetchone()
        return bytes(written)

    async def _write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        with _store_errors(self._path):
            return await self._writer.write(job)

    async def _read(self, job: Callable[[sqlite3.Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        with _store_errors(self._path):
            try:
                reading = loop.run_in_executor(self._reader, job, self._reading)
            except RuntimeError as error:
                raise StoreUnavailableError("The store was closed.") from error
            return await reading


@contextmanager
def _store_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if says_damaged(error):
            raise ConfigurationError(f"{path} is damaged ({error}): {MADE_ANEW}.") from error
        raise StoreUnavailableError(f"The file of the feeds did not serve: {error}.") from error


def _installation(connection: sqlite3.Connection) -> Installation | None:
    found = connection.execute("SELECT mark FROM installation").fetchone()
    return mark_from(found[0]) if found else None


def _state(connection: sqlite3.Connection, feed: FeedId) -> FeedState | None:
    found = connection.execute("SELECT state FROM states WHERE feed = ?", (feed,)).fetchone()
    return state_from(feed, found[0]) if found else None


def _release(connection: sqlite3.Connection, feed: FeedId, token: str) -> bool:
    """Give the lease on a feed back; return whether it was this token's."""
    given = connection.execute("DELETE FROM leases WHERE feed = ? AND token = ?", (feed, token))
    return given.rowcount > 0


def _row(feed: FeedId, entry: SeenEntry) -> tuple[str | int, ...]:
    return (
        feed,
        entry.story_id,
        entry.content_hash,
        _number(entry.seen_at),
        _number(entry.shown_at),
        entry.backfill,
        entry.ignored,
        entry.revisions,
    )


def _entry(row: tuple[str, str, int, int, int, int, int]) -> SeenEntry:
    story, content_hash, seen_at, shown_at, backfill, ignored, revisions = row
    return SeenEntry(
        story_id=StoryId(story),
        content_hash=content_hash,
        seen_at=_time(seen_at),
        shown_at=_time(shown_at),
        backfill=bool(backfill),
        ignored=bool(ignored),
        revisions=revisions,
    )


def _number(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _time(number: int) -> datetime:
    return _EPOCH + number * _MICROSECOND
