"""Quiet: what was to go before quiet hours began, and did not, waits until they end."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from services.alerter.database.beside import FOR_ITS_PEOPLE, OF_ITS_EVENTS
from services.alerter.database.outbox import what_it_tells
from services.alerter.database.queries import delivery_of
from services.alerter.database.reckoned import Subscriptions, send_of
from services.alerter.database.times import moment, stamp
from services.alerter.departure import leaves_at
from services.alerter.matching import followed_by
from services.alerter.planning import is_urgent
from services.common.contracts.delivery import Delivery, DeliveryKind
from services.common.contracts.subscription import Send
from services.common.ids import DeliveryId
from services.common.watchlist import Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Those of `subscriptions`; by the `watchlist` what is told of a company may be too urgent for them."""

    subscriptions: Subscriptions
    watchlist: Watchlist


def hold_while_quiet(
    connection: sqlite3.Connection,
    delivery: Delivery,
    hours: QuietHours,
    *,
    now: datetime,
) -> bool:
    """Return whether `delivery`, whose turn it is, is held until quiet hours end that began since it was to
    go: its channel took nothing then, or they are new. Nor does its fallback stand in meanwhile.

    What is urgent goes on, with what it follows, though it was told before they began. What waited for their
    end goes when it has come, though the machine sleeps then and wakes in those of the next day.
    """
    until = _quiet_end(connection, delivery, hours, now=now)
    if until is None:
        return False
    behind = (delivery_of(connection, name) for (name,) in _behind(connection, delivery))
    if any(one and _quiet_end(connection, one, hours, now=now) is None for one in behind):
        return False
    connection.execute(
        "UPDATE deliveries SET state = 'held', next_at = ?1, held_until = ?1,"
        " fallback_at = fallback_at + ?2 WHERE delivery_id = ?3",
        (stamp(until), stamp(until) - stamp(now), delivery.id),
    )
    return True


def _quiet_end(
    connection: sqlite3.Connection,
    delivery: Delivery,
    hours: QuietHours,
    *,
    now: datetime,
) -> datetime | None:
    """Return when quiet hours end that began since `delivery` was to go; None where it may go now."""
    sends = [
        send_of(hours.subscriptions, name, delivery.channel) for name in delivery.subscriptions
    ]
    told = [send for send in sends if send is not None]
    if not delivery.alerts or delivery.stands_in_for is not None:
        return None
    until = leaves_at(told, now=now)
    if until is None or _may_go(connection, delivery, told):
        return None
    return None if _is_urgent(connection, delivery, hours) else until


def _is_urgent(connection: sqlite3.Connection, delivery: Delivery, hours: QuietHours) -> bool:
    """Return whether `delivery` tells something that waits for no quiet hours; a summary never does."""
    if delivery.kind is DeliveryKind.SUMMARY:
        return False
    for one in what_it_tells(connection, delivery):
        send = send_of(hours.subscriptions, one.alert.subscription, delivery.channel)
        event = one.change.event
        followed = followed_by(event, hours.watchlist)
        if send is not None and is_urgent(one.alert, event, send.urgent, followed):
            return True
    return False


def _may_go(connection: sqlite3.Connection, delivery: Delivery, sends: list[Send]) -> bool:
    """Return whether it was quiet already when `delivery` was to go, or it waited for the end of that."""
    begun, has_waited = connection.execute(
        "SELECT coalesce(held_until, planned_at), state = 'held' AND next_at IS held_until"
        " FROM deliveries WHERE delivery_id = ?",
        (delivery.id,),
    ).fetchone()
    return bool(has_waited) or leaves_at(sends, now=moment(begun)) is not None


def _behind(connection: sqlite3.Connection, delivery: Delivery) -> list[tuple[DeliveryId]]:
    """Return what waits behind `delivery` of the same events for the same people."""
    return connection.execute(
        f"SELECT DISTINCT other.delivery_id FROM {OF_ITS_EVENTS}"  # noqa: S608  own text
        f" WHERE its.delivery_id = ?1 AND {FOR_ITS_PEOPLE}"
        " AND other.channel_id = ?2 AND other.state = 'due'"
        " AND other.place > (SELECT place FROM deliveries WHERE delivery_id = ?1)",
        (delivery.id, delivery.channel),
    ).fetchall()
