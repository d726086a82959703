"""Fallbacks: channels that stand in for messages that were not sent in time, or never will be."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from services.alerter.database.beside import FOR_ITS_PEOPLE, OF_ITS_EVENTS
from services.alerter.database.outbox import (
    keep_deliveries,
    silenced_meanwhile,
    sizes_told,
    update,
    what_it_tells,
)
from services.alerter.database.queries import delivery_of
from services.alerter.database.times import moment, stamp
from services.alerter.delivery import stand_in
from services.alerter.departure import for_programs
from services.common.contracts.delivery import WITHOUT_ALERTS, Delivery, DeliveryState
from services.common.ids import AlertId, ChannelId, DeliveryId, SubscriptionId


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
    one for each subscription. A delivery is stood in for once, and so is an alert: what many
    deliveries carry one after the other, as in a long outage, comes to the fallback channel once.
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
    if delivery.kind in WITHOUT_ALERTS:
        return [stand_in(delivery, (), delivery.subscriptions, reason=reason, now=now)]
    known = _stood_in_for(connection, delivery) | silenced_meanwhile(connection, delivery.id).keys()
    alerts: dict[SubscriptionId, list[AlertId]] = {}
    for told in what_it_tells(connection, delivery):
        if told.alert.id not in known:
            alerts.setdefault(told.alert.subscription, []).append(told.alert.id)
    if delivery.fallback_to not in single:
        untold = {name for of in alerts.values() for name in of}
        together = [name for name in delivery.alerts if name in untold]
        return [stand_in(delivery, together, [*alerts], reason=reason, now=now)] if together else []
    sizes = sizes_told(connection, delivery.alerts)
    return [
        stand_in(delivery, part, (subscription,), reason=reason, now=now)
        for subscription, of in alerts.items()
        for part in for_programs(of, lambda alert: [alert], sizes=sizes)
    ]


def _stood_in_for(connection: sqlite3.Connection, delivery: Delivery) -> set[AlertId]:
    """Return the alerts of `delivery` that its fallback channel has, or will have, already."""
    rows = connection.execute(
        "SELECT theirs.alert_id FROM delivery_alerts AS its"
        " JOIN delivery_alerts AS theirs ON theirs.alert_id = its.alert_id"
        " JOIN deliveries AS other ON other.delivery_id = theirs.delivery_id"
        " WHERE its.delivery_id = ? AND other.channel_id = ? AND other.stands_in_for <> ''"
        " AND other.state NOT IN ('dead', 'suppressed')",
        (delivery.id, delivery.fallback_to),
    )
    return {AlertId(name) for (name,) in rows}


def _due(
    connection: sqlite3.Connection, stopped: Collection[ChannelId], *, now: datetime
) -> list[Delivery]:
    """Return what a fallback stands in for now, in order: that of which the time is over, with what waits
    before it of the same events for the same people. Behind what is being sent of them it waits.
    """
    # +: those with a fallback are few, and have an index; in the order of places all were looked at.
    over = connection.execute(
        "SELECT delivery_id, place FROM deliveries WHERE fallback_at IS NOT NULL AND ("
        " (fallback_at <= ? AND state IN ('held', 'due', 'unknown')) OR state = 'dead'"
        " OR (channel_id IN (SELECT value FROM json_each(?)) AND state IN ('held', 'due', 'unknown')"
        " AND (failures > 0 OR next_at <= ?)))",
        (stamp(now), json.dumps(list(stopped)), stamp(now)),
    ).fetchall()
    place_of: dict[DeliveryId, int] = {}
    for name, place in over:
        before = connection.execute(_BEFORE, (name,)).fetchall()
        if not any(state == DeliveryState.SENDING for _, _, state in before):
            place_of |= {name: place} | {other: its for other, its, _ in before}
    found = (delivery_of(connection, name) for name in sorted(place_of, key=place_of.__getitem__))
    return [delivery for delivery in found if delivery is not None]


# To the same channel, or to another with the same fallback: of what was to go to two channels, the
# fallback would get how it stands from one, and how it stood from the other.
_BEFORE = f"""SELECT DISTINCT other.delivery_id, other.place, other.state
    FROM {OF_ITS_EVENTS} JOIN deliveries AS it ON it.delivery_id = its.delivery_id
    WHERE its.delivery_id = ? AND {FOR_ITS_PEOPLE}
      AND other.place < it.place AND other.fallback_at IS NOT NULL
      AND other.state IN ('held', 'due', 'unknown', 'sending')
      AND (other.channel_id = it.channel_id OR other.fallback_to = it.fallback_to)"""  # noqa: S608  own text


def _reason(delivery: Delivery) -> str:
    said = delivery.attempts[-1].reason if delivery.attempts else ""
    if delivery.state is DeliveryState.DEAD:
        return said or "it could not be sent"
    return f"not sent in time ({said.rstrip('.')})" if said else "not sent in time"
