"""Changes: what a reading does to the events, as values for the database to write."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter

from services.alerter.tracking.assignment import assign
from services.alerter.tracking.outcome import outcomes
from services.alerter.tracking.revision import revise
from services.alerter.tracking.search import Search, further
from services.alerter.tracking.sighting import HeldReading, Sighting, TrackedEvent
from services.common.contracts.event import ChangeKind, Event, EventChange
from services.common.contracts.reading import Reading
from services.common.ids import EventId, StoryId
from services.common.watchlist import Watchlist

# Families that stories name together form chains; nobody saw a longer one matter.
_MOST_LOOKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDraft:
    """An EventChange that has no number yet."""

    at: datetime
    kind: ChangeKind
    cause: StoryId
    is_old: bool
    is_reread: bool
    event: Event

    def numbered(self, seq: int) -> EventChange:
        """Return the entry of the history with the number that the database gives."""
        return EventChange(
            seq=seq,
            at=self.at,
            kind=self.kind,
            cause=self.cause,
            is_old=self.is_old,
            is_reread=self.is_reread,
            event=self.event,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """What one reading changed; all of it empty and `held` None for a repeat or an older reading.

    `held` replaces what is stored of the story's reading; `is_first` says that there was none.
    `sightings` are to be written over those with the same (story id, report id), other stories' too
    when they moved to another event; `removed` are to be deleted. `changes` are in the order in which
    they are to be numbered, at most one an event; each event's newest snapshot is that of its newest
    change.
    """

    held: HeldReading | None = None
    is_first: bool = False
    sightings: tuple[Sighting, ...] = ()
    removed: tuple[Sighting, ...] = ()
    changes: tuple[ChangeDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What tracking sees of what is there.

    `candidates` and `waiting` are what `searches(reading, earlier=…, watchlist=…)` asks for, and `further`
    then, each once, in any order: handing over more changes nothing, fewer may open an event twice.
    `used` has the id of every event that there is or was: one that is not among the candidates is given
    to no other.
    """

    candidates: Sequence[TrackedEvent]
    waiting: Sequence[Sighting]
    used: Container[EventId]


def all_around(
    asked: Sequence[Search], *, look: Callable[[Sequence[Search]], Around], watchlist: Watchlist
) -> Around:
    """Return what `look` shows for `asked`, the searches of a reading, and for all that bears on that."""
    around = look(asked)
    for _ in range(_MOST_LOOKS):
        wanted = further(asked, found=around.candidates, watchlist=watchlist)
        more = [search for search in wanted if not any(one.covers(search) for one in asked)]
        if not more:
            break
        asked = [*asked, *more]
        around = look(asked)
    return around


def track(
    reading: Reading,
    *,
    position: int,
    earlier: HeldReading | None,
    around: Around,
    watchlist: Watchlist,
    now: datetime,
    horizon: timedelta,
) -> Tracked:
    """Return what `reading`, the bus record at `position`, changes.

    `earlier` is the story's reading that holds so far. A story that is back-fill or was first seen
    longer ago than `horizon` makes its changes old (design decision 11).
    """
    revision = revise(reading, position=position, earlier=earlier)
    if revision is None:
        return Tracked()
    story = reading.story
    known = {event.id: event for event in sorted(around.candidates, key=attrgetter("id"))}
    assignments = assign(
        story.story_id,
        before=() if earlier is None else earlier.sightings,
        after=revision.held.sightings,
        known=tuple(known.values()),
        waiting=tuple(around.waiting),
        used=around.used,
        watchlist=watchlist,
    )
    written = tuple(sighting for one in assignments for sighting in one.written)
    mine = tuple(sighting for sighting in written if sighting.story.story_id == story.story_id)
    found = outcomes(assignments, known, types=_types(earlier, mine))
    return Tracked(
        held=replace(revision.held, sightings=mine),
        is_first=earlier is None,
        sightings=written,
        removed=revision.removed,
        changes=_drafts(reading, found, now=now, horizon=horizon),
    )


def _drafts(
    reading: Reading,
    found: Iterable[tuple[ChangeKind, Event]],
    *,
    now: datetime,
    horizon: timedelta,
) -> tuple[ChangeDraft, ...]:
    story = reading.story
    is_old = story.backfill or now - story.seen_at > horizon
    return tuple(
        ChangeDraft(
            at=now,
            kind=kind,
            cause=story.story_id,
            is_old=is_old,
            is_reread=reading.reread,
            event=event,
        )
        for kind, event in found
    )


def _types(earlier: HeldReading | None, mine: tuple[Sighting, ...]) -> frozenset[str]:
    before = () if earlier is None else earlier.sightings
    return frozenset(sighting.report.type for sighting in (*before, *mine))
