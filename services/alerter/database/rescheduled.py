"""Rescheduled: what waits for quiet hours or a digest waits for those that subscriptions have now."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from functools import cache, partial

from services.alerter.database.outbox import WAITS, release_held_in_order
from services.alerter.database.reckoned import Subscriptions, leaves_for, send_of
from services.alerter.database.times import moment, stamp
from services.alerter.hours import next_digest_at
from services.common.contracts.delivery import DeliveryKind
from services.common.ids import ChannelId, SubscriptionId


def reschedule(
    connection: sqlite3.Connection, subscriptions: Subscriptions, *, now: datetime
) -> int:
    """Have what waits go when `subscriptions` say now; return how much goes at another time than before.

    What nobody asks for in this way any more goes when it was to go.
    """
    held = _of_quiet_hours(connection, subscriptions, now=now)
    if held:
        release_held_in_order(connection)
    return held + _of_digests(connection, subscriptions, now=now)


def _of_quiet_hours(
    connection: sqlite3.Connection, subscriptions: Subscriptions, *, now: datetime
) -> int:
    leaves = cache(partial(leaves_for, subscriptions=subscriptions, now=now))
    held = connection.execute(
        "SELECT delivery_id, channel_id, held_until,"  # noqa: S608  own text
        " iif(subscription_id <> '', json_array(subscription_id),"
        "  (SELECT json_group_array(DISTINCT alerts.subscription_id)"
        "   FROM delivery_alerts JOIN alerts USING (alert_id) WHERE delivery_id = it.delivery_id))"
        f" FROM deliveries AS it WHERE {WAITS} AND held_until > ? AND next_at = held_until",
        (stamp(now),),
    ).fetchall()
    changed = 0
    for name, channel, held_until, told in held:
        until = leaves(ChannelId(channel), told)
        if until is not None and stamp(until) != held_until:
            connection.execute(
                "UPDATE deliveries SET next_at = ?1, held_until = ?1, fallback_at = fallback_at + ?2"
                " WHERE delivery_id = ?3",
                (stamp(until), stamp(until) - held_until, name),
            )
            changed += 1
    return changed


def _of_digests(
    connection: sqlite3.Connection, subscriptions: Subscriptions, *, now: datetime
) -> int:
    """Have each digest close at its next time after what it has was gathered; not after now, or one whose
    time has just come would wait for another day.
    """
    waiting = connection.execute(
        "SELECT DISTINCT subscription_id, channel_id, gathered_at, closes_at FROM gathered"
        " WHERE kind = ? AND note = ''",
        (DeliveryKind.DIGEST,),
    ).fetchall()
    changed = 0
    for subscription, channel, gathered_at, closes_at in waiting:
        send = send_of(subscriptions, SubscriptionId(subscription), ChannelId(channel))
        if send is None:
            continue
        at = next_digest_at(send.digest, now=moment(gathered_at)) if send.digest else now
        if stamp(at) != closes_at and (send.digest or closes_at > stamp(at)):
            changed += connection.execute(
                "UPDATE gathered SET closes_at = ? WHERE kind = ? AND note = ''"
                " AND subscription_id = ? AND channel_id = ? AND gathered_at = ?",
                (stamp(at), DeliveryKind.DIGEST, subscription, channel, gathered_at),
            ).rowcount
    return changed
