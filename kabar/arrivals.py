"""Arrivals: the records of a topic in the order in which they arrived, whatever partitions they stand in.

A broker keeps an order within a partition only, and gives one partition after the other. The whole of a
topic is too large for memory: it is put into a file that is gone with the process, and read from there.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from services.common.bus.port import Bus, Record
from services.common.contracts.topics import Topic
from services.common.errors import ConfigurationError


async def arrivals(
    bus: Bus, topic: Topic, *, directory: Path, most: int
) -> AsyncIterator[Sequence[Record]]:
    """Yield all that `topic` holds now, up to `most` records at a time.

    Raises:
        ConfigurationError: they do not fit into `directory`. Make room there.
    """
    with closing(_Spool(directory)) as spool:
        try:
            await bus.visit(topic, spool.put)
            spool.sort()
        except sqlite3.OperationalError as error:
            raise ConfigurationError(
                f"What {topic.name} holds does not fit into {directory} beside what is there ({error}):"
                " make room and do it again."
            ) from error
        while records := spool.next(most):
            yield records


class _Spool:
    """Records in a file that has no name any more."""

    def __init__(self, directory: Path) -> None:
        handle, name = tempfile.mkstemp(dir=directory, prefix="arrivals-")
        os.close(handle)
        # The bus hands over in a thread of its own.
        self._connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = MEMORY"):
            self._connection.execute(f"PRAGMA {setting}")
        self._connection.execute(
            'CREATE TABLE records (at REAL, topic, topic_id, "partition", "offset", key, value, "when")'
        )
        Path(name).unlink()
        self._connection.execute("BEGIN")
        self._newest: dict[int, float] = {}
        self._read: sqlite3.Cursor | None = None

    def put(self, record: Record) -> None:
        """Take in a record, the next one of its partition."""
        # Never before the one that stands before it, whatever time its producer gave it.
        at = max(record.at.timestamp(), self._newest.get(record.partition, float("-inf")))
        self._newest[record.partition] = at
        self._connection.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                at,
                record.topic,
                record.topic_id,
                record.partition,
                record.offset,
                record.key,
                record.value,
                record.at.isoformat(),
            ),
        )

    def sort(self) -> None:
        """Begin to read, in the order of arrival."""
        self._connection.execute("COMMIT")
        self._connection.execute('CREATE INDEX by_arrival ON records (at, "partition", "offset")')
        self._read = self._connection.execute(
            'SELECT topic, topic_id, "partition", "offset", key, value, "when" FROM records'
            ' ORDER BY at, "partition", "offset"'
        )

    def next(self, most: int) -> list[Record]:
        """Return the next records; none when all were returned."""
        rows = () if self._read is None else self._read.fetchmany(most)
        return [
            Record(
                topic=topic,
                topic_id=topic_id,
                partition=partition,
                offset=offset,
                key=key,
                value=value,
                at=datetime.fromisoformat(at),
            )
            for topic, topic_id, partition, offset, key, value, at in rows
        ]

    def close(self) -> None:
        """Give the room back."""
        self._connection.close()
