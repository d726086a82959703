"""Assignment: which event each sighting belongs to, and which id that event has."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from services.alerter.tracking.clusters import Cluster, best_of, cluster
from services.alerter.tracking.sighting import BY_ORDER, Sighting, TrackedEvent
from services.alerter.tracking.stage import LATE_AFTER
from services.common.event_types import event_type
from services.common.ids import EventId, ReportId, StoryId, event_id, fingerprint
from services.common.watchlist import Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The sightings of one event; of none (`event` is None) for background ones that wait.

    `written` are those among them that the database does not have like this yet.
    """

    event: EventId | None
    sightings: tuple[Sighting, ...]
    written: tuple[Sighting, ...]


def assign(
    story: StoryId,
    *,
    before: Sequence[Sighting],
    after: Sequence[Sighting],
    known: Sequence[TrackedEvent],
    waiting: Sequence[Sighting],
    used: Container[EventId],
    watchlist: Watchlist,
) -> list[Assignment]:
    """Return the events of every type that `story` reports, once its sightings are `after`.

    `before` are the story's sightings so far; they and the other stories' are in `known` and
    `waiting`. No event is opened under an id that is `used`, but for one that is `known`. An event of
    these types that is in no assignment has no report left.
    """
    types = dict.fromkeys(sighting.report.type for sighting in (*before, *after))
    return [
        assignment
        for name in types
        for assignment in _Bucket(
            story,
            before=[one for one in before if one.report.type == name],
            after=[one for one in after if one.report.type == name],
            known=[event for event in known if event.event.type == name],
            waiting=[one for one in waiting if one.report.type == name],
            used=used,
            window=event_type(name).window,
            watchlist=watchlist,
        ).assignments()
    ]


@dataclass(frozen=True, slots=True)
class _Bucket:
    """Everything of one type that bears on one story."""

    story: StoryId
    before: Sequence[Sighting]
    after: Sequence[Sighting]
    known: Sequence[TrackedEvent]
    waiting: Sequence[Sighting]
    used: Container[EventId]
    window: timedelta
    watchlist: Watchlist

    def assignments(self) -> list[Assignment]:
        if not (self.before or self.known or self.waiting) and len(self.after) == 1:
            return [self._alone(self.after[0])]
        others = [
            sighting
            for sighting in (*(s for event in self.known for s in event.sightings), *self.waiting)
            if sighting.story.story_id != self.story
        ]
        everything = (*others, *self.after)
        clusters = cluster(
            (sighting for sighting in everything if sighting.is_main),
            changed=_changed(self.before, self.after),
            window=self.window,
            watchlist=self.watchlist,
        )
        waiting = self._join((one for one in everything if not one.is_main), clusters)
        ids = _ids(clusters, self.known, self.used)
        judged = {id(one) for one in self._unjudged()}
        placed = [
            self._assignment(event, (*_judge(one, judged), *one.backgrounds))
            for event, one in zip(ids, clusters, strict=True)
        ]
        return [*placed, self._assignment(None, waiting)] if waiting else placed

    def _alone(self, one: Sighting) -> Assignment:
        """Return what the rest comes to for a report that nothing is near to, as most are."""
        return self._assignment(event_id(one.report.report_id) if one.is_main else None, (one,))

    def _join(self, backgrounds: Iterable[Sighting], clusters: Sequence[Cluster]) -> list[Sighting]:
        """Put each background sighting beside the event it fits, and return those that fit none."""
        waiting = []
        for sighting in sorted(backgrounds, key=BY_ORDER):
            fits = best_of(sighting, clusters, window=self.window, watchlist=self.watchlist)
            if fits is None:
                waiting.append(sighting)
            else:
                fits.backgrounds.append(sighting)
        return waiting

    def _unjudged(self) -> list[Sighting]:
        """Return the main sightings of which nobody has said yet whether they came late."""
        mains = {one.report.report_id for one in self.before if one.is_main}
        return [one for one in self.after if one.is_main and one.report.report_id not in mains]

    def _assignment(self, event: EventId | None, sightings: Sequence[Sighting]) -> Assignment:
        now = tuple(one if one.event_id == event else one.in_event(event) for one in sightings)
        written = tuple(
            one
            for one, was in zip(now, sightings, strict=True)
            if one is not was or one.story.story_id == self.story
        )
        return Assignment(event=event, sightings=now, written=written)


def _changed(before: Sequence[Sighting], after: Sequence[Sighting]) -> list[Sighting]:
    """Return the main sightings that came, went, or say something else than before."""

    def said(sighting: Sighting) -> tuple[object, ...]:
        return (sighting.report, sighting.text_hash, sighting.told_at, sighting.story.outlet)

    was = {one.report.report_id: one for one in before}
    now = {one.report.report_id: one for one in after}
    return [
        one
        for pair in ((was.get(key), now.get(key)) for key in dict.fromkeys((*was, *now)))
        for one in pair
        if one is not None and one.is_main
        if None in pair or len({said(each) for each in pair if each is not None}) > 1
    ]


def _judge(one: Cluster, unjudged: set[int]) -> list[Sighting]:
    """Return the main sightings of an event, each that is new with whether it came late."""
    there = [main.told_at for main in one.mains if id(main) not in unjudged]
    newest = max(there, default=None)

    def judged(main: Sighting) -> Sighting:
        is_late = newest is not None and newest - main.told_at > LATE_AFTER
        return main if main.is_late is is_late else replace(main, is_late=is_late)

    return [judged(main) if id(main) in unjudged else main for main in one.mains]


def _ids(
    clusters: Sequence[Cluster], known: Sequence[TrackedEvent], used: Container[EventId]
) -> list[EventId]:
    """Return an id per cluster: that of the oldest event in it, or of its first report.

    Of an event that fell apart, the part with the report that opened it keeps the id, else the part
    with more of it. The id of one that moved into another is never used again, also when the two come
    apart: who was told of it was told of the other. Nor is that of one that is not in sight: what was
    told of it would count as told of another happening.
    """
    chosen: dict[int, EventId] = {}
    shares = _shares(clusters)
    for event in sorted(known, key=lambda one: (one.event.first_seen, one.id)):
        parts = [
            (share, -place)
            for place, share in shares.get(event.id, {}).items()
            if place not in chosen
        ]
        share, place = max(parts, default=((False, 0), 0))
        if share[1]:
            chosen[-place] = event.id
    taken = {*chosen.values(), *(name for event in known for name in _names_in_use(event))}
    out_of_sight = _OutOfSight({event.id for event in known}, used)
    for place, one in enumerate(clusters):
        if place not in chosen:
            chosen[place] = _free_id(one, taken, out_of_sight)
            taken.add(chosen[place])
    return [chosen[place] for place in range(len(clusters))]


def _names_in_use(event: TrackedEvent) -> Iterable[EventId]:
    if event.sightings or event.event.merged_into is not None:
        yield event.id
    yield from event.event.absorbed


def _shares(
    clusters: Sequence[Cluster],
) -> Mapping[EventId, Mapping[int, tuple[bool, int]]]:
    """Return how much of each event is in which clusters, by place: whether the report that opened
    it, and how many reports.

    Of all events at once: asking each cluster about each event takes as long as their product.
    """
    found: dict[EventId, dict[int, tuple[bool, int]]] = {}
    for place, one in enumerate(clusters):
        for main in one.mains:
            if main.event_id is not None:
                shares = found.setdefault(main.event_id, {})
                has_first, count = shares.get(place, (False, 0))
                shares[place] = has_first or main.opens == main.event_id, count + 1
    return found


@dataclass(frozen=True, slots=True)
class _OutOfSight:
    """The ids of events that were, or are, and are not among those that are known here."""

    known: Container[EventId]
    used: Container[EventId]

    def __contains__(self, event: object) -> bool:
        return event in self.used and event not in self.known


def _free_id(one: Cluster, taken: set[EventId], others: Container[EventId]) -> EventId:
    for main in one.mains:
        if main.opens not in taken and main.opens not in others:
            return main.opens
    again = one.mains[0].report.report_id
    while event_id(again) in taken or event_id(again) in others:
        again = ReportId("rp_" + fingerprint("again", again))
    return event_id(again)


def homes(assignments: Iterable[Assignment]) -> Mapping[tuple[StoryId, ReportId], EventId]:
    """Return which event each placed sighting belongs to, by story and report."""
    return {
        (sighting.story.story_id, sighting.report.report_id): one.event
        for one in assignments
        if one.event is not None
        for sighting in one.sightings
    }
