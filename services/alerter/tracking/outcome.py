"""Outcome: what becomes of each event once its sightings are placed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.alerter.tracking.assignment import Assignment, homes
from services.alerter.tracking.sighting import TrackedEvent
from services.alerter.tracking.snapshot import absorbing, kind_of, merged, snapshot, withdrawn
from services.common.contracts.event import ChangeKind, Event
from services.common.ids import EventId


def outcomes(
    assignments: Sequence[Assignment],
    known: Mapping[EventId, TrackedEvent],
    *,
    types: frozenset[str],
) -> list[tuple[ChangeKind, Event]]:
    """Return the new snapshot of every event that changed, with what happened to it.

    `assignments` cover the events of `types`; one in `known` that they leave out has no main report
    any more: it moved into another event, or is withdrawn.
    """
    gone = _gone(assignments, known, types)
    absorbed: dict[EventId, list[EventId]] = {}
    for event, into in gone.items():
        if into is not None:
            absorbed.setdefault(into, []).extend((event, *known[event].event.absorbed))
    found = [
        *(_placed(one, known, absorbed) for one in assignments),
        *(_ended(known[event].event, into) for event, into in gone.items()),
    ]
    return [outcome for outcome in found if outcome is not None]


def _placed(
    one: Assignment,
    known: Mapping[EventId, TrackedEvent],
    absorbed: Mapping[EventId, Sequence[EventId]],
) -> tuple[ChangeKind, Event] | None:
    if one.event is None:
        return None
    was = known.get(one.event)
    if was is not None and not one.written and len(one.sightings) == len(was.sightings):
        return None
    before = None if was is None else was.event
    now = snapshot(one.event, one.sightings, before=before)
    if more := [event for event in absorbed.get(one.event, ()) if event not in now.absorbed]:
        now = absorbing(
            now, [known[event].event for event in more if event in known], before=before
        )
        now = replace(now, absorbed=(*now.absorbed, *more))
    kind = kind_of(now, before)
    return None if kind is None else (kind, now)


def _ended(before: Event, into: EventId | None) -> tuple[ChangeKind, Event]:
    if into is not None:
        return ChangeKind.MERGED, merged(before, into=into)
    return ChangeKind.WITHDRAWN, withdrawn(before)


def _gone(
    assignments: Sequence[Assignment],
    known: Mapping[EventId, TrackedEvent],
    types: frozenset[str],
) -> dict[EventId, EventId | None]:
    """Return the events that lost their last main report, with where most of them went."""
    if not known:
        return {}
    placed = {one.event for one in assignments}
    home = homes(assignments)
    gone: dict[EventId, EventId | None] = {}
    for event in known.values():
        if event.id in placed or event.event.type not in types:
            continue
        if event.event.withdrawn or event.event.merged_into is not None:
            continue
        went = Counter(
            home[key]
            for sighting in event.sightings
            if sighting.is_main
            and (key := (sighting.story.story_id, sighting.report.report_id)) in home
        )
        gone[event.id] = max(went, key=lambda into: (went[into], into), default=None)
    return gone
