"""What tracking reads and leaves: readings that hold, sightings, events and their history."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime

from services.alerter.database.among import among
from services.alerter.database.connections import kept_by
from services.alerter.database.hot import hot_events
from services.alerter.database.recent import recent
from services.alerter.database.search import keep_terms
from services.alerter.database.times import moment, stamp
from services.alerter.tracking.changes import ChangeDraft, Tracked
from services.alerter.tracking.search import Search
from services.alerter.tracking.sighting import HeldReading, Rank, Sighting, TrackedEvent
from services.common.contracts.event import ChangeKind, EventChange
from services.common.contracts.reading import Reading
from services.common.ids import EventId, StoryId


def held_reading(connection: sqlite3.Connection, story: StoryId) -> HeldReading | None:
    """Return the reading of a story that holds so far; None for a story never read."""
    row = connection.execute(
        "SELECT revised_at, position, content_hash, rules_hash, watchlist_hash"
        " FROM readings WHERE story_id = ?",
        (story,),
    ).fetchone()
    if row is None:
        return None
    revised_at, position, content_hash, rules_hash, watchlist_hash = row
    sightings = connection.execute("SELECT record FROM sightings WHERE story_id = ?", (story,))
    return HeldReading(
        rank=Rank(revised_at=moment(revised_at), position=position),
        content_hash=content_hash,
        rules_hash=rules_hash,
        watchlist_hash=watchlist_hash,
        sightings=_sightings(sightings),
    )


def candidates(connection: sqlite3.Connection, searches: Iterable[Search]) -> list[TrackedEvent]:
    """Return the events that `searches` ask for, each once, with all their sightings."""
    found: dict[EventId, TrackedEvent] = {}
    for search in searches:
        for event in (*search.event_ids, *_near(connection, search)):
            if event not in found and (tracked := _tracked_event(connection, event)) is not None:
                found[event] = tracked
    return list(found.values())


def waiting(connection: sqlite3.Connection, searches: Iterable[Search]) -> list[Sighting]:
    """Return the background sightings without an event that `searches` ask for, each once."""
    records: dict[tuple[str, str], bytes] = {}
    for search in searches:
        is_asked, companies = among("company_id", search.companies)
        rows = connection.execute(
            "SELECT story_id, report_id, record FROM waiting_companies"  # noqa: S608  own text
            " JOIN sightings USING (story_id, report_id)"
            " WHERE waiting_companies.type = ? AND waiting_companies.told_at BETWEEN ? AND ?"
            f" AND {is_asked}",
            (search.type, stamp(search.since), stamp(search.until), *companies),
        )
        records |= {(story, report): record for story, report, record in rows}
    return [recent.decoded(Sighting, record) for record in records.values()]


def keep(
    connection: sqlite3.Connection,
    tracked: Tracked,
    *,
    reading: Reading,
    record: bytes,
    now: datetime,
) -> list[EventChange]:
    """Write what `reading`, which came as `record`, changed; return the changes, numbered, in order."""
    if tracked.held is not None:
        _keep_reading(connection, tracked.held, reading=reading, record=record, now=now)
    story = reading.story.story_id
    for sighting in tracked.removed:
        key = (sighting.story.story_id, sighting.report.report_id)
        connection.execute("DELETE FROM sightings WHERE story_id = ? AND report_id = ?", key)
        hot_events(connection).remove(key)
        connection.execute(_NO_LONGER_WAITING, key)
    for sighting in tracked.sightings:
        if not (tracked.is_first and sighting.story.story_id == story):
            key = (sighting.story.story_id, sighting.report.report_id)
            connection.execute(_NO_LONGER_WAITING, key)
        _keep_sighting(connection, sighting)
    return [_keep_change(connection, draft) for draft in tracked.changes]


def _near(connection: sqlite3.Connection, search: Search) -> Iterator[EventId]:
    is_asked, companies = among("company_id", search.companies)
    rows = connection.execute(
        "SELECT DISTINCT event_id FROM event_companies WHERE type = ?"  # noqa: S608  own text
        f" AND {is_asked} AND last_told_at >= ? AND first_told_at <= ?",
        (search.type, *companies, stamp(search.since), stamp(search.until)),
    ).fetchall()
    return (EventId(event) for (event,) in rows)


def _tracked_event(connection: sqlite3.Connection, event: EventId) -> TrackedEvent | None:
    row = connection.execute(
        "SELECT record FROM newest_changes WHERE event_id = ?", (event,)
    ).fetchone()
    if row is None:
        return None
    hot = hot_events(connection)
    sightings = hot.sightings_of(event)
    if sightings is None:
        rows = connection.execute("SELECT record FROM sightings WHERE event_id = ?", (event,))
        sightings = _sightings(rows)
        hot.keep(event, sightings)
    return TrackedEvent(event=recent.decoded(EventChange, row[0]).event, sightings=sightings)


def _sightings(rows: Iterable[tuple[bytes]]) -> tuple[Sighting, ...]:
    return tuple(recent.decoded(Sighting, record) for (record,) in rows)


def _keep_reading(
    connection: sqlite3.Connection,
    held: HeldReading,
    *,
    reading: Reading,
    record: bytes,
    now: datetime,
) -> None:
    connection.execute(
        "REPLACE INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            reading.story.story_id,
            reading.story.url,
            stamp(now),
            stamp(held.rank.revised_at),
            held.rank.position,
            held.content_hash,
            held.rules_hash,
            held.watchlist_hash,
            record,
        ),
    )


def _keep_sighting(connection: sqlite3.Connection, sighting: Sighting) -> None:
    key = (sighting.story.story_id, sighting.report.report_id)
    told_at = stamp(sighting.told_at)
    connection.execute(
        "REPLACE INTO sightings VALUES (?, ?, ?, ?, ?)",
        (*key, sighting.event_id, told_at, recent.encoded(sighting)),
    )
    hot_events(connection).write(sighting)
    report = sighting.report
    names = {company.id for company in report.companies}
    if sighting.event_id is None:
        connection.executemany(
            "REPLACE INTO waiting_companies VALUES (?, ?, ?, ?, ?)",
            [(report.type, name, told_at, *key) for name in names],
        )
    elif sighting.is_main:
        connection.executemany(
            "INSERT INTO event_companies VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET"
            " first_told_at = min(first_told_at, excluded.first_told_at),"
            " last_told_at = max(last_told_at, excluded.last_told_at)",
            [(report.type, name, sighting.event_id, told_at, told_at) for name in names],
        )


def _keep_change(connection: sqlite3.Connection, draft: ChangeDraft) -> EventChange:
    change = draft.numbered(kept_by(connection, _Numbers).next(connection))
    event = change.event
    connection.execute(
        "INSERT INTO event_changes VALUES (?, ?, ?, ?, ?)",
        (change.seq, stamp(change.at), event.id, change.kind, recent.encoded(change)),
    )
    is_new = change.kind is ChangeKind.OPENED
    keep_terms(connection, event, opened_seq=_keep_standing(connection, change), is_new=is_new)
    return change


def _keep_standing(connection: sqlite3.Connection, change: EventChange) -> int:
    """Write how an event stands after its newest change; return the number of its first."""
    if change.kind is ChangeKind.OPENED and _is_opened(connection, change):
        return change.seq
    event = change.event
    changed = connection.execute(
        "UPDATE events SET changed_seq = ?, changed_at = ?, stage = ?, merged_into = ?"
        " WHERE event_id = ?",
        (change.seq, stamp(change.at), event.stage, event.merged_into, event.id),
    )
    if not changed.rowcount and _is_opened(connection, change):
        return change.seq
    (opened_seq,) = connection.execute(
        "SELECT opened_seq FROM events WHERE event_id = ?", (event.id,)
    ).fetchone()
    return int(opened_seq)


def _is_opened(connection: sqlite3.Connection, change: EventChange) -> bool:
    """Return whether the event was not there, and is now as the change leaves it."""
    event = change.event
    opened = connection.execute(
        "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            change.seq,
            event.id,
            change.seq,
            stamp(change.at),
            event.type,
            event.stage,
            event.merged_into,
        ),
    )
    return opened.rowcount > 0


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


_NO_LONGER_WAITING = "DELETE FROM waiting_companies WHERE story_id = ? AND report_id = ?"
