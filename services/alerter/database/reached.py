"""Reached: who has what others of a mail channel still wait for, so that a restart tells nobody twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime

from services.alerter.database.times import stamp
from services.common.contracts.delivery import Delivery
from services.common.ids import ChannelId


def reached_in(connection: sqlite3.Connection, channel: ChannelId) -> list[tuple[str, str]]:
    """Return what is kept of `channel`: an alert, or a message without any, and who has it; oldest first."""
    rows = connection.execute(
        "SELECT part, address FROM reached WHERE channel_id = ? ORDER BY at", (channel,)
    )
    return rows.fetchall()


def keep_reached(
    connection: sqlite3.Connection,
    channel: ChannelId,
    reached: Iterable[tuple[str, str]],
    *,
    now: datetime,
) -> None:
    """Write who of `channel` has what; what is known already stays."""
    connection.executemany(
        "INSERT OR IGNORE INTO reached VALUES (?, ?, ?, ?)",
        [(channel, part, address, stamp(now)) for part, address in reached],
    )


def forget_reached(connection: sqlite3.Connection, delivery: Delivery) -> None:
    """Forget who has what `delivery` carries: it was sent to everybody."""
    connection.executemany(
        "DELETE FROM reached WHERE channel_id = ? AND part = ?",
        [(delivery.channel, part) for part in (delivery.id, *delivery.alerts)],
    )
