"""Hot events: the sightings of events that were tracked lately, by the connection that writes them.

An event that eight hundred outlets tell is folded again with each of their stories. Without this, each
of them reads and decodes all that came before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from services.alerter.database.connections import kept_by
from services.alerter.tracking.sighting import Sighting
from services.common.ids import EventId, ReportId, StoryId

MOST_SIGHTINGS = 4_000
"""Of all events together: some 40 MB."""

_Key = tuple[StoryId, ReportId]


class HotEvents:
    """Sightings by event; the event that was asked for longest ago goes first."""

    def __init__(self) -> None:
        self._events: dict[EventId, dict[_Key, Sighting]] = {}
        self._homes: dict[_Key, EventId] = {}

    def sightings_of(self, event: EventId) -> tuple[Sighting, ...] | None:
        """Return the sightings of an event, in no order; None where they have to be read."""
        found = self._events.pop(event, None)
        if found is None:
            return None
        self._events[event] = found
        return tuple(found.values())

    def keep(self, event: EventId, sightings: Iterable[Sighting]) -> None:
        """Remember what was read: all that `event` has."""
        self._events[event] = by_key = {_key(sighting): sighting for sighting in sightings}
        self._homes.update(dict.fromkeys(by_key, event))
        while len(self._homes) > MOST_SIGHTINGS and len(self._events) > 1:
            oldest = next(iter(self._events))
            for key in self._events.pop(oldest):
                self._homes.pop(key, None)

    def write(self, sighting: Sighting) -> None:
        """Take in a sighting as it is written."""
        key = _key(sighting)
        self.remove(key)
        event = sighting.event_id
        if event is not None and event in self._events:
            self._events[event][key] = sighting
            self._homes[key] = event

    def remove(self, key: _Key) -> None:
        """Take out a sighting that is removed, or moves elsewhere."""
        home = self._homes.pop(key, None)
        if home is not None and home in self._events:
            self._events[home].pop(key, None)


def hot_events(connection: sqlite3.Connection) -> HotEvents:
    """Return those of a connection."""
    return kept_by(connection, HotEvents)


def _key(sighting: Sighting) -> _Key:
    return sighting.story.story_id, sighting.report.report_id
