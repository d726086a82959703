"""Changes: what a reading does to the events, as values for the database to write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.alerter.tracking.sighting import HeldReading, Sighting, TrackedEvent
from services.common.contracts.event import ChangeKind, Event, EventChange
from services.common.contracts.reading import Reading
from services.common.ids import StoryId
from services.common.watchlist import Watchlist


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

    `held` replaces what is stored of the story's reading. `sightings` are to be written over those
    with the same (story id, report id), other stories' too when they moved to another event;
    `removed` are to be deleted. `changes` are in the order in which they are to be numbered, at most
    one an event; each event's newest snapshot is that of its newest change.
    """

    held: HeldReading | None = None
    sightings: tuple[Sighting, ...] = ()
    removed: tuple[Sighting, ...] = ()
    changes: tuple[ChangeDraft, ...] = ()


def track(
    reading: Reading,
    *,
    position: int,
    earlier: HeldReading | None,
    candidates: Iterable[TrackedEvent],
    waiting: Iterable[Sighting],
    watchlist: Watchlist,
    now: datetime,
    horizon: timedelta,
) -> Tracked:
    """Return what `reading`, the bus record at `position`, changes.

    `earlier` is the story's reading that holds so far. `candidates` and `waiting` are what
    `searches(reading, earlier=…, watchlist=…)` asks for, each once, in any order: handing over more
    changes nothing, fewer may open an event twice. A story that is back-fill or was first seen
    longer ago than `horizon` makes its changes old (design decision 11).
    """
    raise NotImplementedError
