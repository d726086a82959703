"""Search: which open events tracking has to see before it can place a reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.alerter.tracking.sighting import HeldReading
from services.common.contracts.reading import Reading
from services.common.ids import CompanyId, EventId
from services.common.watchlist import Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What the database selects by index: events, and background sightings that wait for one.

    Events: those of `event_ids` in whatever state, and those of `type` with a main sighting told
    from `since` to `until` that names one of `companies`, with all their sightings. Waiting: those
    of the same type, companies and time whose `event_id` is None.
    """

    type: str
    companies: frozenset[CompanyId]
    since: datetime
    until: datetime
    event_ids: frozenset[EventId]


def searches(
    reading: Reading, *, earlier: HeldReading | None, watchlist: Watchlist
) -> list[Search]:
    """Return one search per event type that `reading` or its story's earlier one reports."""
    raise NotImplementedError
