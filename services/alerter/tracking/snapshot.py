"""Snapshot: an Event as its sightings make it, and what that changes against the one before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cache
from typing import TypeVar

from services.alerter.tracking.copies import Originals
from services.alerter.tracking.names import are_alike
from services.alerter.tracking.running import Running
from services.alerter.tracking.sighting import BY_ORDER, Sighting
from services.alerter.tracking.stage import KNOWN, standing_in_order
from services.common.contracts.event import ChangeKind, Event, EventStory
from services.common.contracts.reading import (
    ENDS,
    FORWARD,
    Amount,
    Evidence,
    Focus,
    Involvement,
    OtherParty,
    Role,
    Stage,
)
from services.common.event_types import event_type
from services.common.ids import CompanyId, EventId, StoryId

MAX_STORIES = 100
MAX_OTHERS = 20
AMOUNTS_AGREE_WITHIN = 0.15
_OF_THE_OWNER = {"shutdown": Role.ACTOR, "ban": Role.PARTY}
"""What the owner of what nobody tracks is in its end, by the type of that."""
_IS_AN_OWNER = 0.5
"""Of the weight of those by whom it is the owner's own end: many titles leave out whose app it is."""

T = TypeVar("T")


def snapshot(event: EventId, sightings: Sequence[Sighting], *, before: Event | None) -> Event:
    """Return the event that `sightings`, of which one at least is main, make up.

    `before` is its newest snapshot. Everything but the memory of stages, rounds and merges depends
    on the set of sightings alone.
    """
    ordered = sorted(sightings, key=BY_ORDER)
    mains = [sighting for sighting in ordered if sighting.is_main]
    standing = standing_in_order(mains)
    holding = [main for main in mains if main.report.stage is standing.stage] or mains
    told = _told.of(mains)
    now = Event(
        id=event,
        type=mains[0].report.type,
        stage=standing.stage,
        disputed=standing.disputed,
        companies=told.companies(),
        others=_others(mains, tracked=told.tracked_names),
        countries=tuple(sorted(told.countries)),
        scope=_usual(told.scopes),
        authority=_usual(told.authorities),
        date=_newest_agreeing([main.report.date for main in holding], agree=_is_same_date),
        amount=_newest_agreeing([main.report.amount for main in mains], agree=_is_same_amount),
        confidence=max(main.report.confidence for main in holding),
        first_seen=min(main.story.seen_at for main in mains),
        outlets=len(told.outlets),
        stories=_stories(ordered, told.copies, known=before.stories if before else ()),
        still=standing.still,
    )
    return now if before is None else _remembering(now, before)


def withdrawn(before: Event) -> Event:
    """Return the event once no report of it is left."""
    return replace(
        before,
        withdrawn=True,
        disputed=None,
        round=before.round + 1,
        outlets=0,
        stories=(),
    )


def merged(before: Event, *, into: EventId) -> Event:
    """Return what is left of an event whose reports all belong to another one."""
    return replace(before, merged_into=into, disputed=None, outlets=0, stories=())


def absorbing(now: Event, others: Iterable[Event], *, before: Event | None) -> Event:
    """Return `now`, into which `others` moved: a correction where what was told of them does not hold."""
    if kind_of(now, before) is ChangeKind.CORRECTION:
        return now
    holds = all(not _turns_somewhere(other, now) for other in others)
    return now if holds else replace(now, round=now.round + 1)


def kind_of(now: Event, before: Event | None) -> ChangeKind | None:
    """Return what happened to an event between two snapshots; None for nothing."""
    if before is None:
        return ChangeKind.OPENED
    if before == now:
        return None
    if _is_correction(now, before):
        return ChangeKind.CORRECTION
    if now.stage != before.stage:
        return ChangeKind.STAGE
    if now.disputed is not None and now.disputed != before.disputed:
        return ChangeKind.DISPUTED
    return ChangeKind.FACT if _facts(now) != _facts(before) else ChangeKind.COVERAGE


def is_step_forward(before: Stage, now: Stage) -> bool:
    """Return whether nobody who was told `before` was told wrong."""
    if before not in KNOWN:
        return True
    if before in ENDS or now not in FORWARD:
        return False
    return FORWARD.index(now) > FORWARD.index(before)


def _is_correction(now: Event, before: Event) -> bool:
    if before.withdrawn or before.merged_into is not None or now.round > before.round:
        return True
    if now.stage != before.stage:
        return not is_step_forward(before.stage, now.stage)
    return _turned_somewhere(now, before)


def _turned_somewhere(now: Event, before: Event) -> bool:
    """Return whether it stands otherwise in a country than it did, and not just further."""
    return now.still != before.still and _turns_somewhere(before, now)


def _turns_somewhere(before: Event, now: Event) -> bool:
    """Return whether who was told `before` was told wrong of one of its countries."""
    moves = ((before.stage_in(code), now.stage_in(code)) for code in before.countries or ("",))
    return any(was != is_now and not is_step_forward(was, is_now) for was, is_now in moves)


def _remembering(now: Event, before: Event) -> Event:
    moved = now.stage != before.stage
    now = replace(
        now,
        previous_stage=before.stage if moved else before.previous_stage,
        round=before.round,
        absorbed=before.absorbed,
    )
    is_correction = kind_of(now, before) is ChangeKind.CORRECTION
    return replace(now, round=before.round + 1) if is_correction else now


def _facts(event: Event) -> tuple[object, ...]:
    parties = frozenset(event.companies), frozenset(event.others)
    places = event.countries, event.still
    return (*parties, *places, event.scope, event.authority, event.date, event.amount)


def _others(mains: Sequence[Sighting], *, tracked: Collection[str]) -> tuple[OtherParty, ...]:
    """Return who else is in it, each once, without those that another story names as tracked.

    A name that is a word too ("Grab") is the company only beside certain words; where one story lacks
    them it is a stranger there, and must not stand beside itself.
    """
    kept: list[OtherParty] = []
    for party in (party for main in mains for party in main.report.others):
        if party.name.casefold() in tracked:
            continue
        if len(kept) < MAX_OTHERS and not any(are_alike(party.name, one.name) for one in kept):
            kept.append(party)
    return tuple(kept)


def _usual(told: Mapping[str, int]) -> str | None:
    """Return the value that most tell, the one told first of several: it should not flicker."""
    return max(told, key=lambda value: told[value], default=None)


def _newest_agreeing(values: Sequence[T | None], *, agree: Callable[[T, T], bool]) -> T | None:
    """Return the newest value that another one confirms, else the newest, else None."""
    told = [value for value in reversed(values) if value is not None]
    for place, value in enumerate(told):
        if any(agree(value, other) for other in (*told[:place], *told[place + 1 :])):
            return value
    return told[0] if told else None


def _is_same_date(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _is_same_amount(one: Amount, other: Amount) -> bool:
    larger = max(one.value, other.value)
    within = abs(one.value - other.value) <= AMOUNTS_AGREE_WITHIN * larger
    return one.currency == other.currency and within


def _key(sighting: Sighting) -> tuple[StoryId, str]:
    return sighting.story.story_id, sighting.report.report_id


class _Told:
    """What the main reports of an event tell together, as far as it only adds up.

    `copies` are those whose words another story had told before; `outlets` tell it in words of their own.
    """

    def __init__(self, first: Sighting) -> None:
        self.type = first.report.type
        self.copies: set[tuple[StoryId, str]] = set()
        self.outlets: set[str] = set()
        self.countries: set[str] = set()
        self.scopes: dict[str, int] = {}
        self.authorities: dict[str, int] = {}
        self.roles: dict[CompanyId, dict[Role, float]] = {}
        self.owners: set[CompanyId] = set()
        self.tracked_names: set[str] = set()
        self.originals = Originals()
        self.add(first)

    def add(self, main: Sighting) -> None:
        report = main.report
        if self.originals.add(main).story.story_id != main.story.story_id:
            self.copies.add(_key(main))
        else:
            self.outlets.add(main.story.outlet)
        self.countries.update(report.countries)
        if report.scope is not None:
            self.scopes[report.scope] = self.scopes.get(report.scope, 0) + 1
        if report.authority is not None:
            told = self.authorities.get(report.authority, 0)
            self.authorities[report.authority] = told + 1
        for company in report.companies:
            weights = self.roles.setdefault(company.id, {})
            weights[company.role] = weights.get(company.role, 0.0) + report.confidence
        if any(one.role is Role.TARGET for one in report.others):
            role = _OF_THE_OWNER.get(report.type)
            self.owners.update(one.id for one in report.companies if one.role is role)
        self.tracked_names.update(
            place.quote.casefold()
            for place in report.evidence
            if place.field.startswith("company:")
        )

    def companies(self) -> tuple[Involvement, ...]:
        """Return every company with the role that most weight gives it, the anchor's first."""
        usual = [
            Involvement(id=company, role=self._usual_role(company, weights))
            for company, weights in self.roles.items()
        ]
        if len(usual) > 1:
            ranks = _ranks(self.type)
            usual.sort(key=lambda one: ranks.get(one.role, len(ranks)))
        return tuple(usual)

    def _usual_role(self, company: CompanyId, weights: Mapping[Role, float]) -> Role:
        """Return the role with most weight; whose app by some is closed or banned is not that itself."""
        usual = max(weights, key=lambda role: (weights[role], role))
        if usual is Role.TARGET and company in self.owners:
            role = _OF_THE_OWNER[self.type]
            return role if weights[role] >= _IS_AN_OWNER * weights[usual] else usual
        return usual

    def copy(self) -> _Told:
        other = copy(self)
        other.copies = self.copies.copy()
        other.outlets = self.outlets.copy()
        other.countries = self.countries.copy()
        other.scopes = self.scopes.copy()
        other.authorities = self.authorities.copy()
        other.roles = {company: weights.copy() for company, weights in self.roles.items()}
        other.owners = self.owners.copy()
        other.tracked_names = self.tracked_names.copy()
        other.originals = self.originals.copy()
        return other


_told = Running(_Told)


@cache
def _ranks(name: str) -> Mapping[str, int]:
    """Return the places of roles in events of a type."""
    order = (*event_type(name).anchor_roles, Role.SELLER, Role.PARTY)
    return {role: place for place, role in reversed(list(enumerate(order)))}


def _stories(
    ordered: Sequence[Sighting],
    copies: set[tuple[StoryId, str]],
    *,
    known: Sequence[EventStory],
) -> tuple[EventStory, ...]:
    """Return the newest stories, each once, with its main report before a background one."""
    by_story: dict[StoryId, Sighting] = {}
    for sighting in ordered:
        shown = by_story.get(sighting.story.story_id)
        if shown is None or (sighting.is_main and not shown.is_main):
            by_story[sighting.story.story_id] = sighting
    built = {story.id: story for story in known}
    newest = list(by_story.values())[-MAX_STORIES:]
    return tuple(_story(sighting, built, is_copy=_key(sighting) in copies) for sighting in newest)


def _story(sighting: Sighting, built: Mapping[StoryId, EventStory], *, is_copy: bool) -> EventStory:
    head, report = sighting.story, sighting.report
    quote, _, _ = _words(sighting)
    was = built.get(head.story_id)
    # Building one checks nine texts; of a hundred stories ninety-nine are as they were.
    if was is not None and (was.title, was.url, was.quote, was.stage, was.focus, was.is_copy) == (
        head.title,
        head.url,
        quote,
        report.stage,
        report.focus,
        is_copy,
    ):
        return was
    return event_story(sighting, is_copy=is_copy)


def event_story(sighting: Sighting, *, is_copy: bool) -> EventStory:
    """Return a sighting's story as an event shows it; only what tells the event can be a copy."""
    head, report = sighting.story, sighting.report
    quote, part, start = _words(sighting)
    return EventStory(
        id=head.story_id,
        outlet=head.outlet,
        title=head.title,
        url=head.url,
        lang=head.language,
        published=head.published,
        seen_at=head.seen_at,
        stage=report.stage,
        focus=report.focus,
        quote=quote,
        quote_part=part,
        quote_start=start,
        confidence=report.confidence,
        is_copy=is_copy and report.focus is Focus.MAIN,
    )


def _words(sighting: Sighting) -> tuple[str, str, int]:
    """Return the words that say best what happened, the title without any, and where they begin."""
    evidence = _evidence(sighting.report.evidence)
    if evidence is None:
        return sighting.story.title, "title", 0
    return evidence.quote, evidence.part, evidence.start


def _evidence(places: Sequence[Evidence]) -> Evidence | None:
    """Return the words that say best what happened: those of the type, else of the stage.

    Those of the headline go before: readers see them in their sentence, those of the text alone.
    """
    by_field: dict[str, Evidence] = {}
    for place in sorted(places, key=lambda place: place.part != "title"):
        by_field.setdefault(place.field, place)
    return by_field.get("type") or by_field.get("stage") or (places[0] if places else None)
