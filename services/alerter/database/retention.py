"""Retention: what the database keeps and for how long."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from services.alerter.database.connections import Database, forget_kept
from services.alerter.database.times import moment, stamp
from services.common.clock import Clock
from services.common.stop import Stop

READINGS_KEPT = timedelta(days=35)
ATTEMPTS_KEPT = timedelta(days=180)
HISTORY_KEPT = timedelta(days=400)
"""Events, their changes and reports, alerts and deliveries."""

_EVERY = timedelta(hours=1)
_A_RUN = timedelta(days=1)

# One transaction removes so many rows of a table at most: some 10 ms, in which nothing else is written.
_AT_ONCE = 500
_PAGES_AT_ONCE = 1_000

log = structlog.get_logger()


class Retention:
    """Removes, once an hour and a little at a time, what need not be kept any longer."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self, stop: Stop) -> None:
        """Remove until `stop` is asked."""
        while not stop.is_asked:
            removed = 0
            limits = await self._database.read(limits_of, now=self._clock.now())
            while not stop.is_asked:
                rows = await self._database.write(expire, limits)
                if rows == 0:
                    break
                removed += rows
            if removed:
                log.info("history_expired", rows=removed)
            free = 1
            while free and not stop.is_asked:
                free = await self._database.write(give_back)
            await stop.pause(_EVERY)


def give_back(connection: sqlite3.Connection) -> int:
    """Give some free pages back to the file system; return how many are left."""
    connection.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (mode,) = connection.execute("PRAGMA auto_vacuum").fetchone()
    return int(free) if mode else 0


def limits_of(connection: sqlite3.Connection, *, now: datetime) -> dict[timedelta, datetime]:
    """Return, by how long it is kept, before when is what this hour's run removes: what is older than that,
    but of each the oldest day at most.

    A machine may start with a clock that is years ahead: until it is set right, all of it would go.
    """
    limits: dict[timedelta, datetime] = {}
    for kept, statement in _OLDEST.items():
        (oldest,) = connection.execute(statement).fetchone()
        limit = now - kept
        limits[kept] = limit if oldest is None else min(limit, moment(oldest) + _A_RUN)
    return limits


def expire(connection: sqlite3.Connection, limits: Mapping[timedelta, datetime]) -> int:
    """Remove some of what is from before its limit, by how long it is kept; return how many rows. Zero:
    nothing is left to remove.

    The reading of a story is kept as long as its reports, which a later content of it continues, and these
    from when they were read: a publisher's date may be years ago. The newest change of an event is as
    old as the event, so an event never stands without it. An alert is kept as long as the messages that
    carry it, such as a digest of a week later.
    """
    removed = sum(
        connection.execute(statement, (stamp(limits[kept]), _AT_ONCE)).rowcount
        for statement, kept in _EXPIRY
    )
    if removed:
        forget_kept(connection)
    return removed


_OLDEST = {
    READINGS_KEPT: """SELECT min(read_at) FROM readings WHERE NOT EXISTS (
        SELECT 1 FROM sightings WHERE sightings.story_id = readings.story_id)""",
    ATTEMPTS_KEPT: "SELECT min(at) FROM attempts",
    HISTORY_KEPT: """SELECT min(at) FROM (SELECT min(at) AS at FROM event_changes
        UNION ALL SELECT min(planned_at) FROM deliveries)""",
}

_EXPIRY = (
    (
        """DELETE FROM readings WHERE story_id IN (
             SELECT story_id FROM readings WHERE read_at < ? AND NOT EXISTS (
               SELECT 1 FROM sightings WHERE sightings.story_id = readings.story_id) LIMIT ?)""",
        READINGS_KEPT,
    ),
    (
        """DELETE FROM attempts WHERE (delivery_id, number) IN (
             SELECT delivery_id, number FROM attempts WHERE at < ? LIMIT ?)""",
        ATTEMPTS_KEPT,
    ),
    (
        """DELETE FROM reached WHERE (channel_id, part, address) IN (
             SELECT channel_id, part, address FROM reached WHERE at < ? LIMIT ?)""",
        ATTEMPTS_KEPT,
    ),
    (
        """DELETE FROM waiting_companies WHERE (story_id, report_id) IN (
             SELECT story_id, report_id FROM readings CROSS JOIN sightings USING (story_id)
             WHERE read_at < ? LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM sightings WHERE (story_id, report_id) IN (
             SELECT story_id, report_id FROM readings CROSS JOIN sightings USING (story_id)
             WHERE read_at < ? LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM event_companies WHERE event_id IN (
             SELECT event_id FROM events WHERE changed_at < ? LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM event_terms WHERE (term, opened_seq) IN (
             SELECT term, opened_seq FROM event_terms WHERE opened_seq IN (
               SELECT opened_seq FROM events WHERE changed_at < ?) LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM threads WHERE (channel_id, event_id) IN (
             SELECT channel_id, event_id FROM threads JOIN events USING (event_id)
             WHERE changed_at < ? LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM events WHERE event_id IN (
             SELECT event_id FROM events WHERE changed_at < ? AND NOT EXISTS (
               SELECT 1 FROM event_terms WHERE event_terms.opened_seq = events.opened_seq) LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM event_changes WHERE seq IN (
             SELECT seq FROM event_changes WHERE at < ? AND NOT EXISTS (
               SELECT 1 FROM events
               WHERE events.event_id = event_changes.event_id AND changed_seq = seq) LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM deliveries WHERE delivery_id IN (
             SELECT delivery_id FROM deliveries WHERE planned_at < ? LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM delivery_alerts WHERE (delivery_id, number) IN (
             SELECT delivery_id, number FROM alerts JOIN delivery_alerts USING (alert_id)
             WHERE at < ? AND NOT EXISTS (
               SELECT 1 FROM deliveries
               WHERE deliveries.delivery_id = delivery_alerts.delivery_id) LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM alerts WHERE alert_id IN (
             SELECT alert_id FROM alerts WHERE at < ? AND NOT EXISTS (
               SELECT 1 FROM delivery_alerts
               WHERE delivery_alerts.alert_id = alerts.alert_id) LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM threads WHERE (channel_id, event_id) IN (
             SELECT channel_id, event_id FROM threads WHERE edited_at < ? AND NOT EXISTS (
               SELECT 1 FROM events WHERE events.event_id = threads.event_id) LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM acknowledgements WHERE (event_id, stage) IN (
             SELECT event_id, stage FROM acknowledgements WHERE at < ? LIMIT ?)""",
        HISTORY_KEPT,
    ),
    (
        """DELETE FROM mutes WHERE mute_id IN (
             SELECT mute_id FROM mutes WHERE ends_at < ? LIMIT ?)""",
        HISTORY_KEPT,
    ),
)
