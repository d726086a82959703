"""Threads: what a channel shows of an event, so that a new stage lands where the first one stands."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.alerter.channels.port import Thread
from services.alerter.database.outbox import Told, what_it_tells
from services.alerter.database.queries import delivery_of, event_of
from services.alerter.database.times import moment, stamp
from services.common.contracts.alert import Reason
from services.common.contracts.delivery import Delivery, DeliveryKind
from services.common.contracts.event import Event
from services.common.ids import ChannelId, DeliveryId, EventId

_THREADED = frozenset({DeliveryKind.MESSAGE, DeliveryKind.CATCH_UP})

EDITED_FOR = timedelta(days=2)
"""How long after the newest change of its event a root that could not be edited is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownThread:
    """A thread of a channel as it was configured then, by the hash `configured`."""

    thread: Thread
    configured: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleRoot:
    """A first message whose event has changed since, with what it tells as that stands now.

    `stage` and `shown` are what it says, `shown_seq` is the newest change that the edit takes in.
    """

    channel: ChannelId
    configured: str
    delivery: Delivery
    handle: str
    told: tuple[Told, ...]
    stage: str
    shown: str
    shown_seq: int
    edited_at: datetime


def thread_of(
    connection: sqlite3.Connection, delivery: Delivery, told: Iterable[Told]
) -> KnownThread | None:
    """Return the thread in which all that a message tells was told before; None for several or none.

    A digest or a summary stands alone.
    """
    if delivery.kind not in _THREADED:
        return None
    found: dict[tuple[str, str], KnownThread] = {}
    for one in told:
        row = _row(connection, delivery.channel, one.change.event)
        if row is None:
            return None
        root, last, configured = row
        thread = KnownThread(thread=Thread(root=root, last=last), configured=configured)
        found[root, configured] = thread
    return next(iter(found.values())) if len(found) == 1 else None


def keep_thread(
    connection: sqlite3.Connection,
    delivery: Delivery,
    told: Iterable[Told],
    *,
    handle: str,
    configured: str,
    now: datetime,
) -> None:
    """Remember a message that was sent as the newest of its events' threads, or as their first."""
    if delivery.kind not in _THREADED:
        return
    for one in told:
        event = one.change.event
        row = _row(connection, delivery.channel, event)
        if row is not None and row[2] == configured:
            _keep_newest(connection, delivery.channel, event, handle)
            continue
        connection.execute(
            "REPLACE INTO threads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                delivery.channel,
                event.id,
                configured,
                delivery.id,
                handle,
                handle,
                standing_of(event),
                "",
                one.change.seq,
                stamp(now),
            ),
        )


def stale_roots(
    connection: sqlite3.Connection, configured: Mapping[ChannelId, str], *, now: datetime
) -> list[StaleRoot]:
    """Return the roots in these channels whose events changed since, each once.

    `configured` has the hash of each channel's present configuration.
    """
    # CROSS: the events of two days first, not every thread of a year; SQLite keeps to this order.
    rows = connection.execute(
        "SELECT channel_id, configured, delivery_id, root, threads.stage, shown, max(changed_seq), edited_at"
        " FROM events CROSS JOIN threads USING (event_id)"
        " WHERE changed_at >= ? AND changed_seq > shown_seq"
        " AND channel_id IN (SELECT value FROM json_each(?))"
        " GROUP BY channel_id, configured, root ORDER BY edited_at",
        (stamp(now - EDITED_FOR), json.dumps(list(configured))),
    ).fetchall()
    found = (_stale(connection, row) for row in rows if configured[ChannelId(row[0])] == row[1])
    return [root for root in found if root is not None]


def keep_shown(
    connection: sqlite3.Connection, root: StaleRoot, *, stage: str, shown: str, now: datetime
) -> None:
    """Remember what a root says now."""
    connection.execute(
        "UPDATE threads SET stage = ?, shown = ?, shown_seq = max(shown_seq, ?), edited_at = ?"
        " WHERE channel_id = ? AND configured = ? AND root = ?",
        (stage, shown, root.shown_seq, stamp(now), root.channel, root.configured, root.handle),
    )


def standing_of(*events: Event) -> str:
    """Return the stages of events as far as a reader is to see a change of them at once."""
    return " ".join(_standing_of(event) for event in events)


def _standing_of(event: Event) -> str:
    if event.withdrawn:
        return "withdrawn"
    disputed = "?" if event.disputed else ""
    elsewhere = f"+{event.still.stage}" if event.still else ""
    return f"{event.stage}{disputed}{elsewhere}"


def _row(
    connection: sqlite3.Connection, channel: ChannelId, event: Event
) -> tuple[str, str, str] | None:
    """Return root, last and configured of an event, or of one that it absorbed."""
    for one in (event.id, *event.absorbed):
        row: tuple[str, str, str] | None = connection.execute(
            "SELECT root, last, configured FROM threads WHERE channel_id = ? AND event_id = ?",
            (channel, one),
        ).fetchone()
        if row is not None:
            return row
    return None


def _keep_newest(
    connection: sqlite3.Connection, channel: ChannelId, event: Event, handle: str
) -> None:
    events: Collection[EventId] = (event.id, *event.absorbed)
    connection.execute(
        "UPDATE threads SET last = ? WHERE channel_id = ?"
        " AND event_id IN (SELECT value FROM json_each(?))",
        (handle, channel, json.dumps(list(events))),
    )


def _stale(connection: sqlite3.Connection, row: Sequence[str | int]) -> StaleRoot | None:
    channel, configured, delivery_id, root, stage, shown, shown_seq, edited_at = row
    delivery = delivery_of(connection, DeliveryId(str(delivery_id)))
    if delivery is None:
        return None
    told = what_it_tells(connection, delivery)
    return StaleRoot(
        channel=ChannelId(str(channel)),
        configured=str(configured),
        delivery=delivery,
        handle=str(root),
        told=tuple(_as_it_stands(connection, one) for one in told),
        stage=str(stage),
        shown=str(shown),
        shown_seq=int(shown_seq),
        edited_at=moment(int(edited_at)),
    )


def _as_it_stands(connection: sqlite3.Connection, told: Told) -> Told:
    """Return what was told with its event as that stands now, quoting a story that says so."""
    event = _now(connection, told.change.event)
    saying = [story.id for story in event.stories if story.stage == event.stage]
    cause = saying[-1] if saying else told.change.cause
    reason = Reason.WITHDRAWN if event.withdrawn else Reason.NEW
    return Told(
        alert=replace(told.alert, reason=reason),
        change=replace(told.change, event=event, cause=cause),
    )


def _now(connection: sqlite3.Connection, event: Event) -> Event:
    """Return the event as it stands now, or what it turned out to be the same happening as."""
    followed: set[EventId] = set()
    newest = event_of(connection, event.id)
    while newest is not None and newest.merged_into is not None and newest.id not in followed:
        followed.add(newest.id)
        newest = event_of(connection, newest.merged_into)
    return newest or event
