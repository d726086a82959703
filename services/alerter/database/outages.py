"""Outages: how a channel fares that takes nothing, and the one message for all that waited."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.alerter.database.outbox import (
    deliveries_in,
    keep_deliveries,
    move_behind,
    partial_beside,
    sizes_told,
    update,
)
from services.alerter.database.times import moment, stamp
from services.alerter.delivery import LONG_OUTAGE, carried_by, catch_up, is_backlog
from services.alerter.departure import for_programs
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.ids import ChannelId, DeliveryId, SubscriptionId

_WAITING = (DeliveryState.HELD, DeliveryState.DUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Since when a channel takes nothing, and until when it asked to be left alone."""

    since: datetime
    not_before: datetime | None = None

    def is_long(self, *, now: datetime) -> bool:
        """Return whether what waited goes as one message."""
        return now - self.since > LONG_OUTAGE


def keep_outage(connection: sqlite3.Connection, channel: ChannelId, outage: Outage) -> None:
    """Write how the channel fares, so that a restart undercuts no wish to wait."""
    not_before = None if outage.not_before is None else stamp(outage.not_before)
    connection.execute(
        "REPLACE INTO channel_outages VALUES (?, ?, ?)", (channel, stamp(outage.since), not_before)
    )


def forget_outage(connection: sqlite3.Connection, channel: ChannelId) -> None:
    """Write that the channel takes messages again."""
    connection.execute("DELETE FROM channel_outages WHERE channel_id = ?", (channel,))


def forget_wishes(connection: sqlite3.Connection, channel: ChannelId) -> None:
    """Write that the channel asks no more to be left alone; since when it takes nothing stays."""
    connection.execute(
        "UPDATE channel_outages SET not_before = NULL WHERE channel_id = ?", (channel,)
    )


def outages(connection: sqlite3.Connection) -> dict[ChannelId, Outage]:
    """Return the channels that took nothing when it was last tried."""
    rows = connection.execute("SELECT channel_id, since, not_before FROM channel_outages")
    return {
        ChannelId(channel): Outage(
            since=moment(since), not_before=None if not_before is None else moment(not_before)
        )
        for channel, since, not_before in rows
    }


def catch_up_with(
    connection: sqlite3.Connection,
    channel: ChannelId,
    outage: Outage,
    *,
    is_single: bool,
    now: datetime,
) -> int:
    """Put what waits for a channel that was down into one message; return how many those are.

    With `is_single` there is one for each subscription, in parts that a program takes: what is cut for
    people is sent whole there. What quiet hours hold keeps its time.
    """
    groups: dict[SubscriptionId | None, list[Delivery]] = {}
    for delivery in deliveries_in(connection, _WAITING, channel=channel):
        is_its_time = delivery.state is DeliveryState.DUE or delivery.next_at <= now
        if delivery.alerts and is_its_time and delivery.stands_in_for is None:
            name = delivery.subscriptions[0] if is_single else None
            groups.setdefault(name, []).append(delivery)
    every = [delivery for group in groups.values() for delivery in group]
    if not is_backlog(every):
        return 0
    made = 0
    note = f"what waited while the channel was down, since {outage.since:%Y-%m-%d %H:%M} UTC"
    for group in groups.values():
        made_before = made
        for waiting in _parts(connection, group) if is_single else [group]:
            # One alone too, behind what got a later place: it may tell of the same event.
            if len(waiting) > 1 or made > made_before:
                made += _put_together(connection, waiting, note=note, now=now)
    return made


def with_what_some_have(
    connection: sqlite3.Connection, delivery: Delivery, *, now: datetime
) -> Delivery:
    """Return `delivery`, in one message with what some people wait for on the same events: nobody else
    waits with them, and they are told in order.
    """
    others = partial_beside(connection, delivery)
    waiting = [*others, delivery]
    if not others or not _put_together(connection, waiting, note=delivery.note, now=now):
        return delivery
    return catch_up(waiting, note=delivery.note, now=now)[0]


def _parts(connection: sqlite3.Connection, group: Sequence[Delivery]) -> list[list[Delivery]]:
    sizes = sizes_told(connection, [alert for one in group for alert in one.alerts])
    return for_programs(group, lambda one: one.alerts, sizes=sizes)


def _put_together(
    connection: sqlite3.Connection, waiting: Sequence[Delivery], *, note: str, now: datetime
) -> bool:
    """Put what waits into one message; return False for what went that way before and was asked for
    again since.
    """
    together, carried = catch_up(waiting, note=note, now=now)
    if [one.id for one in waiting] == [together.id]:
        move_behind(connection, together.id)
        return True
    if not keep_deliveries(connection, [together]):
        return False
    for delivery in carried:
        if delivery.kind is DeliveryKind.CATCH_UP and not _is_root(connection, delivery.id):
            _melt(connection, delivery.id, into=together.id)
        else:
            update(connection, delivery)
    return True


def _is_root(connection: sqlite3.Connection, delivery: DeliveryId) -> bool:
    """Return whether it was sent before, as the first message of an event, which is edited."""
    found = connection.execute(
        "SELECT 1 FROM delivery_alerts JOIN alerts USING (alert_id) JOIN threads USING (event_id)"
        " WHERE delivery_alerts.delivery_id = ?1 AND threads.delivery_id = ?1",
        (delivery,),
    )
    return found.fetchone() is not None


def _melt(connection: sqlite3.Connection, earlier: DeliveryId, *, into: DeliveryId) -> None:
    """Have a catch-up that another one carries be a part of that, with its attempts.

    In a long outage each alert that comes makes another one, with all that waited before: kept, they
    would be as many rows as the square of the alerts.
    """
    beside = "SELECT theirs.delivery_id FROM delivery_alerts AS its JOIN delivery_alerts AS theirs"
    beside += " USING (alert_id) WHERE its.delivery_id = ?"
    connection.execute(
        f"UPDATE deliveries SET note = ? WHERE note = ? AND delivery_id IN ({beside})",  # noqa: S608  own text
        (carried_by(into), carried_by(earlier), earlier),
    )
    connection.execute(
        f"UPDATE deliveries SET stands_in_for = ? WHERE stands_in_for = ? AND delivery_id IN ({beside})",  # noqa: S608  own text
        (into, earlier, earlier),
    )
    connection.execute(
        "UPDATE attempts SET delivery_id = ?1, number = number +"
        " (SELECT coalesce(max(number) + 1, 0) FROM attempts WHERE delivery_id = ?1)"
        " WHERE delivery_id = ?2",
        (into, earlier),
    )
    connection.execute("DELETE FROM delivery_alerts WHERE delivery_id = ?", (earlier,))
    connection.execute("DELETE FROM deliveries WHERE delivery_id = ?", (earlier,))
