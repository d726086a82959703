"""Gather: joins what the sentences of a story say of one event, and keeps apart what they do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.gains.weights import ENOUGH
from services.classifier.spans import Segment
from services.classifier.syntax.story.additions import APART, Addition, joined, stages_of, supported
from services.classifier.syntax.story.kinship import Owners
from services.common.contracts.reading import Role, Stage
from services.common.ids import CompanyId

MOST = 4
"""Events of one type that a story may tell; a list of more is a round-up nobody wants as alerts."""


def gather(document: Document, *, owners: Owners) -> Document:
    """Return the document with one candidate for every event that the story tells."""
    events: list[Candidate] = []
    for event_type in dict.fromkeys(candidate.event_type for candidate in document.candidates):
        of_type = [found for found in document.candidates if found.event_type == event_type]
        events.extend(_events(document, of_type, owners)[:MOST])
    return document.but(
        candidates=tuple(
            event
            for event in events
            if not (
                _is_told_otherwise(event, events)
                or _is_of_its_own(document, event, events)
                or _is_the_other_type(document, event, events)
            )
        )
    )


def _is_told_otherwise(event: Candidate, events: Iterable[Candidate]) -> bool:
    """Return whether whom an event only may be about has a surer part in one of another type."""
    return set(event.grounds.values()) == {Ground.GUESSED} and any(
        ground > Ground.GUESSED
        for other in events
        if other.event_type != event.event_type
        for company, ground in other.grounds.items()
        if company in event.roles
    )


def _is_the_other_type(document: Document, event: Candidate, events: Iterable[Candidate]) -> bool:
    """Return whether words of one type tell what another says: "lifts the ban and restores the service".

    So does a lead that names nobody of a merger that its title says is stopped: "It forbids it".
    """
    if event.event_type == "shutdown" and stages_of(event) == {Stage.REVERSED}:
        other, stage = "ban", Stage.REVERSED
    elif event.event_type == "ban" and event.is_borrowed:
        other, stage = "acquisition", Stage.REJECTED
    else:
        return False
    return any(
        found.event_type == other
        and stage in stages_of(found)
        and (set(event.roles) <= set(found.roles) or _lacks_a_buyer(document, found))
        for found in events
    )


def _lacks_a_buyer(document: Document, event: Candidate) -> bool:
    """Return whether it is a deal of title or lead of which only what is bought is known yet."""
    return set(event.roles.values()) == {Role.TARGET} and _foremost(document, event) <= Segment.LEAD


def _is_of_its_own(document: Document, event: Candidate, events: Iterable[Candidate]) -> bool:
    """Return whether it is a ban by nobody but those whom the title closes: they take away what is theirs."""
    if event.event_type != "ban" or set(event.roles.values()) != {Role.ACTOR}:
        return False
    return _foremost(document, event) > Segment.TITLE and any(
        other.event_type == "shutdown"
        and _foremost(document, other) is Segment.TITLE
        and set(event.roles) <= set(other.roles)
        for other in events
    )


def _foremost(document: Document, candidate: Candidate) -> Segment:
    """Return the foremost segment that a candidate has a trigger in."""
    return min([document.segment_of(trigger.sentence) for trigger in candidate.triggers])


def _events(document: Document, candidates: Iterable[Candidate], owners: Owners) -> list[Candidate]:
    events: list[Candidate] = []
    weak: list[Candidate] = []
    nameless: list[Candidate] = []
    for told in candidates:
        in_front = _foremost(document, told) <= Segment.LEAD
        if all(trigger.score < ENOUGH for trigger in told.triggers):
            weak.append(told)
        elif (home := _home(document, events, told)) is not None:
            events[home] = _together(Addition(document, events[home], told, owners))
        elif told.roles and (in_front or _may_open(told)):
            events.append(_under_its_title(told, nameless) if in_front else told)
            nameless = []
        elif in_front and not told.roles:
            nameless.append(told)
    for told in weak:
        for at, event in enumerate(events):
            if _is_same(document, event, told) and not _is_hint_at_others(document, event, told):
                events[at] = supported(Addition(document, event, told, owners))
                break
    return events


def _home(document: Document, events: Sequence[Candidate], told: Candidate) -> int | None:
    """Return the place of the event that a sentence tells more of, None where it tells another one."""
    same = (at for at, event in enumerate(events) if _is_same(document, event, told))
    if not told.roles or _foremost(document, told) <= Segment.LEAD:
        return next(same, None)
    return next((at for at, event in enumerate(events) if _is_vague(event)), next(same, None))


def _together(addition: Addition) -> Candidate:
    """Return an event with what a sentence tells of it; further down stands whom a ban hit that a lead alludes to."""
    document, event, told, _ = addition
    if _foremost(document, told) <= Segment.LEAD:
        return joined(addition)
    if told.roles and _is_vague(event):
        return told.but(triggers=(*event.triggers, *told.triggers))
    return supported(addition)


def _under_its_title(event: Candidate, nameless: Iterable[Candidate]) -> Candidate:
    """Return an event of the lead with what a title that names nobody says of it."""
    above = [trigger for candidate in nameless for trigger in candidate.triggers]
    return event.but(triggers=(*above, *event.triggers)) if above else event


def _is_vague(event: Candidate) -> bool:
    """Return whether an event is history in a clause that names nobody: "after India banned apps"."""
    return event.is_past and event.is_borrowed


def _may_open(candidate: Candidate) -> bool:
    return (
        max(trigger.score for trigger in candidate.triggers) >= APART
        and not any(trigger.is_negated for trigger in candidate.triggers)
        and any(role in {Role.TARGET, Role.ACTOR} for role in candidate.roles.values())
    )


def _is_same(document: Document, event: Candidate, candidate: Candidate) -> bool:
    """Return whether a sentence tells more of an event: it names one of its companies, or nobody."""
    if not candidate.roles:
        return True
    if event.triggers[-1].sentence == candidate.triggers[0].sentence:
        return False  # "X buys Y and sells Z"
    shared = set(event.roles) & set(candidate.roles)
    fronts = max(_foremost(document, event), _foremost(document, candidate)) <= Segment.LEAD
    if fronts:
        return not _is_another_case(document, event, candidate)
    if stages_of(candidate) - stages_of(event):
        return False  # a ban that was lifted later is told as another chapter
    return bool(shared)


def _is_hint_at_others(document: Document, event: Candidate, hint: Candidate) -> bool:
    """Return whether title or lead hint at something of nobody, and only the body tells an event.

    "Talks fail. … In 2019 Norvik bought Zelmo": whose talks they are nobody here says, and a lead's hint would make
    news of what was before.
    """
    return (
        not hint.roles
        and _foremost(document, hint) <= Segment.LEAD
        and _foremost(document, event) > Segment.LEAD
    )


def _is_another_case(document: Document, event: Candidate, candidate: Candidate) -> bool:
    """Return whether a lead tells what was before, of others than whom the title is about.

    "Norvik buys Zelmo. Last year it bought Balto."
    """
    if _is_of_another_buyer(event, candidate):
        return True
    hit, told = _closed_or_meant(event), _closed_or_meant(candidate)
    named = {
        name.company
        for trigger in candidate.triggers
        for name in document.names_in(trigger.sentence)
    }
    if not hit or not told:
        return False
    if told <= hit and not _is_of_others(event, candidate):
        return False
    if not told <= hit and (hit & named or told & set(event.roles)):
        return False
    if Stage.REJECTED in stages_of(event) and (len(event.roles) < 2 or named & event.roles.keys()):
        return False  # what a title denies its lead tells as it was
    return (
        any(document.in_title(cue.sentence) and not cue.is_past for cue in event.triggers)
        and candidate.is_past
        and min(event.grounds[company] for company in hit) > Ground.BORROWED
        and min(candidate.grounds[company] for company in told) > Ground.BORROWED
    )


def _is_of_another_buyer(event: Candidate, candidate: Candidate) -> bool:
    """Return whether a sentence tells what somebody else has bought before: "Zelmo bought a rival last year"."""
    return (
        event.event_type == "acquisition"
        and {Role.ACTOR, Role.TARGET} <= set(event.roles.values())
        and set(candidate.roles.values()) == {Role.ACTOR}
        and event.roles.keys().isdisjoint(candidate.roles)
        and candidate.is_past
        and not event.is_past
    )


def _closed_or_meant(candidate: Candidate) -> set[CompanyId]:
    """Return what an event is about: who closes something without a name, where nothing has one."""
    things = candidate.companies(Role.TARGET)
    return things or (set(candidate.roles) if candidate.event_type == "shutdown" else things)


def _is_of_others(event: Candidate, candidate: Candidate) -> bool:
    """Return whether others than those who buy now once wanted the same: "In 2019 Balto tried to buy Zelmo"."""
    buyers, before = event.companies(Role.ACTOR), candidate.companies(Role.ACTOR)
    return (
        event.event_type == "acquisition"
        and bool(buyers)
        and bool(before)
        and before.isdisjoint(event.roles)
    )
