"""Standing: events with their newest change, as a batch of readings changes them, and their history."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.alerter.database.among import among
from services.alerter.database.connections import kept_by
from services.alerter.database.recent import recent
from services.alerter.database.search import keep_terms
from services.alerter.database.times import stamp
from services.alerter.tracking.changes import ChangeDraft
from services.common.contracts.event import Event, EventChange
from services.common.ids import EventId


@dataclass(slots=True)
class _Standing:
    """The number of an event's first change, its newest one, and whether the file has it yet."""

    opened_seq: int
    newest: EventChange
    is_new: bool


class Standings:
    """Events as they stand. Each stands for one row of its own and its changes for one each."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._numbers = kept_by(connection, _Numbers)
        self._stored: dict[EventId, tuple[int, bytes] | None] = {}
        self._changed: dict[EventId, _Standing] = {}
        self._changes: list[EventChange] = []

    def load(self, events: Iterable[EventId]) -> list[EventId]:
        """Read those of `events` that are not known yet; return which of these there are."""
        asked = [event for event in dict.fromkeys(events) if event not in self._stored]
        if not asked:
            return []
        self._stored.update(dict.fromkeys(asked))
        is_asked, ids = among("event_id", asked)
        rows = self._connection.execute(
            f"SELECT event_id, opened_seq, record FROM newest_changes WHERE {is_asked}",  # noqa: S608  own text
            ids,
        ).fetchall()
        self._stored.update((event, (opened_seq, record)) for event, opened_seq, record in rows)
        return [event for event, _, _ in rows]

    @property
    def known(self) -> Collection[EventId]:
        """Return every id that was asked for, whether there is an event or not."""
        return self._stored.keys()

    def __contains__(self, event: object) -> bool:
        """Return whether there is an event of this id, in whatever state."""
        name = EventId(str(event))
        return name in self._changed or self._stored_of(name) is not None

    def of(self, event: EventId) -> Event | None:
        """Return an event as it stands; None where there is none."""
        if (changed := self._changed.get(event)) is not None:
            return changed.newest.event
        stored = self._stored_of(event)
        return None if stored is None else recent.decoded(EventChange, stored[1]).event

    def put(self, draft: ChangeDraft) -> EventChange:
        """Take in the next change; return it with its number."""
        change = draft.numbered(self._numbers.next(self._connection))
        event = change.event.id
        self._changes.append(change)
        if (changed := self._changed.get(event)) is not None:
            changed.newest = change
            return change
        stored = self._stored_of(event)
        opened_seq = change.seq if stored is None else stored[0]
        self._changed[event] = _Standing(opened_seq, change, is_new=stored is None)
        return change

    def write(self) -> None:
        """Write the changes, how the events stand after them, and what these are found by."""
        self._connection.executemany(
            "INSERT INTO event_changes VALUES (?, ?, ?, ?, ?)",
            [
                (one.seq, stamp(one.at), one.event.id, one.kind, recent.encoded(one))
                for one in self._changes
            ],
        )
        self._write_standings()
        keep_terms(
            self._connection,
            [(self._changed[one.event.id].opened_seq, one.event) for one in self._changes],
            new={one.opened_seq for one in self._changed.values() if one.is_new},
        )
        self._changes.clear()
        self._changed.clear()
        self._stored.clear()

    def _stored_of(self, event: EventId) -> tuple[int, bytes] | None:
        if event not in self._stored:
            self.load([event])
        return self._stored[event]

    def _write_standings(self) -> None:
        changed = [(one, one.newest, one.newest.event) for one in self._changed.values()]
        self._connection.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    it.opened_seq,
                    event.id,
                    newest.seq,
                    stamp(newest.at),
                    event.type,
                    event.stage,
                    event.merged_into,
                )
                for it, newest, event in changed
                if it.is_new
            ],
        )
        self._connection.executemany(
            "UPDATE events SET changed_seq = ?, changed_at = ?, stage = ?, merged_into = ?"
            " WHERE opened_seq = ?",
            [
                (newest.seq, stamp(newest.at), event.stage, event.merged_into, it.opened_seq)
                for it, newest, event in changed
                if not it.is_new
            ],
        )


class _Numbers:
    """The numbers of changes: each is used once, also when what had it is removed."""

    def __init__(self) -> None:
        self._last: int | None = None

    def next(self, connection: sqlite3.Connection) -> int:
        """Return the number of the next change."""
        if self._last is None:
            (self._last,) = connection.execute(
                "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event_changes'), 0)"
            ).fetchone()
        self._last += 1
        return self._last
