"""Selection: which events somebody wants to see, as the query of an address says it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from services.alerter.database.queries import EventsPage, event_of, events_page
from services.common.contracts.event import Event
from services.common.ids import EventId
from services.common.watchlist import Watchlist

MOST_LOOKED_AT = 2_000
"""How many events one page looks through; then it ends early, and its cursor goes on from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What must hold of an event; None is no condition. A company covers what it owns."""

    type: str | None = None
    stage: str | None = None
    company: str | None = None
    country: str | None = None

    @property
    def is_everything(self) -> bool:
        """Return whether every event is selected."""
        return self == Selection()

    def takes(self, event: Event, *, watchlist: Watchlist) -> bool:
        """Return whether `event` is selected."""
        if self.type is not None and event.type != self.type:
            return False
        if self.stage is not None and event.stage != self.stage:
            return False
        if self.country is not None and self.country not in event.countries:
            return False
        return self.company is None or any(
            self.company in watchlist.followed_by(company.id) for company in event.companies
        )


def selected_page(
    connection: sqlite3.Connection,
    *,
    selection: Selection,
    watchlist: Watchlist,
    limit: int,
    before: int | None,
) -> EventsPage:
    """Return up to `limit` selected events, newest first, from behind the cursor `before`."""
    if selection.is_everything:
        return events_page(connection, limit=limit, before=before)
    found: list[Event] = []
    looked_at = 0
    while len(found) < limit and looked_at < MOST_LOOKED_AT:
        # Never more than are missing, so that the cursor skips no selected event.
        page = events_page(connection, limit=limit - len(found), before=before)
        found += [event for event in page.events if selection.takes(event, watchlist=watchlist)]
        looked_at += len(page.events)
        before = page.next
        if before is None:
            break
    return EventsPage(events=tuple(found), next=before)


def event_as_it_is_now(connection: sqlite3.Connection, event_id: EventId) -> Event | None:
    """Return an event; for one that turned out to be the same happening as another, that one."""
    event = event_of(connection, event_id)
    followed: set[EventId] = set()
    while event is not None and event.merged_into is not None and event.id not in followed:
        followed.add(event.id)
        event = event_of(connection, event.merged_into)
    return event
