"""Waiting: background reports without an event, by the companies that they name.

A batch of readings asks for all it needs at once, changes it in memory and writes it at its end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from services.alerter.database.among import among
from services.alerter.database.near import Pair, Wish, times_of
from services.alerter.database.recent import recent
from services.alerter.database.times import stamp
from services.alerter.tracking.search import Search
from services.alerter.tracking.sighting import Key, Sighting

_Row = tuple[int, bytes]


class WaitingReports:
    """Where tracking looks for what could join an event that a report opens."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[Pair, dict[Key, _Row]] = {}
        self._pairs: dict[Key, set[Pair]] = {}
        # What the file says of these does not hold any more.
        self._gone: set[Key] = set()

    def load(self, wishes: Iterable[Wish]) -> None:
        """Read what is wished for."""
        for wish in wishes:
            is_asked, companies = among("company_id", wish.companies)
            rows = self._connection.execute(
                "SELECT type, company_id, waiting_companies.told_at, story_id, report_id, record"  # noqa: S608  own text
                " FROM waiting_companies JOIN sightings USING (story_id, report_id)"
                " WHERE type = ? AND waiting_companies.told_at BETWEEN ? AND ?"
                f" AND {is_asked}",
                (wish.type, wish.since, wish.until, *companies),
            )
            for name, company, told_at, story, report, record in rows:
                if (story, report) not in self._gone:
                    self._know((name, company), (story, report), (told_at, record))

    def of(self, searches: Iterable[Search]) -> list[Sighting]:
        """Return the sightings that `searches`, which are covered, ask for, each once."""
        found: dict[Key, bytes] = {}
        for search in searches if self._known else ():
            since, until = times_of(search)
            for company in sorted(search.companies):
                rows = self._known.get((search.type, company), {})
                for key, (told_at, record) in sorted(rows.items(), key=_by_time):
                    if since <= told_at <= until:
                        found[key] = record
        return [recent.decoded(Sighting, record) for record in found.values()]

    def put(self, sighting: Sighting, *, is_new: bool) -> None:
        """Take in a sighting as it stands now; of one that `is_new` the file has nothing."""
        if not is_new:
            self.remove(sighting.key)
        if sighting.event_id is None:
            report, told_at = sighting.report, stamp(sighting.told_at)
            record = recent.encoded(sighting)
            for company in report.companies:
                self._know((report.type, company.id), sighting.key, (told_at, record))
            self._gone.add(sighting.key)

    def remove(self, key: Key) -> None:
        """Take out a sighting that is removed, or waits no longer."""
        self._gone.add(key)
        for pair in self._pairs.pop(key, ()):
            del self._known[pair][key]

    def write(self) -> None:
        """Write what changed."""
        self._connection.executemany(
            "DELETE FROM waiting_companies WHERE story_id = ? AND report_id = ?", self._gone
        )
        self._connection.executemany(
            "REPLACE INTO waiting_companies VALUES (?, ?, ?, ?, ?)",
            [
                (*pair, self._known[pair][key][0], *key)
                for key in self._gone
                for pair in self._pairs.get(key, ())
            ],
        )
        self._gone.clear()

    def _know(self, pair: Pair, key: Key, row: _Row) -> None:
        self._known.setdefault(pair, {})[key] = row
        self._pairs.setdefault(key, set()).add(pair)


def _by_time(item: tuple[Key, _Row]) -> tuple[int, Key]:
    key, (told_at, _) = item
    return told_at, key
