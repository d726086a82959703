"""Fallbacks: channels that stand in for messages that were not sent in time, or never will be."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from services.alerter.database.outbox import keep_deliveries, update, what_it_tells
from services.alerter.database.queries import delivery_of
from services.alerter.database.times import moment, stamp
from services.alerter.delivery import stand_in
from services.common.contracts.delivery import WITHOUT_ALERTS, Delivery, DeliveryState
from services.common.ids import AlertId, ChannelId, SubscriptionId


def next_stand_in(
    connection: sqlite3.Connection, stopped: Collection[ChannelId], *, now: datetime
) -> datetime | None:
    """Return when a fallback has to stand in next, `now` for at once; None when none waits."""
    if _due(connection, stopped, now=now):
        return now
    (at,) = connection.execute(
        "SELECT min(fallback_at) FROM deliveries WHERE fallback_at > ?"
        " AND state IN ('held', 'due', 'unknown')",
        (stamp(now),),
    ).fetchone()
    return None if at is None else moment(at)


def stand_in_for_all(
    connection: sqlite3.Connection,
    stopped: Mapping[ChannelId, str],
    *,
    single: Collection[ChannelId],
    now: datetime,
) -> int:
    """Plan a message on the fallback channel of each delivery whose time is over; return how many.

    `stopped` are the channels to which nothing goes, with the reason. To `single` channels there is
    one for each subscription. A delivery is stood in for once.
    """
    made = 0
    for delivery in _due(connection, stopped, now=now):
        reason = stopped.get(delivery.channel) or _reason(delivery)
        made += keep_deliveries(connection, _stand_ins(connection, delivery, reason, single, now))
        update(connection, replace(delivery, fallback_at=None))
    return made


def _stand_ins(
    connection: sqlite3.Connection,
    delivery: Delivery,
    reason: str,
    single: Collection[ChannelId],
    now: datetime,
) -> Iterable[Delivery]:
    if delivery.fallback_to not in single or delivery.kind in WITHOUT_ALERTS:
        whole = (delivery.alerts, delivery.subscriptions)
        return [stand_in(delivery, *whole, reason=reason, now=now)]
    alerts: dict[SubscriptionId, list[AlertId]] = {}
    for told in what_it_tells(connection, delivery):
        alerts.setdefault(told.alert.subscription, []).append(told.alert.id)
    return [
        stand_in(delivery, of, (subscription,), reason=reason, now=now)
        for subscription, of in alerts.items()
    ]


def _due(
    connection: sqlite3.Connection, stopped: Collection[ChannelId], *, now: datetime
) -> list[Delivery]:
    # +: those with a fallback are few, and have an index; in the order of places all were looked at.
    rows = connection.execute(
        "SELECT delivery_id FROM deliveries WHERE fallback_at IS NOT NULL AND ("
        " (fallback_at <= ? AND state IN ('held', 'due', 'unknown')) OR state = 'dead'"
        " OR (channel_id IN (SELECT value FROM json_each(?)) AND state IN ('held', 'due', 'unknown')"
        " AND (failures > 0 OR next_at <= ?))) ORDER BY +place",
        (stamp(now), json.dumps(list(stopped)), stamp(now)),
    ).fetchall()
    found = (delivery_of(connection, name) for (name,) in rows)
    return [delivery for delivery in found if delivery is not None]


def _reason(delivery: Delivery) -> str:
    said = delivery.attempts[-1].reason if delivery.attempts else ""
    if delivery.state is DeliveryState.DEAD:
        return said or "it could not be sent"
    return f"not sent in time ({said.rstrip('.')})" if said else "not sent in time"
