"""Sighting: one current report of one story; what tracking keeps and the database stores."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter

from pydantic import AwareDatetime, with_config

from services.alerter.tracking.parties import Parties
from services.common.contracts.base import STRICT
from services.common.contracts.event import Event
from services.common.contracts.reading import ENDS, Focus, Reading, Report, Stage, StoryHead
from services.common.ids import EventId, ReportId, StoryId, event_id
from services.common.sketch import hashes_of


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Rank:
    """Which reading of a story holds: the later `revised_at`, then the later bus position.

    `position` grows along the records of one story, which share a partition: the record's offset.
    """

    revised_at: AwareDatetime
    position: int


ENDED_WITHIN = timedelta(days=400)
"""How long after its newest story an event may still come to its end: bans last, and whoever was told of one
is owed its end; a deal that was signed may take a year to close. As long as reports are kept."""

Key = tuple[StoryId, ReportId]
"""Which sighting it is."""


@with_config(STRICT)
@dataclass(frozen=True, kw_only=True)  # no slots: what folds ask again and again is kept
class Sighting:
    """One report of a story as it stands now, and the event that it belongs to.

    Stored under (story id, report id). `event_id` is None while a background report waits for an
    event that it could join. `is_late` is true when it came to an event in which a main report was
    already more than an hour newer: it is shown and has no vote.
    """

    story: StoryHead
    report: Report
    text_hash: str
    text_sketch: str = ""
    rank: Rank
    event_id: EventId | None = None
    is_late: bool = False

    @cached_property
    def key(self) -> Key:
        """Return the story and the report."""
        return self.story.story_id, self.report.report_id

    @cached_property
    def opens(self) -> EventId:
        """Return the id of the event that it opens where it fits none."""
        return event_id(self.report.report_id)

    @cached_property
    def is_main(self) -> bool:
        """Return whether the story is about the event, rather than telling it as history."""
        return self.report.focus is Focus.MAIN

    @cached_property
    def is_end(self) -> bool:
        """Return whether the story is about the event and tells that it is over."""
        return self.is_main and self.report.stage in ENDS

    @cached_property
    def reaches_back(self) -> bool:
        """Return whether it may tell how an event of long ago ended, for better or worse."""
        return reaches_back(self.report)

    @cached_property
    def told_at(self) -> datetime:
        """Return the time that places it among others: published, else seen."""
        return self.story.told_at

    @cached_property
    def parties(self) -> Parties:
        """Return who is named in which role."""
        return Parties.of(self.report)

    @cached_property
    def order(self) -> tuple[datetime, str, str, str, str, ReportId]:
        """Return the place in which every fold takes it, whatever order the bus brought."""
        report = self.report
        slots = "|".join((*(c.id for c in report.companies), *report.countries, report.scope or ""))
        said = (report.focus, report.stage, report.companies, report.others, report.date)
        sure = (report.amount, report.authority, report.confidence)
        return (
            self.told_at,
            self.story.outlet,
            self.story.story_id,
            slots,
            f"{said}{sure}",
            # Last, for two that say the same: it depends on which of two revisions came first.
            report.report_id,
        )

    @cached_property
    def hashes(self) -> frozenset[int]:
        """Return the hashes of its text's sketch."""
        return hashes_of(self.text_sketch)

    def in_event(self, event: EventId | None) -> Sighting:
        """Return it as a sighting of `event`."""
        # What was found out about its report goes along.
        moved = object.__new__(Sighting)
        moved.__dict__.update(self.__dict__, event_id=event)
        return moved


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReading:
    """The reading of a story that holds: what tells a repeat from news.

    `sightings` are those of the story, waiting ones too.
    """

    rank: Rank
    content_hash: str
    rules_hash: str
    watchlist_hash: str
    sightings: tuple[Sighting, ...] = ()

    def is_repeated_by(self, reading: Reading) -> bool:
        """Return whether `reading` has the same content, rules and watchlist."""
        return (self.content_hash, self.rules_hash, self.watchlist_hash) == (
            reading.story.content_hash,
            reading.rules_hash,
            reading.watchlist_hash,
        )


def reaches_back(report: Report) -> bool:
    """Return whether `report` may tell how an event of long ago ended: what undoes it, a deal that closes, a
    bill that becomes law.
    """
    return report.focus is Focus.MAIN and (report.stage in ENDS or report.stage is Stage.CONFIRMED)


BY_ORDER = attrgetter("order")
"""The key by which sightings stand in the order told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedEvent:
    """An event with all its sightings and its newest snapshot."""

    event: Event
    sightings: tuple[Sighting, ...]

    @property
    def id(self) -> EventId:
        """Return the event's id."""
        return self.event.id
