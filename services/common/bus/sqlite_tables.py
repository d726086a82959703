"""The tables of the bus in a SQLite file, and what is asked of them: functions of one connection."""

from __future__ import annotations

import heapq
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from operator import itemgetter

from services.common.bus.log import Bounds, Placed
from services.common.bus.port import Record
from services.common.contracts.topics import Topic
from services.common.errors import BusUnavailableError

_TIDY_AT_ONCE = 1_000

SCHEMA = """
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
SCHEMA_VERSION = 1
NAMES = frozenset({"topics", "partitions", "records", "positions"})


def number_of(connection: sqlite3.Connection, topic: Topic) -> int:
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
    new: int = made[0]
    _make_partitions(connection, new, topic)
    return new


def add_partitions(connection: sqlite3.Connection, topic: Topic) -> None:
    """Make the partitions that the topic names and does not have."""
    _make_partitions(connection, number_of(connection, topic), topic)


def _make_partitions(connection: sqlite3.Connection, number: int, topic: Topic) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO partitions (topic, partition) VALUES (?, ?)",
        [(number, partition) for partition in range(topic.partitions)],
    )


def append(
    connection: sqlite3.Connection, topic: Topic, records: Sequence[Placed], *, at: int
) -> None:
    """Append records, in order; each gets the next offset of its partition."""
    number = number_of(connection, topic)
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


def records(
    connection: sqlite3.Connection,
    topic: Topic,
    offsets: Mapping[int, int],
    *,
    topic_id: str,
    most: int,
) -> list[Record] | None:
    """Return up to `most` records from the offsets on, in the order in which they arrived.

    None where the topic has another id by now.
    """
    found = connection.execute(
        "SELECT number, id FROM topics WHERE name = ?", (topic.name,)
    ).fetchone()
    if found is None or found[1] != topic_id:
        return None
    with ExitStack() as stack:
        # Each yields row by row, and one that is not closed would keep its snapshot of the file.
        partitions = [
            stack.enter_context(
                closing(
                    connection.execute(
                        "SELECT seq, partition, offset, key, value, at FROM records"
                        " WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset",
                        (found[0], partition, offset),
                    )
                )
            )
            for partition, offset in offsets.items()
        ]
        return [
            Record(
                topic=topic.name,
                topic_id=topic_id,
                partition=partition,
                offset=offset,
                key=key.decode(),
                value=value,
                at=_time(at),
            )
            for _, partition, offset, key, value, at in islice(
                heapq.merge(*partitions, key=itemgetter(0)), most
            )
        ]


def bounds(connection: sqlite3.Connection, topic: Topic) -> Bounds | None:
    """Return what the topic holds; None where it is missing."""
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


def remove(connection: sqlite3.Connection, topic: Topic) -> None:
    """Remove the topic with all that it holds."""
    number = number_of(connection, topic)
    for table in ("records", "partitions", "positions"):
        connection.execute(f"DELETE FROM {table} WHERE topic = ?", (number,))  # noqa: S608  our names
    connection.execute("DELETE FROM topics WHERE number = ?", (number,))


def tidy(connection: sqlite3.Connection, *, now: int) -> None:
    """Remove what its topic need not keep, up to a thousand records of each partition."""
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
        " SELECT seq FROM (SELECT seq, at, offset FROM records WHERE topic = ?1 AND partition = ?2"
        "  ORDER BY offset LIMIT ?3) WHERE at <= ?4"
        # What a group has not read stays: the clock may be ahead, or the group have been away.
        " AND offset < coalesce((SELECT min(next) FROM positions"
        "  WHERE topic = ?1 AND partition = ?2), offset + 1))",
        (number, partition, _TIDY_AT_ONCE, until),
    )


def _compact(connection: sqlite3.Connection, number: int, partition: int) -> None:
    connection.execute(
        "DELETE FROM records WHERE topic = ?1 AND partition = ?2 AND offset NOT IN ("
        " SELECT max(offset) FROM records WHERE topic = ?1 AND partition = ?2 GROUP BY key)",
        (number, partition),
    )


def keep_under(connection: sqlite3.Connection, *, pages: int) -> None:
    """Remove the oldest records that may go until the file has fewer than `pages` in use.

    Raises:
        BusUnavailableError: nothing more may go.
    """
    while _pages_in_use(connection) >= pages:
        finished = _finished(connection)
        connection.executemany("DELETE FROM records WHERE seq = ?", finished)
        if not finished:
            raise BusUnavailableError(
                "The bus file is at its cap and holds nothing that every reader has finished; "
                "waiting for them."
            )


def _finished(connection: sqlite3.Connection) -> list[tuple[int]]:
    """Return the oldest records, up to a thousand, that every group of their topic has committed.

    Asked for by partition, they cost no look at any other record: at the cap that would be all of the file,
    at every try to publish, while nobody else can write.
    """
    ends = connection.execute("SELECT topic, partition, min(next) FROM positions GROUP BY 1, 2")
    found: list[tuple[int]] = []
    for place in ends.fetchall():
        found += connection.execute(
            "SELECT seq FROM records WHERE topic = ? AND partition = ? AND offset < ?"
            " ORDER BY offset LIMIT ?",
            (*place, _TIDY_AT_ONCE),
        )
    return sorted(found)[:_TIDY_AT_ONCE]


def _pages_in_use(connection: sqlite3.Connection) -> int:
    in_file: int = connection.execute("PRAGMA page_count").fetchone()[0]
    free: int = connection.execute("PRAGMA freelist_count").fetchone()[0]
    return in_file - free


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Return a time as the tables have it."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _time(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
