"""Search: which open events tracking has to see before it can place a reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.alerter.tracking.revision import report_ids
from services.alerter.tracking.sighting import HeldReading
from services.common.contracts.reading import Reading, Report
from services.common.event_types import event_type
from services.common.ids import CompanyId, EventId, event_id
from services.common.watchlist import Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What the database selects by index: events, and background sightings that wait for one.

    Events: those of `event_ids` in whatever state, and those of `type` with a main sighting told
    from `since` to `until` that names one of `companies`, each with all its sightings. Waiting:
    those of the same type, companies and time whose `event_id` is None.
    """

    type: str
    companies: frozenset[CompanyId]
    since: datetime
    until: datetime
    event_ids: frozenset[EventId]


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
    return [_search(name, of_type, told, known, watchlist) for name, of_type in reports.items()]


def _search(
    name: str,
    reports: Sequence[Report],
    told: Sequence[datetime],
    known: set[EventId],
    watchlist: Watchlist,
) -> Search:
    window = event_type(name).window
    companies = {company.id for report in reports for company in report.companies}
    return Search(
        type=name,
        companies=frozenset().union(*(watchlist.family(company) for company in companies)),
        since=min(told) - window,
        until=max(told) + window,
        event_ids=frozenset(known | {event_id(report.report_id) for report in reports}),
    )
