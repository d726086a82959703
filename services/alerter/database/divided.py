"""Divided: what was too large for its channel goes as two messages in its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from services.alerter.database.outbox import (
    Told,
    keep_deliveries,
    move_behind,
    note_silenced,
    silenced_meanwhile,
)
from services.alerter.database.silence import hold_back_returned
from services.alerter.delivery import halves
from services.common.contracts.delivery import Delivery


def divide(
    connection: sqlite3.Connection, delivery: Delivery, told: Sequence[Told], *, now: datetime
) -> None:
    """Write two messages that tell what `delivery`, as it was claimed, was to tell, before what waits behind it."""
    behind = connection.execute(
        "SELECT delivery_id FROM deliveries WHERE channel_id = ? AND state IN ('held', 'due', 'unknown')"
        " AND place > (SELECT place FROM deliveries WHERE delivery_id = ?) ORDER BY place",
        (delivery.channel, delivery.id),
    ).fetchall()
    parts = halves(delivery, [one.alert.id for one in told], now=now)
    keep_deliveries(connection, parts)
    for (name,) in behind:
        move_behind(connection, name)
    silent = silenced_meanwhile(connection, delivery.id)
    for part in parts:
        note_silenced(connection, part.id, silent)
        hold_back_returned(connection, part, now=now)
