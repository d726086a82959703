"""A tracker that keeps in memory what the alerter's database keeps, and selects as it must."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.alerter.matching import match
from services.alerter.tracking.changes import Around, all_around, track
from services.alerter.tracking.search import Search, searches
from services.alerter.tracking.sighting import HeldReading, Sighting, TrackedEvent
from services.common.contracts.alert import Alert
from services.common.contracts.event import Event, EventChange, Still
from services.common.contracts.reading import Reading, Report, Stage
from services.common.contracts.subscription import Subscription
from services.common.countries import overlap
from services.common.ids import EventId, ReportId, StoryId
from services.common.watchlist import Watchlist
from tests.support.builders import NOON, a_reading, a_report, a_story, a_watchlist


class Tracker:
    """Reads one reading after the other; `changes` is the history of events."""

    def __init__(
        self, *, watchlist: Watchlist | None = None, horizon: timedelta = timedelta(hours=24)
    ) -> None:
        self.watchlist = watchlist or a_watchlist()
        self.changes: list[EventChange] = []
        self._horizon = horizon
        self._position = 0
        self._held: dict[StoryId, HeldReading] = {}
        self._events: dict[EventId, Event] = {}
        self._sightings: dict[tuple[StoryId, ReportId], Sighting] = {}

    def read(self, *readings: Reading, now: datetime = NOON) -> list[EventChange]:
        """Return the changes that `readings` bring, one after the other."""
        before = len(self.changes)
        for reading in readings:
            self._position += 1
            self._read(reading, now)
        return self.changes[before:]

    def events(self) -> list[Event]:
        """Return the newest snapshot of every event that stands."""
        return [
            event
            for event in self._events.values()
            if not event.withdrawn and event.merged_into is None
        ]

    def only_event(self) -> Event:
        """Return the one event that stands."""
        [event] = self.events()
        return event

    def outcome(self) -> Counter[tuple[frozenset[StoryId], str, str, Still | None]]:
        """Return which stories tell one event, with its type and stage, and where it still stands; one
        story may tell two.
        """
        return Counter(
            (
                frozenset(story.id for story in event.stories),
                event.type,
                str(event.stage),
                event.still,
            )
            for event in self.events()
        )

    def homes(self) -> dict[tuple[StoryId, ReportId], EventId]:
        """Return which event each main report belongs to."""
        return {
            key: sighting.event_id
            for key, sighting in self._sightings.items()
            if sighting.is_main and sighting.event_id is not None
        }

    def _read(self, reading: Reading, now: datetime) -> None:
        earlier = self._held_reading(reading.story.story_id)
        wanted = searches(reading, earlier=earlier, watchlist=self.watchlist)
        tracked = track(
            reading,
            position=self._position,
            earlier=earlier,
            around=all_around(wanted, look=self.look, watchlist=self.watchlist),
            watchlist=self.watchlist,
            now=now,
            horizon=self._horizon,
        )
        if tracked.held is None:
            return
        self._held[reading.story.story_id] = tracked.held
        for sighting in tracked.removed:
            del self._sightings[sighting.story.story_id, sighting.report.report_id]
        for sighting in tracked.sightings:
            self._sightings[sighting.story.story_id, sighting.report.report_id] = sighting
        for draft in tracked.changes:
            self.changes.append(draft.numbered(len(self.changes) + 1))
            self._events[draft.event.id] = draft.event

    def _held_reading(self, story: StoryId) -> HeldReading | None:
        """Return what holds of a story, its sightings in the events to which others moved them."""
        held = self._held.get(story)
        if held is None:
            return None
        return replace(held, sightings=tuple(self._sightings[one.key] for one in held.sightings))

    def look(self, wanted: Sequence[Search]) -> Around:
        """Return what `wanted` asks for."""
        return Around(
            candidates=self._candidates(wanted),
            waiting=[s for s in self._sightings.values() if _waits_for(s, wanted)],
            used=self._events.keys(),
        )

    def _candidates(self, wanted: Iterable[Search]) -> list[TrackedEvent]:
        of_event: dict[EventId, list[Sighting]] = {}
        for sighting in self._sightings.values():
            if sighting.event_id is not None:
                of_event.setdefault(sighting.event_id, []).append(sighting)
        every = [
            TrackedEvent(event=event, sightings=tuple(of_event.get(event.id, ())))
            for event in self._events.values()
        ]
        return [event for event in every if any(_is_asked_for(event, one) for one in wanted)]


def _is_asked_for(event: TrackedEvent, search: Search) -> bool:
    if event.id in search.event_ids:
        return True
    return event.event.type == search.type and any(
        sighting.is_main and _is_near(sighting, search) for sighting in event.sightings
    )


def _waits_for(sighting: Sighting, wanted: Iterable[Search]) -> bool:
    return sighting.event_id is None and any(
        sighting.report.type == search.type and _is_near(sighting, search) for search in wanted
    )


def _is_near(sighting: Sighting, search: Search) -> bool:
    companies = {company.id for company in sighting.report.companies}
    return bool(companies & search.companies) and search.since <= sighting.told_at <= search.until


def alerts_for(
    subscription: Subscription, changes: Iterable[EventChange], watchlist: Watchlist
) -> list[Alert]:
    """Return every alert that `changes` raise for one subscription, which remembers what it was told."""
    alerts: list[Alert] = []
    for change in changes:
        events = (change.event.id, *change.event.absorbed)
        before = [alert for alert in alerts if alert.event in events]
        alerts += match(
            change,
            subscriptions=[subscription],
            told={subscription.id: before},
            watchlist=watchlist,
        )
    return alerts


def followed_countries(event: Event, asked: tuple[str, ...] | None) -> list[str]:
    """Return the countries of an event that somebody follows who asks for these, "" where it has none.

    Where they follow none of them it concerns them as long as it stands everywhere the same.
    """
    every = event.countries or ("",)
    followed = [code for code in every if overlap(asked or (), (code,))]
    return followed or (list(every) if event.still is None else [])


def revised(reading: Reading, *reports: Report, minutes: int = 1) -> Reading:
    """Return the reading of the same story after its outlet changed it, with other reports."""
    later = reading.story.revised_at + timedelta(minutes=minutes)
    content = f"{reading.story.content_hash}-{minutes}"
    return replace(
        reading,
        story=replace(reading.story, revised_at=later, content_hash=content),
        reports=reports,
        text_hash=f"{reading.text_hash}-{minutes}",
    )


def told(
    outlet: str, *, minute: float = 0, stage: Stage = Stage.CONFIRMED, **changes: Any
) -> Reading:
    """Return the reading of a story that `outlet` published `minute` minutes after noon.

    `changes` go to its one report; `text` is the story's, else each story has its own.
    """
    at = NOON + timedelta(minutes=minute)
    text = changes.pop("text", f"{outlet} at {minute}: {stage}")
    backfill = changes.pop("backfill", False)
    story = a_story(
        changes.pop("title", "India bans TikTok"),
        text,
        key=f"{outlet}-{minute}",
        outlet=outlet,
        published=at,
        seen_at=at,
        revised_at=at,
        backfill=backfill,
    )
    return a_reading(story, a_report(story.story_id, stage=stage, **changes))
