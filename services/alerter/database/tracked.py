"""What tracking reads and leaves: readings that hold, sightings, events and their history.

A batch of readings is laid out with one statement a table, tracked in memory, and written at its end.
Statement by statement and reading by reading, SQLite took three times as long.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from services.alerter.database.held import HeldReadings
from services.alerter.database.hot import hot_events
from services.alerter.database.near import Coverage, NearEvents
from services.alerter.database.standing import Standings
from services.alerter.database.waiting import WaitingReports
from services.alerter.tracking.changes import Around, Tracked
from services.alerter.tracking.search import Search, searches
from services.alerter.tracking.sighting import HeldReading, TrackedEvent
from services.common.contracts.event import EventChange
from services.common.contracts.reading import Reading
from services.common.ids import EventId, StoryId
from services.common.watchlist import Watchlist


class TrackedBatch:
    """What a batch of readings has to see and what it changes, in one transaction.

    It answers as the file would if everything were written at once; `write` writes it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._held = HeldReadings(connection)
        self._coverage = Coverage()
        self._near = NearEvents(connection)
        self._waiting = WaitingReports(connection)
        self._standings = Standings(connection)
        self._hot = hot_events(connection)
        # By the object: a contract takes long to hash.
        self._asked: dict[int, tuple[Reading, HeldReading | None, list[Search]]] = {}

    def lay_out(self, readings: Iterable[Reading], *, watchlist: Watchlist) -> None:
        """Read what `readings` will ask for, as far as that can be told now."""
        readings = tuple(readings)
        self._held.load(reading.story.story_id for reading in readings)
        asked = [search for reading in readings for search in self._search(reading, watchlist)]
        self._cover(asked)
        self._load(event for search in asked for event in self._ids(search))

    def held_reading(self, story: StoryId) -> HeldReading | None:
        """Return the reading of a story that holds so far; None for a story never read."""
        return self._held.of(story)

    def searches(self, reading: Reading, watchlist: Watchlist) -> Sequence[Search]:
        """Return what tracking has to see for `reading`."""
        laid_out = self._asked.get(id(reading))
        if laid_out is not None and laid_out[1] is self._held.of(reading.story.story_id):
            return laid_out[2]
        asked = self._search(reading, watchlist)
        self._cover(asked)
        return asked

    def look(self, asked: Sequence[Search]) -> Around:
        """Return what searches ask for."""
        self._cover(asked)
        return Around(
            candidates=self._candidates(asked),
            waiting=self._waiting.of(asked),
            used=self._standings,
        )

    def _candidates(self, asked: Sequence[Search]) -> list[TrackedEvent]:
        """Return the events that searches ask for, each once, with all their sightings."""
        ids = dict.fromkeys(event for search in asked for event in self._ids(search))
        self._load(ids)
        there = ((name, self._standings.of(name)) for name in ids)
        return [
            TrackedEvent(event=event, sightings=self._hot.of(name))
            for name, event in there
            if event is not None
        ]

    def keep(
        self, tracked: Tracked, *, reading: Reading, record: bytes, now: datetime
    ) -> list[EventChange]:
        """Take in what `reading`, which came as `record`, changed; return the changes, numbered."""
        if tracked.held is not None:
            self._held.put(tracked.held, reading=reading, record=record, now=now)
        for sighting in tracked.removed:
            self._hot.put(sighting.key, None)
            self._waiting.remove(sighting.key)
        for sighting in tracked.sightings:
            is_own = sighting.story.story_id == reading.story.story_id
            self._hot.put(sighting.key, sighting)
            self._waiting.put(sighting, is_new=tracked.is_first and is_own)
            if not is_own:
                self._held.put_sighting(sighting)
            if sighting.event_id is not None and sighting.is_main:
                self._near.add(sighting, sighting.event_id)
        return [self._standings.put(draft) for draft in tracked.changes]

    @property
    def events(self) -> Iterable[EventId]:
        """Return the ids of all events that were asked for, whether there are such or not."""
        return self._standings.known

    def write(self) -> None:
        """Write everything; after it nothing is laid out."""
        self._held.write()
        self._hot.write()
        self._waiting.write()
        self._near.write()
        self._standings.write()

    def _search(self, reading: Reading, watchlist: Watchlist) -> list[Search]:
        earlier = self._held.of(reading.story.story_id)
        asked = searches(reading, earlier=earlier, watchlist=watchlist)
        self._asked[id(reading)] = (reading, earlier, asked)
        return asked

    def _cover(self, asked: Iterable[Search]) -> None:
        wishes = self._coverage.missing(asked)
        self._near.load(wishes)
        self._waiting.load(wishes)

    def _ids(self, search: Search) -> Iterator[EventId]:
        yield from search.event_ids
        yield from self._near.of(search)

    def _load(self, events: Iterable[EventId]) -> None:
        unknown = [event for event in events if event not in self._standings.known]
        if unknown:
            self._near.load_of(self._standings.load(unknown))
            self._hot.load(unknown)
