"""Positions: how far the bus was read, written in the transaction that handled the records."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from services.common.bus.port import Position, Record
from services.common.contracts.topics import Topic


def positions_of(connection: sqlite3.Connection, topic: Topic) -> dict[int, Position]:
    """Return where to go on in each partition that was read before."""
    rows = connection.execute(
        'SELECT "partition", topic_id, "offset" FROM positions WHERE topic = ?', (topic.name,)
    )
    return {
        partition: Position(topic_id=topic_id, partition=partition, offset=offset)
        for partition, topic_id, offset in rows
    }


def keep_positions(connection: sqlite3.Connection, handled: Iterable[Record]) -> None:
    """Move behind `handled`, which were read in order."""
    behind = {(record.topic, record.partition): record for record in handled}
    connection.executemany(
        "REPLACE INTO positions VALUES (?, ?, ?, ?)",
        [
            (topic, partition, record.topic_id, record.offset + 1)
            for (topic, partition), record in behind.items()
        ],
    )
