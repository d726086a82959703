"""Preview: the messages that a subscription would have been sent, from the history as it was tracked.

Nothing is tracked again. The stored changes of events go once more through `tell` and
`close_gathered`, as live sending calls them, with a clock that moves from change to change and with an
outbox in memory. What was sent and what would have been is read by one function, `planned_messages`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime

from services.alerter.database import gathered, outbox, queries
from services.alerter.database.connections import attach_read_only, database_in_memory
from services.alerter.database.telling import ToldBatch
from services.alerter.database.times import moment, stamp
from services.alerter.database.told import untold_alert
from services.alerter.render.bodies import AlertBody
from services.alerter.render.message import message_of
from services.alerter.suppression import ACKNOWLEDGED, UNTOLD
from services.alerter.telling import Following, close_gathered, tell
from services.common.contracts.alert import Reason
from services.common.contracts.codec import decode
from services.common.contracts.delivery import DeliveryKind
from services.common.contracts.event import EventChange
from services.common.contracts.reading import Stage
from services.common.ids import ChannelId, DeliveryId, EventId, SubscriptionId
from services.common.watchlist import Watchlist

WARM_UP = timedelta(days=8)
"""So much before the time asked for, since what waits then for a digest goes a week later at most."""

# What telling writes; everything else it reads is the history's.
_WRITTEN = ("alerts", "deliveries", "delivery_alerts", "attempts", "gathered")
_HISTORY = "history"
_SILENCED = " OR ".join(f"note LIKE '{reason}%'" for reason in (*UNTOLD, ACKNOWLEDGED))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAlert:
    """An alert of the subscription in a message, and when it was decided."""

    event: EventId
    reason: Reason
    stage: Stage
    decided_at: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMessage:
    """A message as it was planned: to where, when, and what it says.

    `planned_at` is when its time came; `held_until` is the end of the quiet hours that held it then,
    None where none did. `body` is what the message says, as in the webhook's; in a chat that several
    subscriptions share, what the others are told too.
    """

    id: DeliveryId
    channel: ChannelId
    kind: DeliveryKind
    planned_at: AwareDatetime
    held_until: AwareDatetime | None
    alerts: tuple[PlannedAlert, ...]
    body: tuple[AlertBody, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMessages:
    """What one subscription was or would have been sent, in the order of planning."""

    subscription: SubscriptionId
    messages: tuple[PlannedMessage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time from `since` up to, and without, `until`."""

    since: datetime
    until: datetime


def planned_messages(
    connection: sqlite3.Connection,
    subscription: SubscriptionId,
    *,
    span: Span,
    watchlist: Watchlist,
) -> PlannedMessages:
    """Return the messages to `subscription` that were planned within `span`.

    Without what only the sending brought about: catch-ups, fallbacks, proofs of life, notices. Without
    what was not to be told: muted, seen by somebody, or in a pause.
    """
    rows = connection.execute(
        "SELECT DISTINCT delivery_id, held_until, planned_at, place"  # noqa: S608  own text
        " FROM deliveries JOIN delivery_alerts USING (delivery_id) JOIN alerts USING (alert_id)"
        " WHERE planned_at >= ? AND planned_at < ? AND alerts.subscription_id = ?"
        " AND kind IN ('message', 'digest', 'summary') AND stands_in_for = ''"
        f" AND NOT (state = 'suppressed' AND ({_SILENCED}))"
        " ORDER BY planned_at, channel_id, delivery_id",
        (stamp(span.since), stamp(span.until), subscription),
    ).fetchall()
    return PlannedMessages(
        subscription=subscription,
        messages=tuple(
            _message(connection, subscription, DeliveryId(delivery), held_until, watchlist)
            for delivery, held_until, _, _ in rows
        ),
    )


def preview(
    data: Path, subscription: SubscriptionId, *, span: Span, following: Following
) -> PlannedMessages:
    """Return what `subscription`, as it stands in `following`, would have been sent within `span`.

    A pause is left out: nobody remembers when it began.

    Raises:
        FileNotFoundError: there is no database in `data`.
    """
    following = _beside(subscription, following)
    with closing(database_in_memory()) as connection:
        attach_read_only(connection, data, name=_HISTORY)
        _read_through(connection)
        connection.execute("BEGIN")
        _rehearse(connection, following, span)
        return planned_messages(connection, subscription, span=span, watchlist=following.watchlist)


def _beside(name: SubscriptionId, following: Following) -> Following:
    """Return `following` with those alone that share a channel with the subscription.

    A chat message may name several subscriptions, and then goes as soon as it may for one of them.
    """
    channels = {send.to for send in following.subscriptions[name].sends}
    return Following.of(
        following.watchlist,
        [
            replace(one, paused_until=None)
            for one in following.subscriptions.values()
            if one.id == name or any(send.to in channels for send in one.sends)
        ],
        following.single_channels,
    )


def _read_through(connection: sqlite3.Connection) -> None:
    """Have every table that telling only reads be the attached history's: names find it there."""
    tables = connection.execute(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    for (table,) in tables:
        if table not in _WRITTEN:
            connection.execute(f"DROP TABLE main.{table}")


def _rehearse(connection: sqlite3.Connection, following: Following, span: Span) -> None:
    """Tell every change of `span` and of the days before it, and close what is gathered in time."""
    begins = span.since - WARM_UP
    _remember_told(connection, following, before=begins)
    next_close: datetime | None = None
    for change in _changes(connection, Span(since=begins, until=span.until)):
        next_close = _close_until(connection, following, next_close, until=change.at)
        batch = ToldBatch(connection)
        tell(batch, change, following=following, now=change.at)
        batch.write()
        next_close = gathered.first_closing(connection)
    _close_until(connection, following, next_close, until=span.until)


def _close_until(
    connection: sqlite3.Connection,
    following: Following,
    next_close: datetime | None,
    *,
    until: datetime,
) -> datetime | None:
    """Close what is due at each moment up to `until`, as the sender does; return the next one.

    A summary waits for a pause, so at the first of these moments it may be due later than it seemed.
    """
    while next_close is not None and next_close <= until:
        next_close = close_gathered(connection, following=following, now=next_close)
    return next_close


def _remember_told(
    connection: sqlite3.Connection, following: Following, *, before: datetime
) -> None:
    connection.executemany(
        f"INSERT OR IGNORE INTO main.alerts SELECT * FROM {_HISTORY}.alerts AS alerts"  # noqa: S608  own text
        f" WHERE subscription_id = ? AND at < ? AND NOT ({untold_alert(_HISTORY)})",
        [(name, stamp(before)) for name in following.subscriptions],
    )


def _changes(connection: sqlite3.Connection, span: Span) -> Iterator[EventChange]:
    seqs = connection.execute(
        "SELECT seq FROM event_changes WHERE at >= ? AND at < ? ORDER BY seq",
        (stamp(span.since), stamp(span.until)),
    ).fetchall()
    for (seq,) in seqs:
        (record,) = connection.execute(
            "SELECT record FROM event_changes WHERE seq = ?", (seq,)
        ).fetchone()
        yield decode(EventChange, record)


def _message(
    connection: sqlite3.Connection,
    subscription: SubscriptionId,
    delivery_id: DeliveryId,
    held_until: int | None,
    watchlist: Watchlist,
) -> PlannedMessage:
    delivery = queries.delivery_of(connection, delivery_id)
    if delivery is None:
        raise LookupError(delivery_id)
    told = [(one.alert, one.change) for one in outbox.what_it_tells(connection, delivery)]
    message = message_of(delivery, told, watchlist=watchlist)
    return PlannedMessage(
        id=delivery.id,
        channel=delivery.channel,
        kind=delivery.kind,
        planned_at=delivery.planned_at,
        held_until=None if held_until is None else moment(held_until),
        alerts=tuple(
            PlannedAlert(
                event=alert.event, reason=alert.reason, stage=alert.stage, decided_at=alert.at
            )
            for alert, _ in told
            if alert.subscription == subscription
        ),
        body=tuple(section.alert for section in message.sections),
    )
