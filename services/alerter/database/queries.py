"""What page, API and commands read. Each is a function of a connection: `database.read(query, …)`.

Lists come in pages: `next` is what to pass as `before` to get the page behind it, None on the last.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.alerter.database.among import among
from services.alerter.database.search import Sought
from services.alerter.database.times import moment
from services.common.contracts.alert import Alert
from services.common.contracts.codec import decode
from services.common.contracts.delivery import Attempt, Delivery, DeliveryKind, DeliveryState
from services.common.contracts.event import Event, EventChange
from services.common.contracts.reading import Reading
from services.common.ids import (
    AlertId,
    ChannelId,
    CompanyId,
    DeliveryId,
    EventId,
    StoryId,
    SubscriptionId,
)

DEFAULT_PAGE = 50

_Condition = tuple[str, tuple[str | int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsPage:
    """Events, the one opened last first; withdrawn ones too, merged ones under what they are now."""

    events: tuple[Event, ...]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesPage:
    """Deliveries, the one planned last first, with all their attempts."""

    deliveries: tuple[Delivery, ...]
    next: int | None


def events_page(
    connection: sqlite3.Connection,
    *,
    type: str | None = None,  # noqa: A002  the contract's own word
    stage: str | None = None,
    country: str | None = None,
    companies: Iterable[str] | None = None,
    sought: Iterable[Sought] = (),
    limit: int = DEFAULT_PAGE,
    before: int | None = None,
) -> EventsPage:
    """Return `limit` events, newest first, from behind the cursor `before`.

    Only those of `type`, at `stage`, in `country` and with one of `companies`; None is no condition.
    They have all that is `sought`: the records of all events need not be read for the few that have it.
    """
    wanted: dict[str, str | int | None] = {
        "opened_seq < ?": before,
        "type = ?": type,
        "stage = ?": stage,
        _HAS_COUNTRY: country,
        _HAS_COMPANY: None if companies is None else json.dumps(list(companies)),
    }
    asked = [(condition, (value,)) for condition, value in wanted.items() if value is not None]
    rows = _found(connection, asked, list(sought), limit=limit, before=before)
    events = tuple(decode(EventChange, record).event for _, record in rows[:limit])
    return EventsPage(events=events, next=_next([(seq,) for seq, _ in rows], limit))


def _found(
    connection: sqlite3.Connection,
    asked: Sequence[_Condition],
    sought: Sequence[Sought],
    *,
    limit: int,
    before: int | None,
) -> list[tuple[int, bytes]]:
    """Return up to `limit` events as they stand, and one more, newest first.

    Few events have what is rare, and each of these is asked for the rest. What many have fills a page from
    the newest of them; only where these have no page of it, all that have it are looked up.
    """
    rare = [one for one in sought if one.is_rare(connection)]
    if rare or not sought:
        has_all = [one.among_all() if one in rare else one.of_each() for one in sought]
        return _selected(connection, [*asked, *has_all], limit=limit)
    begin = connection.execute(
        "SELECT opened_seq FROM events WHERE ? IS NULL OR opened_seq < ?"
        " ORDER BY opened_seq DESC LIMIT 1 OFFSET ?",
        (before, before, NEWEST_EVENTS),
    ).fetchone()
    among_newest = [] if begin is None else [("opened_seq > ?", begin)]
    of_each = [one.of_each() for one in sought]
    rows = _selected(connection, [*asked, *among_newest, *of_each], limit=limit)
    if begin is None or len(rows) > limit:
        return rows
    return _selected(connection, [*asked, *(one.among_all() for one in sought)], limit=limit)


def _selected(
    connection: sqlite3.Connection, asked: Sequence[_Condition], *, limit: int
) -> list[tuple[int, bytes]]:
    conditions = ("merged_into IS NULL", *(condition for condition, _ in asked))
    values = (value for _, held in asked for value in held)
    return connection.execute(
        "SELECT opened_seq, record FROM newest_changes"  # noqa: S608  own text
        f" WHERE {' AND '.join(conditions)} ORDER BY opened_seq DESC LIMIT ?",
        (*values, limit + 1),
    ).fetchall()


# Asked one by one that many take some 5 ms; of what one event in forty has they hold a page.
NEWEST_EVENTS = 2_000

# A record is a blob, and JSON functions want text.
_HAS_COUNTRY = (
    "EXISTS (SELECT 1 FROM json_each(CAST(record AS TEXT), '$.event.countries') WHERE value = ?)"
)
_HAS_COMPANY = (
    "EXISTS (SELECT 1 FROM json_each(CAST(record AS TEXT), '$.event.companies')"
    " WHERE json_extract(value, '$.id') IN (SELECT value FROM json_each(?)))"
)


def event_of(connection: sqlite3.Connection, event: EventId) -> Event | None:
    """Return the event as it stands now."""
    row = connection.execute(
        "SELECT record FROM newest_changes WHERE event_id = ?", (event,)
    ).fetchone()
    return None if row is None else decode(EventChange, row[0]).event


def event_as_it_is_now(connection: sqlite3.Connection, event_id: EventId) -> Event | None:
    """Return an event; for one that turned out to be the same happening as another, that one."""
    event = event_of(connection, event_id)
    followed: set[EventId] = set()
    while event is not None and event.merged_into is not None and event.id not in followed:
        followed.add(event.id)
        event = event_of(connection, event.merged_into)
    return event


def events_of_story(connection: sqlite3.Connection, story: StoryId) -> list[Event]:
    """Return the events that a story tells now, as they stand; oldest first."""
    rows = connection.execute(
        "SELECT record FROM newest_changes WHERE event_id IN"
        " (SELECT event_id FROM sightings WHERE story_id = ?) ORDER BY opened_seq",
        (story,),
    )
    return [decode(EventChange, record).event for (record,) in rows]


def changes_after(
    connection: sqlite3.Connection, seq: int, *, limit: int = 500
) -> list[EventChange]:
    """Return up to `limit` changes of any event behind `seq`, in order."""
    rows = connection.execute(
        "SELECT record FROM event_changes WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit)
    )
    return [decode(EventChange, record) for (record,) in rows]


def changes_of_event(
    connection: sqlite3.Connection, event: EventId, *, after: int = 0
) -> list[EventChange]:
    """Return the history of one event behind the number `after`, in order."""
    rows = connection.execute(
        "SELECT record FROM event_changes WHERE event_id = ? AND seq > ? ORDER BY seq",
        (event, after),
    )
    return [decode(EventChange, record) for (record,) in rows]


def last_seq(connection: sqlite3.Connection) -> int:
    """Return the number of the newest change, 0 where there was none yet."""
    (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM event_changes").fetchone()
    return int(seq)


def changes_naming(
    connection: sqlite3.Connection, companies: Collection[CompanyId], *, after: int
) -> Iterator[list[EventChange]]:
    """Yield what changed after the number `after` in each event that names one of `companies`, in order."""
    if not companies:
        return
    is_asked, names = among("company_id", companies)
    events = connection.execute(
        "SELECT DISTINCT event_id FROM event_companies JOIN events USING (event_id)"  # noqa: S608  own text
        f" WHERE {is_asked} AND changed_seq > ? ORDER BY opened_seq",
        (*names, after),
    )
    for (event,) in events.fetchall():
        yield changes_of_event(connection, event, after=after)


def alerts_of_event(
    connection: sqlite3.Connection, event: EventId, *, subscription: SubscriptionId | None = None
) -> list[Alert]:
    """Return what was decided to be told of an event, to everybody or to one, in order."""
    rows = connection.execute(
        "SELECT record FROM alerts WHERE event_id = ? AND (? IS NULL OR subscription_id = ?)"
        " ORDER BY change_seq, alert_id",
        (event, subscription, subscription),
    )
    return [decode(Alert, record) for (record,) in rows]


def reading_of(connection: sqlite3.Connection, story: str) -> Reading | None:
    """Return what the classifier saw in the story with this id or address; the newest one."""
    row = connection.execute(
        "SELECT record FROM readings WHERE story_id = ? OR url = ? ORDER BY read_at DESC LIMIT 1",
        (story, story),
    ).fetchone()
    return None if row is None else decode(Reading, row[0])


def deliveries_page(
    connection: sqlite3.Connection,
    *,
    state: DeliveryState | None = None,
    subscription: SubscriptionId | None = None,
    channel: ChannelId | None = None,
    limit: int = DEFAULT_PAGE,
    before: int | None = None,
) -> DeliveriesPage:
    """Return `limit` deliveries, newest first, that are in `state`, for `subscription`, to `channel`."""
    wanted: dict[str, str | int | None] = {
        "place < ?": before,
        "state = ?": state,
        "channel_id = ?": channel,
    }
    asked = [(condition, (value,)) for condition, value in wanted.items() if value is not None]
    if subscription is None:
        rows = _places(connection, asked, limit=limit)
    else:
        rows = _places_of(connection, subscription, asked, limit=limit)
    found = [
        connection.execute(f"SELECT {_DELIVERY} FROM deliveries WHERE place = ?", row).fetchone()  # noqa: S608  own text
        for row in rows[:limit]
    ]
    return DeliveriesPage(deliveries=tuple(_deliveries(connection, found)), next=_next(rows, limit))


def _places_of(
    connection: sqlite3.Connection,
    subscription: SubscriptionId,
    asked: Sequence[_Condition],
    *,
    limit: int,
) -> list[tuple[int]]:
    """Return the places of up to `limit` deliveries for `subscription`, and one more, newest first.

    Who is told much is asked of one delivery after the other, the newest first; of who is told little
    all are looked up. So they are where much was told long ago or in one message: the newest have no
    page of it.
    """
    both = (subscription, subscription)
    if _is_told_much(connection, subscription):
        newest = _places(connection, asked, limit=_NEWEST)
        since = newest[-1][0] if newest else 0
        near = [*asked, ("place >= ?", (since,)), (_IS_FOR_ITS_SUBSCRIPTION, both)]
        rows = _places(connection, near, limit=limit)
        if len(rows) > limit or len(newest) <= _NEWEST:
            return rows
    return _places(connection, [*asked, (_IS_ONE_OF_SUBSCRIPTION, both)], limit=limit)


def _places(
    connection: sqlite3.Connection, asked: Sequence[_Condition], *, limit: int
) -> list[tuple[int]]:
    """Return the places of up to `limit` deliveries for which all that is asked holds, and one more."""
    conditions = ["1", *(condition for condition, _ in asked)]
    values = (value for _, held in asked for value in held)
    return connection.execute(
        f"SELECT place FROM deliveries WHERE {' AND '.join(conditions)}"  # noqa: S608  own text
        " ORDER BY place DESC LIMIT ?",
        (*values, limit + 1),
    ).fetchall()


def _is_told_much(connection: sqlite3.Connection, subscription: SubscriptionId) -> bool:
    """Return whether a few of the newest deliveries are likely to be for `subscription`."""
    (alerts,) = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM alerts WHERE subscription_id = ? LIMIT ?)",
        (subscription, _MANY_ALERTS),
    ).fetchone()
    return bool(alerts == _MANY_ALERTS)


_MANY_ALERTS = 2_000
"""So many are looked up in some 20 ms; as long takes it to go through 10,000 deliveries."""
_NEWEST = 5_000
"""So many are gone through for a page before the whole is looked up: of 150,000 deliveries they hold a
page of whoever has `_MANY_ALERTS`, unless these came in few messages or long ago."""

# Those without alerts, such as a proof of life, name their subscription themselves.
_IS_FOR_ITS_SUBSCRIPTION = """
    (deliveries.subscription_id = ? OR EXISTS (SELECT 1 FROM delivery_alerts JOIN alerts USING (alert_id)
      WHERE delivery_alerts.delivery_id = deliveries.delivery_id AND alerts.subscription_id = ?))"""
_IS_ONE_OF_SUBSCRIPTION = """
    place IN (SELECT place FROM deliveries WHERE subscription_id = ? AND subscription_id <> ''
      UNION SELECT place FROM alerts JOIN delivery_alerts USING (alert_id)
      JOIN deliveries USING (delivery_id) WHERE alerts.subscription_id = ?)"""


def delivery_of(connection: sqlite3.Connection, delivery: DeliveryId) -> Delivery | None:
    """Return one delivery with its attempts."""
    row = connection.execute(
        f"SELECT {_DELIVERY} FROM deliveries WHERE delivery_id = ?",  # noqa: S608  own text
        (delivery,),
    ).fetchone()
    return None if row is None else _deliveries(connection, [row])[0]


def deliveries_of_alerts(
    connection: sqlite3.Connection, alerts: Collection[AlertId]
) -> dict[AlertId, list[Delivery]]:
    """Return the messages that carry each of `alerts`, one for each channel, in the order of planning."""
    if not alerts:
        return {}
    is_asked, names = among("alert_id", alerts)
    rows = connection.execute(
        f"SELECT {_DELIVERY} FROM deliveries WHERE delivery_id IN"  # noqa: S608  own text
        f" (SELECT delivery_id FROM delivery_alerts WHERE {is_asked}) ORDER BY place",
        names,
    ).fetchall()
    asked = set(alerts)
    carrying: dict[AlertId, list[Delivery]] = {}
    for delivery in _deliveries(connection, rows):
        for alert in asked.intersection(delivery.alerts):
            carrying.setdefault(alert, []).append(delivery)
    return carrying


_DELIVERY = (
    "delivery_id, channel_id, kind, state, planned_at, next_at, failures, note,"
    " subscription_id, stands_in_for, fallback_to, fallback_at, is_plain"
)


def _deliveries(
    connection: sqlite3.Connection, rows: Sequence[Sequence[str | int]]
) -> list[Delivery]:
    if not rows:
        return []
    told: dict[str, list[tuple[str, str]]] = {}
    tries: dict[str, list[tuple[int, int | None, str]]] = {}
    is_of_it, names = among("delivery_id", [str(row[0]) for row in rows])
    for name, *one in connection.execute(
        "SELECT delivery_id, alert_id, subscription_id"  # noqa: S608  own text
        f" FROM delivery_alerts JOIN alerts USING (alert_id) WHERE {is_of_it} ORDER BY number",
        names,
    ):
        told.setdefault(name, []).append((one[0], one[1]))
    for name, *one in connection.execute(
        f"SELECT delivery_id, at, status, reason FROM attempts WHERE {is_of_it} ORDER BY number",  # noqa: S608  own text
        names,
    ):
        tries.setdefault(name, []).append((one[0], one[1], one[2]))
    return [_delivery(row, told.get(str(row[0]), ()), tries.get(str(row[0]), ())) for row in rows]


def _delivery(
    row: Sequence[str | int],
    told: Sequence[tuple[str, str]],
    tries: Sequence[tuple[int, int | None, str]],
) -> Delivery:
    delivery_id, channel, kind, state, planned_at, next_at, failures, note, *rest = row
    subscription, stands_in_for, fallback_to, fallback_at, is_plain = rest
    return Delivery(
        id=DeliveryId(str(delivery_id)),
        channel=ChannelId(str(channel)),
        kind=DeliveryKind(str(kind)),
        state=DeliveryState(str(state)),
        subscriptions=tuple(
            dict.fromkeys(
                SubscriptionId(name)
                for name in (*(own for _, own in told), str(subscription))
                if name
            )
        ),
        alerts=tuple(AlertId(alert) for alert, _ in told),
        planned_at=moment(int(planned_at)),
        next_at=moment(int(next_at)),
        attempts=tuple(
            Attempt(at=moment(at), status=status, reason=reason) for at, status, reason in tries
        ),
        failures=int(failures),
        note=str(note),
        fallback_to=ChannelId(str(fallback_to)) if fallback_to else None,
        fallback_at=None if fallback_at is None else moment(int(fallback_at)),
        stands_in_for=DeliveryId(str(stands_in_for)) if stands_in_for else None,
        is_plain=bool(is_plain),
    )


def _next(rows: Sequence[Sequence[int]], limit: int) -> int | None:
    return rows[limit - 1][0] if len(rows) > limit else None
