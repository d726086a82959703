"""Gathered: alerts that wait for a message that goes later."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from services.alerter.database.times import moment, stamp
from services.alerter.gathering import Gathered
from services.common.contracts.delivery import DeliveryKind
from services.common.ids import AlertId, ChannelId, EventId, SubscriptionId


def keep(connection: sqlite3.Connection, gathered: Iterable[Gathered]) -> None:
    """Keep alerts for a message that goes later."""
    connection.executemany(
        "INSERT OR IGNORE INTO gathered VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.alert,
                one.channel,
                one.event,
                one.subscription,
                one.kind,
                stamp(one.gathered_at),
                stamp(one.closes_at),
                one.note,
                one.is_urgent,
            )
            for one in gathered
        ],
    )


def waiting_for(
    connection: sqlite3.Connection, channels: Collection[ChannelId] | None = None
) -> list[Gathered]:
    """Return what waits for a later message to `channels`, or to any, in the order of gathering."""
    some = None if channels is None else json.dumps(list(channels))
    rows = connection.execute(
        "SELECT * FROM gathered WHERE ? IS NULL OR channel_id IN (SELECT value FROM json_each(?))"
        " ORDER BY gathered_at, alert_id",
        (some, some),
    )
    return [_gathered(row) for row in rows]


def waiting_of(connection: sqlite3.Connection, alert: AlertId) -> list[Gathered]:
    """Return the ways on which an alert waits for a later message."""
    rows = connection.execute(
        "SELECT * FROM gathered WHERE alert_id = ? ORDER BY gathered_at, channel_id", (alert,)
    )
    return [_gathered(row) for row in rows]


def first_closing(connection: sqlite3.Connection) -> datetime | None:
    """Return the earliest time at which something gathered may go; None when nothing waits."""
    (closes_at,) = connection.execute("SELECT min(closes_at) FROM gathered").fetchone()
    return None if closes_at is None else moment(closes_at)


def forget(connection: sqlite3.Connection, gathered: Iterable[Gathered]) -> None:
    """Forget what a message carries now."""
    connection.executemany(
        "DELETE FROM gathered WHERE channel_id = ? AND alert_id = ?",
        [(one.channel, one.alert) for one in gathered],
    )


def _gathered(row: Sequence[str | int]) -> Gathered:
    alert, channel, event, subscription, kind, gathered_at, closes_at, note, is_urgent = row
    return Gathered(
        alert=AlertId(str(alert)),
        event=EventId(str(event)),
        subscription=SubscriptionId(str(subscription)),
        channel=ChannelId(str(channel)),
        kind=DeliveryKind(str(kind)),
        gathered_at=moment(int(gathered_at)),
        closes_at=moment(int(closes_at)),
        note=str(note),
        is_urgent=bool(is_urgent),
    )
