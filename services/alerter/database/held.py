"""Held: the reading of each story that holds, with its sightings, as a batch of readings revises it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from services.alerter.database.among import among
from services.alerter.database.recent import recent
from services.alerter.database.times import moment, stamp
from services.alerter.tracking.sighting import HeldReading, Rank, Sighting
from services.common.contracts.reading import Reading
from services.common.ids import StoryId

_Row = tuple[str, str, int, int, int, str, str, str, bytes]


class HeldReadings:
    """By story; None for one that was never read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[StoryId, HeldReading | None] = {}
        self._new: dict[StoryId, _Row] = {}

    def load(self, stories: Iterable[StoryId]) -> None:
        """Read those of `stories` that are not known yet."""
        asked = [story for story in dict.fromkeys(stories) if story not in self._known]
        if not asked:
            return
        self._known.update(dict.fromkeys(asked))
        is_asked, ids = among("story_id", asked)
        rows = self._connection.execute(
            "SELECT story_id, revised_at, position, content_hash, rules_hash, watchlist_hash"  # noqa: S608  own text
            f" FROM readings WHERE {is_asked}",
            ids,
        ).fetchall()
        sightings = self._sightings([row[0] for row in rows])
        for story, revised_at, position, content_hash, rules_hash, watchlist_hash in rows:
            self._known[story] = HeldReading(
                rank=Rank(revised_at=moment(revised_at), position=position),
                content_hash=content_hash,
                rules_hash=rules_hash,
                watchlist_hash=watchlist_hash,
                sightings=tuple(sightings.get(story, ())),
            )

    def of(self, story: StoryId) -> HeldReading | None:
        """Return what holds of a story, its sightings in the order of their ids."""
        if story not in self._known:
            self.load([story])
        return self._known[story]

    def put(self, held: HeldReading, *, reading: Reading, record: bytes, now: datetime) -> None:
        """Have `held`, with all sightings of the story, hold after `reading`, which came as `record`."""
        story = reading.story
        if len(held.sightings) > 1:
            held = replace(held, sightings=tuple(sorted(held.sightings, key=_by_report)))
        self._known[story.story_id] = held
        self._new[story.story_id] = (
            story.story_id,
            story.url,
            stamp(now),
            stamp(held.rank.revised_at),
            held.rank.position,
            held.content_hash,
            held.rules_hash,
            held.watchlist_hash,
            record,
        )

    def put_sighting(self, sighting: Sighting) -> None:
        """Take in a sighting of another story as it stands now."""
        story, report = sighting.key
        held = self._known.get(story)
        if held is not None:
            now = (sighting if one.report.report_id == report else one for one in held.sightings)
            self._known[story] = replace(held, sightings=tuple(now))

    def write(self) -> None:
        """Write what was put."""
        self._connection.executemany(
            "REPLACE INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", self._new.values()
        )
        self._new.clear()

    def _sightings(self, stories: Collection[StoryId]) -> dict[StoryId, list[Sighting]]:
        found: dict[StoryId, list[Sighting]] = {}
        if stories:
            is_asked, ids = among("story_id", stories)
            for story, record in self._connection.execute(
                f"SELECT story_id, record FROM sightings WHERE {is_asked} ORDER BY story_id, report_id",  # noqa: S608  own text
                ids,
            ):
                found.setdefault(story, []).append(recent.decoded(Sighting, record))
        return found


def _by_report(sighting: Sighting) -> str:
    return sighting.report.report_id
