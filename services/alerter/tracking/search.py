"""Search: which open events tracking has to see before it can place a reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from services.alerter.tracking.revision import report_ids
from services.alerter.tracking.sighting import (
    ENDED_WITHIN,
    HeldReading,
    Sighting,
    TrackedEvent,
    reaches_back,
)
from services.common.contracts.reading import Reading, Report
from services.common.event_types import event_type
from services.common.ids import CompanyId, EventId, event_id
from services.common.watchlist import Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What the database selects by index: events, and background sightings that wait for one.

    Events: those of `event_ids` in whatever state, and those of `type` with a main sighting told
    from `since` to `until` that names one of `companies`, each with all its sightings. Waiting:
    those of the same type, companies and time whose `event_id` is None. Main sightings told from
    `placed_from` on are placed anew.
    """

    type: str
    companies: frozenset[CompanyId]
    since: datetime
    until: datetime
    event_ids: frozenset[EventId]
    placed_from: datetime

    def covers(self, other: Search) -> bool:
        """Return whether nothing is found by `other` that is not found by this one."""
        return (
            self.type == other.type
            and self.companies >= other.companies
            and self.event_ids >= other.event_ids
            and self.since <= other.since
            and other.until <= self.until
        )


def searches(
    reading: Reading, *, earlier: HeldReading | None, watchlist: Watchlist
) -> list[Search]:
    """Return one search per event type that `reading` or its story's earlier one reports.

    The companies are whole families: a product and its owner may be one event, which a sister of
    the product could join too. Empty when neither reports anything.
    """
    reports: dict[str, list[Report]] = {}
    before = () if earlier is None else earlier.sightings
    for report in (*reading.reports, *(sighting.report for sighting in before)):
        reports.setdefault(report.type, []).append(report)
    told = [reading.story.told_at, *(sighting.told_at for sighting in before)]
    known = {sighting.event_id for sighting in before if sighting.event_id is not None}
    known |= {event_id(name) for name in report_ids(reading, earlier=earlier)}
    return [
        _search(
            name,
            of_type,
            told,
            known | {event_id(report.report_id) for report in of_type},
            watchlist,
            placed_from=min(told),
        )
        for name, of_type in reports.items()
    ]


def further(
    asked: Sequence[Search],
    *,
    found: Iterable[TrackedEvent],
    watchlist: Watchlist,
) -> list[Search]:
    """Return what has to be seen besides, now that this was `found`; empty for nothing.

    What was told behind a new report is placed anew: where it names companies of another family too, it
    may fit an event that nobody asked for. An event that takes in the report may take in what was told
    behind it of each of its companies. Ask for these too, then again; else what becomes one event depends
    on the order of the bus. An end that is placed anew may be that of what was told long before it.
    Background is not followed: it names so many companies that each report would see most of what there
    is, for what is shown as coverage alone.
    """
    if not asked:
        return []
    found = tuple(found)
    placed_from = min(search.placed_from for search in asked)
    seen, seen_from_there = _companies(asked, before=placed_from), _companies(asked)
    anew: dict[str, list[Sighting]] = {}
    for sighting in chain.from_iterable(event.sightings for event in found):
        if not sighting.is_main or sighting.told_at < placed_from:
            continue
        if _is_lacking((one.id for one in sighting.report.companies), seen, sighting.report.type):
            anew.setdefault(sighting.report.type, []).append(sighting)
    ends: dict[str, list[Sighting]] = {}
    for sighting in chain.from_iterable(event.sightings for event in found):
        if sighting.reaches_back and sighting.told_at >= placed_from:
            ends.setdefault(sighting.report.type, []).append(sighting)
    behind: dict[str, list[Sighting]] = {}
    for event in found:
        names, name = (one.id for one in event.event.companies), event.event.type
        if event.sightings and name not in anew and _is_lacking(names, seen_from_there, name):
            behind.setdefault(name, []).extend(one for one in event.sightings if one.is_main)
    return [
        *(_around(name, some, watchlist, placed_from) for name, some in anew.items()),
        *(_around(name, some, watchlist, placed_from) for name, some in ends.items()),
        *(
            replace(_around(name, some, watchlist, placed_from), since=placed_from)
            for name, some in behind.items()
        ),
    ]


def _companies(
    asked: Iterable[Search], *, before: datetime | None = None
) -> Mapping[str, set[CompanyId]]:
    """Return by type the companies that were asked for, from before a time on."""
    companies: dict[str, set[CompanyId]] = {}
    for search in asked:
        of_type = companies.setdefault(search.type, set())
        if before is None or search.since < before:
            of_type.update(search.companies)
    return companies


def _is_lacking(
    companies: Iterable[CompanyId], seen: Mapping[str, set[CompanyId]], name: str
) -> bool:
    known = seen.get(name)
    return known is not None and any(company not in known for company in companies)


def _around(
    name: str, sightings: Sequence[Sighting], watchlist: Watchlist, placed_from: datetime
) -> Search:
    return _search(
        name,
        [sighting.report for sighting in sightings],
        [sighting.told_at for sighting in sightings] or [placed_from],
        set(),
        watchlist,
        placed_from=placed_from,
    )


def _search(
    name: str,
    reports: Sequence[Report],
    told: Sequence[datetime],
    known: set[EventId],
    watchlist: Watchlist,
    *,
    placed_from: datetime,
) -> Search:
    window = event_type(name).window
    companies = {company.id for report in reports for company in report.companies}
    may_be_old = any(map(reaches_back, reports))
    return Search(
        type=name,
        companies=frozenset().union(*(watchlist.family(company) for company in companies)),
        since=min(told) - (max(window, ENDED_WITHIN) if may_be_old else window),
        # How it ended may have come before it: a feed may bring old stories.
        until=max(told) + max(window, ENDED_WITHIN),
        event_ids=frozenset(known),
        placed_from=placed_from,
    )
