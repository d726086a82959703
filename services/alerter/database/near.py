"""Near: which events name a company about a time: where tracking looks for the event of a report.

A batch of readings asks for all it needs at once, adds to it in memory and writes it at its end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.alerter.database.among import among
from services.alerter.database.times import stamp
from services.alerter.tracking.search import Search
from services.alerter.tracking.sighting import Sighting
from services.common.ids import CompanyId, EventId

Pair = tuple[str, CompanyId]
"""An event type and a company."""

Times = tuple[int, int]
"""The first and the last of some stamps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Searches of one type taken together: rows of all their companies from `since` to `until`."""

    type: str
    companies: Collection[CompanyId]
    since: int
    until: int


class Coverage:
    """From when to when what stands in the file of a pair is known."""

    def __init__(self) -> None:
        self._spans: dict[Pair, Times] = {}

    def missing(self, searches: Iterable[Search]) -> list[Wish]:
        """Return what has to be read for `searches`, one wish a type; from then on it is known."""
        lacking: dict[str, list[Search]] = {}
        for search in searches:
            if not self._has(search):
                lacking.setdefault(search.type, []).append(search)
        return [self._wish(name, some) for name, some in lacking.items()]

    def _has(self, search: Search) -> bool:
        spans = [self._spans.get((search.type, company)) for company in search.companies]
        if None in spans:
            return False
        since, until = times_of(search)
        return all(span and span[0] <= since and until <= span[1] for span in spans)

    def _wish(self, name: str, searches: Iterable[Search]) -> Wish:
        companies = {company for search in searches for company in search.companies}
        spans = [times_of(search) for search in searches]
        spans += [span for one in companies if (span := self._spans.get((name, one))) is not None]
        since, until = min(first for first, _ in spans), max(last for _, last in spans)
        self._spans.update(dict.fromkeys(((name, one) for one in companies), (since, until)))
        return Wish(type=name, companies=companies, since=since, until=until)


def times_of(search: Search) -> Times:
    """Return from when to when a search looks."""
    return stamp(search.since), stamp(search.until)


class NearEvents:
    """The companies that main reports of events name, and from when to when."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[Pair, dict[EventId, Times]] = {}
        self._new: dict[Pair, dict[EventId, Times]] = {}

    def load(self, wishes: Iterable[Wish]) -> None:
        """Read what is wished for."""
        for wish in wishes:
            is_asked, companies = among("company_id", wish.companies)
            self._take(
                self._connection.execute(
                    f"{_ROWS} WHERE type = ? AND {is_asked}"
                    " AND last_told_at >= ? AND first_told_at <= ?",
                    (wish.type, *companies, wish.since, wish.until),
                )
            )

    def load_of(self, events: Collection[EventId]) -> None:
        """Read all of `events`: what is added to them says from when to when they were told."""
        if events:
            is_asked, ids = among("event_id", events)
            self._take(self._connection.execute(f"{_ROWS} WHERE {is_asked}", ids))

    def of(self, search: Search) -> list[EventId]:
        """Return the events that `search`, which is covered, asks for by company and time, each once."""
        rows = [
            events
            for company in sorted(search.companies)
            if (events := self._known.get((search.type, company)))
        ]
        if not rows:
            return []
        since, until = times_of(search)
        near = (
            event
            for events in rows
            for event, (first, last) in sorted(events.items())
            if last >= since and first <= until
        )
        return list(dict.fromkeys(near))

    def add(self, sighting: Sighting, event: EventId) -> None:
        """Take in a main sighting of `event`."""
        report, at = sighting.report, stamp(sighting.told_at)
        for company in report.companies:
            for rows in (self._known, self._new):
                _widen(rows.setdefault((report.type, company.id), {}), event, (at, at))

    def write(self) -> None:
        """Write what was added."""
        self._connection.executemany(
            "INSERT INTO event_companies VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET"
            " first_told_at = min(first_told_at, excluded.first_told_at),"
            " last_told_at = max(last_told_at, excluded.last_told_at)",
            [
                (*pair, event, *times)
                for pair, rows in self._new.items()
                for event, times in rows.items()
            ],
        )
        self._new.clear()

    def _take(self, rows: Iterable[tuple[str, CompanyId, EventId, int, int]]) -> None:
        for name, company, event, first, last in rows:
            _widen(self._known.setdefault((name, company), {}), event, (first, last))


def _widen(rows: dict[EventId, Times], event: EventId, times: Times) -> None:
    known = rows.get(event)
    rows[event] = times if known is None else (min(known[0], times[0]), max(known[1], times[1]))


_ROWS = "SELECT type, company_id, event_id, first_told_at, last_told_at FROM event_companies"
