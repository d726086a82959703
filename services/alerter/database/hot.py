"""Hot events: the sightings of events that were tracked lately, by the connection that writes them.

An event that eight hundred outlets tell is folded again with each of their stories. Without this, each
of them reads and decodes all that came before. What a batch of readings puts is written at its end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from itertools import groupby
from operator import itemgetter

from services.alerter.database.among import among
from services.alerter.database.connections import kept_by
from services.alerter.database.recent import recent
from services.alerter.database.times import stamp
from services.alerter.tracking.sighting import Key, Sighting
from services.common.ids import EventId

MOST_SIGHTINGS = 4_000
"""Of all events together: some 40 MB."""


class HotEvents:
    """Sightings by event; the event that was asked for longest ago goes first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._events: dict[EventId, dict[Key, Sighting]] = {}
        self._homes: dict[Key, EventId] = {}
        # What the file says of these does not hold any more; None for what is removed.
        self._put: dict[Key, Sighting | None] = {}

    def load(self, events: Collection[EventId]) -> None:
        """Read those of `events` that are not here, as many as there is room for."""
        asked = {event for event in events if event not in self._events}
        if not asked:
            return
        found: dict[EventId, dict[Key, Sighting]] = {}
        is_asked, ids = among("event_id", asked)
        rows = self._connection.execute(
            "SELECT event_id, story_id, report_id, record FROM sightings"  # noqa: S608  own text
            f" WHERE {is_asked} ORDER BY event_id",
            ids,
        )
        room = MOST_SIGHTINGS
        for event, of_event in groupby(rows, key=itemgetter(0)):
            if room <= 0:
                break
            found[event] = {
                (story, report): recent.decoded(Sighting, record)
                for _, story, report, record in of_event
                if (story, report) not in self._put
            }
            room -= len(found[event])
        else:
            # All is read: those without a row have no sighting.
            found |= {event: {} for event in asked - found.keys()}
        for key, sighting in self._put.items():
            if sighting is not None and sighting.event_id in found:
                found[sighting.event_id][key] = sighting
        for event, by_key in found.items():
            self._keep(event, by_key)

    def of(self, event: EventId) -> tuple[Sighting, ...]:
        """Return the sightings of an event, in no order."""
        if event not in self._events:
            self.load([event])
        found = self._events[event] = self._events.pop(event)
        return tuple(found.values())

    def put(self, key: Key, sighting: Sighting | None) -> None:
        """Take in a sighting as it stands now, None for one that is removed."""
        self._put[key] = sighting
        home = self._homes.pop(key, None)
        if home is not None:
            del self._events[home][key]
        if sighting is not None and (event := sighting.event_id) in self._events:
            self._events[event][key] = sighting
            self._homes[key] = event

    def write(self) -> None:
        """Write what was put."""
        self._connection.executemany(
            "DELETE FROM sightings WHERE story_id = ? AND report_id = ?",
            [key for key, sighting in self._put.items() if sighting is None],
        )
        self._connection.executemany(
            "REPLACE INTO sightings VALUES (?, ?, ?, ?, ?)",
            [
                (*key, one.event_id, stamp(one.told_at), recent.encoded(one))
                for key, one in self._put.items()
                if one is not None
            ],
        )
        self._put.clear()
        for event in [event for event, sightings in self._events.items() if not sightings]:
            del self._events[event]

    def _keep(self, event: EventId, sightings: dict[Key, Sighting]) -> None:
        self._events[event] = sightings
        self._homes.update(dict.fromkeys(sightings, event))
        while len(self._homes) > MOST_SIGHTINGS and len(self._events) > 1:
            oldest = next(iter(self._events))
            for key in self._events.pop(oldest):
                self._homes.pop(key, None)


def hot_events(connection: sqlite3.Connection) -> HotEvents:
    """Return those of a connection."""
    return kept_by(connection, _Kept).of(connection)


class _Kept:
    """The hot events of the connection that keeps this."""

    def __init__(self) -> None:
        self._events: HotEvents | None = None

    def of(self, connection: sqlite3.Connection) -> HotEvents:
        if self._events is None:
            self._events = HotEvents(connection)
        return self._events
