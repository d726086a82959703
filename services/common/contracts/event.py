"""Event: the real-world happening, merged from reports; EventChange: one entry of its history."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import AwareDatetime, with_config

from services.common.contracts.base import STRICT, OpenStrEnum, require_clean_fields
from services.common.contracts.reading import Amount, Focus, Involvement, OtherParty, Stage
from services.common.ids import EventId, StoryId


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class EventStory:
    """One story that tells an event: head, stage and the words that carry it.

    `is_copy` marks a text that another outlet had told before with the same words.
    """

    id: StoryId
    outlet: str
    title: str
    url: str
    lang: str
    published: AwareDatetime | None
    seen_at: AwareDatetime
    stage: Stage
    focus: Focus
    quote: str
    quote_part: str = "title"
    quote_start: int = 0
    confidence: float = 0.0
    is_copy: bool = False

    def __post_init__(self) -> None:
        require_clean_fields(self)


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """In which countries an event that is rejected or reversed in others still stands, and how far."""

    stage: Stage
    countries: tuple[str, ...]

    def __post_init__(self) -> None:
        require_clean_fields(self)


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The happening as it stands after a change: what page, API and messages show.

    `disputed` names the contested stage. `withdrawn` is true when no report is left. `round` counts
    its corrections and withdrawals so far. `outlets` counts distinct outlets of main reports, copies
    of one text once. `stories` are in the order in which they were told, the newest hundred. All its
    reports moved into `merged_into` when a later story showed that both were one happening;
    `absorbed` names the events that moved into this one: who was told of them was told of this.

    An event that is rejected or reversed in some of its `countries` has that stage, and `still` tells
    of the others.
    """

    id: EventId
    type: str
    stage: Stage
    previous_stage: Stage | None = None
    disputed: Stage | None = None
    withdrawn: bool = False
    round: int = 0
    companies: tuple[Involvement, ...]
    others: tuple[OtherParty, ...] = ()
    countries: tuple[str, ...] = ()
    scope: str | None = None
    authority: str | None = None
    date: str | None = None
    amount: Amount | None = None
    confidence: float
    first_seen: AwareDatetime
    outlets: int
    stories: tuple[EventStory, ...] = ()
    merged_into: EventId | None = None
    absorbed: tuple[EventId, ...] = ()
    still: Still | None = None

    def __post_init__(self) -> None:
        require_clean_fields(self)

    @property
    def ended_in(self) -> tuple[str, ...]:
        """Return the countries of its stage: all, but for those in which it still stands."""
        if self.still is None:
            return self.countries
        return tuple(code for code in self.countries if code not in self.still.countries)

    def stage_in(self, country: str) -> Stage:
        """Return its stage in `country`."""
        if self.still is not None and country in self.still.countries:
            return self.still.stage
        return self.stage

    def where_it_stands(self) -> Event:
        """Return the event as it is where it still stands; itself where it is everywhere the same."""
        if self.still is None:
            return self
        return replace(self.standing_first(), countries=self.still.countries, still=None)

    def standing_first(self) -> Event:
        """Return the event by the stage at which it still stands, so that `still` tells where it ended."""
        if self.still is None:
            return self
        return replace(
            self,
            stage=self.still.stage,
            previous_stage=None,
            disputed=None,
            still=Still(stage=self.stage, countries=self.ended_in),
        )


class ChangeKind(OpenStrEnum):
    """What a change did to its event."""

    OPENED = "opened"
    STAGE = "stage"
    """The stage moved forward, or into an end stage that nobody had contradicted."""
    CORRECTION = "correction"
    """What was told turned out otherwise: rejected or reversed after confirmed, or no longer so."""
    FACT = "fact"
    """Country, date, amount, party, company or scope became known or changed."""
    COVERAGE = "coverage"
    """More stories, or fewer; nothing else."""
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    """It was the same happening as `merged_into`; nobody is told."""


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class EventChange:
    """One entry of the append-only history of events: the input of matching and planning.

    `seq` grows by one with every change of any event. `at` is when it was tracked. `cause` is the
    story that brought it. `is_old` is true when that story was back-fill or seen longer ago than
    the alert horizon; `is_reread` when it was read again under a changed watchlist.
    """

    seq: int
    at: AwareDatetime
    kind: ChangeKind
    cause: StoryId
    is_old: bool = False
    is_reread: bool = False
    event: Event

    def __post_init__(self) -> None:
        require_clean_fields(self)
