"""The outbox: deliveries on their way out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.alerter.database.beside import (
    ALERTS_OF_ITS_EVENTS,
    FOR_ITS_PEOPLE,
    OF_ITS_EVENTS,
)
from services.alerter.database.queries import delivery_of
from services.alerter.database.recent import recent
from services.alerter.database.times import moment, stamp
from services.common.contracts.alert import Alert
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.contracts.event import EventChange
from services.common.ids import AlertId, ChannelId, DeliveryId, EventId, SubscriptionId

PATIENCE = 5
"""After so many failures, about 20 minutes, a delivery no longer holds up those behind it, except
those that tell of the same event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An alert with the change that it tells, as it stood then."""

    alert: Alert
    change: EventChange


def keep_deliveries(connection: sqlite3.Connection, deliveries: Iterable[Delivery]) -> int:
    """Write planned deliveries in their order; return how many were not there before.

    One that was there stays as it is: some of its alerts may have been taken out since.
    """
    kept = 0
    for delivery in deliveries:
        inserted = connection.execute(
            "INSERT OR IGNORE INTO deliveries (delivery_id, channel_id, kind, state, planned_at,"
            " next_at, failures, note, held_until, subscription_id, stands_in_for, fallback_to,"
            " fallback_at, is_plain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            _row(delivery),
        )
        if inserted.rowcount:
            connection.executemany(
                "INSERT INTO delivery_alerts (delivery_id, number, alert_id) VALUES (?, ?, ?)",
                [(delivery.id, number, alert) for number, alert in enumerate(delivery.alerts)],
            )
            kept += 1
    return kept


def update(connection: sqlite3.Connection, delivery: Delivery) -> None:
    """Write where `delivery` stands, with the attempts that are new.

    When its fallback stands in is left as it is, or forgotten: it may have been reckoned anew while
    `delivery` was being sent.
    """
    connection.execute(
        "UPDATE deliveries SET state = ?, next_at = ?, failures = ?, note = ?,"
        " fallback_at = iif(?, NULL, fallback_at), is_plain = ? WHERE delivery_id = ?",
        (
            delivery.state,
            stamp(delivery.next_at),
            delivery.failures,
            delivery.note,
            delivery.fallback_at is None,
            delivery.is_plain,
            delivery.id,
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO attempts VALUES (?, ?, ?, ?, ?)",
        [
            (delivery.id, number, stamp(attempt.at), attempt.status, attempt.reason)
            for number, attempt in enumerate(delivery.attempts)
        ],
    )


def take_out(
    connection: sqlite3.Connection, delivery: DeliveryId, alerts: Iterable[AlertId]
) -> None:
    """Have `delivery`, which is not sent yet, go without these of its alerts."""
    connection.execute(
        "DELETE FROM delivery_alerts WHERE delivery_id = ?"
        " AND alert_id IN (SELECT value FROM json_each(?))",
        (delivery, _list(alerts)),
    )


def note_silenced(
    connection: sqlite3.Connection, delivery: DeliveryId, reasons: Mapping[AlertId, str]
) -> None:
    """Keep why these alerts of a message that is being sent are not to be told, should it come back."""
    connection.executemany(
        "UPDATE delivery_alerts SET silenced = ? WHERE delivery_id = ? AND alert_id = ?"
        " AND silenced = ''",
        [(why, delivery, alert) for alert, why in reasons.items()],
    )


def silenced_meanwhile(connection: sqlite3.Connection, delivery: DeliveryId) -> dict[AlertId, str]:
    """Return which alerts of a message were silenced while it was being sent, and why."""
    rows = connection.execute(
        "SELECT alert_id, silenced FROM delivery_alerts WHERE delivery_id = ? AND silenced <> ''"
        " ORDER BY number",
        (delivery,),
    )
    return {AlertId(alert): why for alert, why in rows}


def forget_silenced(connection: sqlite3.Connection, delivery: DeliveryId) -> None:
    """Have nothing of a message silenced that was: it arrived, or what was to be done is done."""
    connection.execute(
        "UPDATE delivery_alerts SET silenced = '' WHERE delivery_id = ? AND silenced <> ''",
        (delivery,),
    )


def subscriptions_of(
    connection: sqlite3.Connection, alerts: Iterable[AlertId]
) -> dict[AlertId, SubscriptionId]:
    """Return for whom each of `alerts` is."""
    return dict(
        connection.execute(
            "SELECT alert_id, subscription_id FROM alerts"
            " WHERE alert_id IN (SELECT value FROM json_each(?))",
            (_list(alerts),),
        ).fetchall()
    )


def next_of(
    connection: sqlite3.Connection, channel: ChannelId, *, now: datetime
) -> Delivery | None:
    """Return the delivery that is to be tried now, the first in the channel's order.

    What tells of an event waits until all before it on the same event is settled, so that no
    correction overtakes what it corrects; what some people have is taken along by `claim_next`.
    """
    row = connection.execute(
        f"SELECT delivery_id FROM deliveries AS it WHERE {WAITS} AND {_NOT_OVERTAKING}"  # noqa: S608  own text
        " AND it.state IN ('held', 'due') AND channel_id = ? AND next_at <= ? AND place <= ?"
        " ORDER BY place LIMIT 1",
        (channel, stamp(now), _held_up_behind(connection, channel)),
    ).fetchone()
    return None if row is None else delivery_of(connection, row[0])


def partial_beside(connection: sqlite3.Connection, delivery: Delivery) -> list[Delivery]:
    """Return what else some of the channel's people have of the same events and others wait for, in order:
    what stands in for another channel beside what does so too.
    """
    stands_in = delivery.stands_in_for is not None
    rows = connection.execute(
        _PARTIAL_BESIDE, (delivery.id, delivery.channel, stands_in)
    ).fetchall()
    found = (delivery_of(connection, DeliveryId(other)) for (other,) in rows)
    return [one for one in found if one is not None]


def note_partial(connection: sqlite3.Connection, delivery: DeliveryId, *, is_partial: bool) -> None:
    """Write whether some of the channel's people have `delivery` and others wait for it."""
    connection.execute(
        "UPDATE deliveries SET is_partial = ?1 WHERE delivery_id = ?2 AND is_partial <> ?1",
        (is_partial, delivery),
    )


def next_times(connection: sqlite3.Connection) -> dict[ChannelId, datetime]:
    """Return per channel when a delivery may be tried, at the earliest."""
    rows = connection.execute(
        f"SELECT DISTINCT channel_id FROM deliveries AS it WHERE {WAITS}"  # noqa: S608  own text
    ).fetchall()
    times = {ChannelId(name): _next_time(connection, ChannelId(name)) for (name,) in rows}
    return {channel: at for channel, at in times.items() if at is not None}


def _next_time(connection: sqlite3.Connection, channel: ChannelId) -> datetime | None:
    (at,) = connection.execute(
        f"SELECT min(next_at) FROM deliveries AS it WHERE {WAITS}"  # noqa: S608  own text
        " AND it.state IN ('held', 'due') AND channel_id = ? AND place <= ?",
        (channel, _held_up_behind(connection, channel)),
    ).fetchone()
    return None if at is None else moment(at)


def _held_up_behind(connection: sqlite3.Connection, channel: ChannelId) -> int:
    """Return the place of the first delivery that is to be tried again: the others wait behind it. Behind
    what some of the channel's people have they do not.
    """
    (place,) = connection.execute(
        "SELECT min(place) FROM deliveries WHERE channel_id = ?"
        " AND failures > 0 AND state IN ('due', 'sending') AND failures < ? AND NOT is_partial",
        (channel, PATIENCE),
    ).fetchone()
    return _NOBODY if place is None else int(place)


def hurry(connection: sqlite3.Connection, channel: ChannelId, *, now: datetime) -> None:
    """Have what failed before tried at once: the channel takes messages again."""
    connection.execute(
        f"UPDATE deliveries AS it SET next_at = ? WHERE {WAITS} AND state = 'due'"  # noqa: S608  own text
        " AND channel_id = ? AND failures > 0 AND next_at > ?",
        (stamp(now), channel, stamp(now)),
    )


def spare_the_last_tries(connection: sqlite3.Connection, channel: ChannelId) -> None:
    """Have the next try of what failed often not count: it is one more than the schedule has.

    What failed less often counts every try, since those behind it wait until it has failed so often.
    """
    connection.execute(
        f"UPDATE deliveries AS it SET failures = failures - 1 WHERE {WAITS} AND state = 'due'"  # noqa: S608  own text
        " AND channel_id = ? AND failures > ?",
        (channel, PATIENCE),
    )


def move_behind(connection: sqlite3.Connection, delivery: DeliveryId) -> None:
    """Have a message go after all that was planned by now."""
    connection.execute(
        "UPDATE deliveries SET place = (SELECT max(place) + 1 FROM deliveries) WHERE delivery_id = ?",
        (delivery,),
    )


def release_overtaken(
    connection: sqlite3.Connection, delivery: Delivery, events: Collection[EventId]
) -> None:
    """Have go before `delivery`, which is due or held, what quiet hours hold for longer of the same
    `events` for the same people, a digest of many events too: it would say later how it stood before.
    What was planned behind it stays held.
    """
    if delivery.state not in {DeliveryState.DUE, DeliveryState.HELD}:
        return
    connection.execute(
        "UPDATE deliveries SET state = ?1, next_at = ?2, held_until = ?2"
        " WHERE delivery_id IN"
        " (SELECT delivery_id FROM alerts JOIN delivery_alerts USING (alert_id)"
        "  WHERE event_id IN (SELECT value FROM json_each(?3))"
        "  AND alerts.subscription_id IN (SELECT value FROM json_each(?4)))"
        " AND channel_id = ?5 AND state = 'held' AND next_at > ?2"
        " AND place < (SELECT place FROM deliveries WHERE delivery_id = ?6)",
        (
            delivery.state,
            stamp(delivery.next_at),
            _list(events),
            _list(delivery.subscriptions),
            delivery.channel,
            delivery.id,
        ),
    )


def release_held_in_order(connection: sqlite3.Connection) -> None:
    """Have what quiet hours hold go no later than what is held behind it, of the same event for the same
    people: several may be told by one message, each with hours of their own.
    """
    while connection.execute(_HELD_FOR_LONGER).rowcount:
        pass


def oldest_due(connection: sqlite3.Connection) -> datetime | None:
    """Return when the oldest message that is to be sent was planned; None when there is none."""
    (planned_at,) = connection.execute(
        # +: by age it would go through all that was ever sent.
        f"SELECT min(+planned_at) FROM deliveries AS it WHERE {WAITS} AND state = 'due'"  # noqa: S608  own text
    ).fetchone()
    return None if planned_at is None else moment(planned_at)


def deliveries_in(
    connection: sqlite3.Connection,
    states: Collection[DeliveryState],
    *,
    channel: ChannelId | None = None,
) -> list[Delivery]:
    """Return all deliveries in `states`, of every channel or of one, in order."""
    rows = connection.execute(
        f"SELECT delivery_id FROM deliveries AS it WHERE {WAITS}"  # noqa: S608  own text
        " AND state IN (SELECT value FROM json_each(?)) AND (? IS NULL OR channel_id = ?)"
        " ORDER BY place",
        (_list(states), channel, channel),
    ).fetchall()
    found = (delivery_of(connection, DeliveryId(delivery)) for (delivery,) in rows)
    return [delivery for delivery in found if delivery is not None]


def waiting_by_state(connection: sqlite3.Connection) -> dict[DeliveryState, int]:
    """Return how many deliveries wait, by state."""
    rows = connection.execute(
        f"SELECT state, count(*) FROM deliveries AS it WHERE {WAITS} GROUP BY state"  # noqa: S608  own text
    )
    return {DeliveryState(state): count for state, count in rows}


def what_it_tells(connection: sqlite3.Connection, delivery: Delivery) -> tuple[Told, ...]:
    """Return the delivery's alerts in the order of what they tell, each with its change.

    Not in that in which they were planned: what waited for a channel that was down is put together
    again and again.
    """
    rows = connection.execute(
        "SELECT alerts.record, event_changes.record FROM delivery_alerts"
        " JOIN alerts USING (alert_id) JOIN event_changes ON seq = change_seq"
        " WHERE delivery_id = ? ORDER BY change_seq, number",
        (delivery.id,),
    )
    return tuple(
        Told(alert=recent.decoded(Alert, alert), change=recent.decoded(EventChange, change))
        for alert, change in rows
    )


def sizes_told(connection: sqlite3.Connection, alerts: Iterable[AlertId]) -> dict[AlertId, int]:
    """Return how many bytes a program gets with each of `alerts`, about, in the order of what they tell.

    That is what the change has in the history: it says of each story more than a message does, and
    neither a sentence nor the names of companies.
    """
    return dict(
        connection.execute(
            "SELECT alert_id, length(event_changes.record) FROM alerts"
            " JOIN event_changes ON seq = change_seq"
            " WHERE alert_id IN (SELECT value FROM json_each(?)) ORDER BY change_seq",
            (_list(alerts),),
        ).fetchall()
    )


def planned_since(
    connection: sqlite3.Connection, channels: Collection[ChannelId], *, since: datetime
) -> list[Delivery]:
    """Return what was planned for `channels` after `since`, in order."""
    rows = connection.execute(
        "SELECT delivery_id FROM deliveries WHERE planned_at > ?"
        " AND channel_id IN (SELECT value FROM json_each(?)) ORDER BY place",
        (stamp(since), _list(channels)),
    ).fetchall()
    found = (delivery_of(connection, DeliveryId(delivery)) for (delivery,) in rows)
    return [delivery for delivery in found if delivery is not None]


WAITS = "it.state IN ('held', 'due', 'sending', 'unknown')"
"""As the partial index `deliveries_that_wait` has it: SQLite uses that only for these very words."""

_NOBODY = 2**62

_NOT_OVERTAKING = f"""NOT EXISTS (
    SELECT 1 FROM {OF_ITS_EVENTS}
    WHERE its.delivery_id = it.delivery_id
      AND other.channel_id = it.channel_id AND other.place < it.place
      AND (other.state = 'sending' OR (other.state = 'due' AND NOT other.is_partial)))"""  # noqa: S608  own text

_PARTIAL_BESIDE = f"""SELECT other.delivery_id FROM deliveries AS other
    WHERE other.channel_id = ?2 AND other.is_partial AND other.state = 'due'
      AND other.delivery_id <> ?1 AND (other.stands_in_for <> '') = ?3 AND EXISTS (
        SELECT 1 FROM {ALERTS_OF_ITS_EVENTS}
        WHERE its.delivery_id = ?1 AND theirs.delivery_id = other.delivery_id)
    ORDER BY +other.place"""  # noqa: S608  own text

_SOONEST_BEHIND = f"""(SELECT min(other.next_at) FROM {OF_ITS_EVENTS}
    WHERE its.delivery_id = it.delivery_id AND {FOR_ITS_PEOPLE}
      AND other.channel_id = it.channel_id AND other.place > it.place AND other.state = 'held')"""  # noqa: S608  own text

_HELD_FOR_LONGER = f"""UPDATE deliveries AS it
    SET next_at = {_SOONEST_BEHIND}, held_until = {_SOONEST_BEHIND}
    WHERE {WAITS} AND state = 'held' AND next_at > {_SOONEST_BEHIND}"""  # noqa: S608  own text


def _row(delivery: Delivery) -> tuple[str | int | None, ...]:
    next_at = stamp(delivery.next_at)
    return (
        delivery.id,
        delivery.channel,
        delivery.kind,
        delivery.state,
        stamp(delivery.planned_at),
        next_at,
        delivery.failures,
        delivery.note,
        next_at if delivery.state is DeliveryState.HELD else None,
        # Of what carries alerts, these name the subscriptions.
        "" if delivery.alerts else next(iter(delivery.subscriptions), ""),
        delivery.stands_in_for or "",
        delivery.fallback_to or "",
        _stamp_or_none(delivery.fallback_at),
        delivery.is_plain,
    )


def _stamp_or_none(at: datetime | None) -> int | None:
    return None if at is None else stamp(at)


def _list(values: Iterable[str]) -> str:
    """Return `values` as one parameter, for `IN (SELECT value FROM json_each(?))`."""
    return json.dumps(list(values))
