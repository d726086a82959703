"""Further: the names that later sentences add to those a title or lead told of.

"Apple removes WhatsApp from its store. Signal and Telegram vanished on the same day." "A consortium led
by X buys Y. The consortium also includes Z." "X sells its food unit. The sale includes the brands Y and Z."
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.spans import Name, Trigger
from services.classifier.syntax.bystanders.outsiders import spared_in
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.names.markers import marks_behind
from services.classifier.syntax.past.dates import past_years
from services.classifier.syntax.scene import Scene
from services.classifier.syntax.story.alike import is_alike, names_alike
from services.classifier.syntax.story.contents import contents, left_out
from services.classifier.syntax.story.deciders import decider
from services.classifier.syntax.story.holders import holder, sharers
from services.classifier.syntax.story.later import sentences_behind
from services.classifier.syntax.story.listed import listed
from services.classifier.syntax.story.sides import (
    DECIDER,
    SIDES,
    is_told_in_front,
    presented,
    told_on,
)
from services.common.contracts.reading import Role, Stage
from services.common.ids import CompanyId

_NEXT = 2
"""So many sentences behind the last of title and lead that tells the event may add to it."""

_MEMBERS = 5
"""So many sentences behind the first that tells a deal may name who buys too."""

_AMONG = 60
"""So many characters from the word for an alliance its members stand."""

_LEAST_LISTED = 3
"""So many companies make a list of those whom a ban hits."""

_TWO_KNOWN = 2
"""So many of those who are hit make a row of names the list of them."""

_BESIDE = 30
"""So many characters from the names the word that adds them may stand."""

_AT_FIRST = 16
"""So many characters from its beginning a sentence says when it was."""

_TOLD = 2.0
"""What its cues must weigh for a sentence to tell something else."""


def widen(document: Document) -> Document:
    """Return the document with events that have all the companies that a sentence adds to them."""
    taken = {
        company
        for event in document.candidates
        for company in event.roles
        if not event.is_past or event.event_type == "ban"
    }
    widened: list[Candidate] = []
    for event in _with_those_alike(document):
        if event.event_type == "acquisition":
            chains, role = (
                [*_members(document, event), *sharers(document, event)],
                Role.ACTOR,
            )
        else:
            chains, role = (
                [
                    *_listed(document, event),
                    *_also(document, event),
                    *names_alike(document, event),
                ],
                Role.TARGET,
            )
        known = taken | event.roles.keys()
        names = [n for chain in chains for n in chain.names if n.company not in known]
        taken |= {name.company for name in names}
        sided = _with_sides(document, _with(event, names, role))
        widened.append(_with_contents(document, sided))
        if event.event_type == "shutdown":
            widened[-1] = _with_closers(document, widened[-1])
    return document.but(candidates=tuple(widened))


def _listed(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield those whom the next sentences list with one whom the event hits: "They are A, B and C".

    "US bans Huawei and four others. … The names on the list are Huawei, ZTE, Hytera, …" A row with two
    of those who are hit needs no such word.
    """
    hit = event.companies(Role.TARGET)
    for index in _next_sentences(document, event):
        names = document.names_in(index)
        companies = {name.company for name in names}
        if (
            len(companies) >= _LEAST_LISTED
            and companies & hit
            and (document.words_in("meant", index) or _is_row_of(document, names, hit))
            and not any(t.score >= _TOLD for t in document.triggers_in(index))
        ):
            yield from chains_of(document, names)


def _is_row_of(document: Document, names: Sequence[Name], hit: set[CompanyId]) -> bool:
    """Return whether all names of a sentence stand in one row, with two of those who are hit."""
    chains = chains_of(document, names)
    return len(chains) == 1 and len(hit & {name.company for name in names}) >= _TWO_KNOWN


def _also(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield the names that the next sentences add to those that are banned.

    Not those of an earlier case: "as it did with X last year".
    """
    first = event.triggers[0]
    taken = document.taken
    for sentence in _next_sentences(document, event):
        chain = _added(document, event, sentence)
        if (
            chain
            and taken.isdisjoint(chain.companies)
            and not marks_behind(
                document.grammar, "none", document.folded.text[chain.end : chain.end + _BESIDE]
            )
            and spared_in(document, sentence).isdisjoint(chain.names)
            and not (
                beside_of(Scene(document, first), chain).is_aside
                and any(
                    chain.apart(word) <= _BESIDE
                    for word in document.words_in("background", sentence)
                )
            )
        ):
            yield chain


def _members(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield who, by a later sentence, belongs to the alliance that buys."""
    for index in sentences_behind(document, event, within=_MEMBERS)[1:]:
        yield from _members_in(document, event.first, index)


def _members_in(document: Document, first: Trigger, index: int) -> Iterator[Chain]:
    """Yield the names beside a word for an alliance, in a sentence that tells no event of its own."""
    words = document.words_in("members", index)
    if (
        not words
        or document.words_in("background", index)
        or _gives_up(document, index)
        or any(t.score >= _TOLD for t in document.triggers_in(index))
    ):
        return
    for chain in chains_of(document, document.names_in(index)):
        beside = beside_of(Scene(document, first), chain)
        marked = beside.role
        is_near = chain.apart(words[0]) <= _AMONG
        if is_near and marked in {None, Role.ACTOR} and not beside.is_aside:
            yield chain


def _gives_up(document: Document, sentence: int) -> bool:
    """Return whether a sentence tells of those who did not get it: "a rival group withdrew"."""
    return any(hit.meaning.name == Stage.REJECTED for hit in document.words_in("stage", sentence))


def _with_sides(document: Document, event: Candidate) -> Candidate:
    """Return a deal with the seller or the buyer of whom a later sentence says that it is one."""
    if event.event_type != "acquisition" or not is_told_in_front(document, event):
        return event
    for side in SIDES:
        if side.role not in event.roles.values():
            named = told_on(document, event, side)
            event = _with(event, () if _is_of_then(document, named) else named, side.role)
    if Role.SELLER not in event.roles.values():
        event = _with(event, holder(document, event), Role.SELLER)
    if Role.ACTOR not in event.roles.values():
        event = _with(event, presented(document, event), Role.ACTOR)
    return event


def _with_contents(document: Document, event: Candidate) -> Candidate:
    """Return a deal with what a later sentence says that it comprises, less what one leaves out, and no one with a part in something."""
    if event.event_type != "acquisition":
        return event
    event = event.without(left_out(document, event))
    taken = document.taken | event.roles.keys() | event.apart
    names = [n for chain in contents(document, event) for n in chain.names]
    return _with(event, [name for name in names if name.company not in taken], Role.TARGET)


def _is_of_then(document: Document, named: Sequence[Name]) -> bool:
    """Return whether the sentence that names them begins with a year that is over: "Until 2010 the shares belonged to X"."""
    return any(
        year - document.sentences[sentence].start <= _AT_FIRST and year < name.start
        for name in named
        for sentence in (document.sentence_at(name.start),)
        for year in past_years(document, sentence)
    )


def _with_closers(document: Document, event: Candidate) -> Candidate:
    """Return a closing with what of its company closes, or else who owns what closes, if a later sentence says so."""
    if things := listed(document, event):
        event = event.but(roles=dict.fromkeys(event.roles, Role.ACTOR))
        return _with(event, things, Role.TARGET)
    if Role.ACTOR not in event.roles.values() and is_told_in_front(document, event):
        named = told_on(document, event, DECIDER)
        event = _with(event, () if _is_of_then(document, named) else named, Role.ACTOR)
    return _with(event, decider(document, event), Role.ACTOR)


def _with_those_alike(document: Document) -> list[Candidate]:
    """Return events, those that a sentence tells "too" as part of the ban or closing before: "X is banned as well"."""
    events: list[Candidate] = []
    for told in document.candidates:
        places = (at for at, event in enumerate(events) if is_alike(document, event, told))
        at = next(places, None)
        if at is None:
            events.append(told)
        else:
            events[at] = _with(events[at], list(told.role_places.values()), Role.TARGET)
    return events


def _next_sentences(document: Document, event: Candidate) -> range:
    """Return the sentences behind the one that first tells a ban in title or lead.

    Of a deal or a closing one more name may be anybody.
    """
    first = event.first
    if event.event_type != "ban" or first.is_past or not document.in_front(first.sentence):
        return range(0)
    last = max(
        trigger.sentence for trigger in event.triggers if document.in_front(trigger.sentence)
    )
    reach = last - first.sentence + _NEXT
    return document.sentences_from(first.sentence, within=reach)[1:]


def _added(document: Document, event: Candidate, sentence: int) -> Chain | None:
    """Return the only names of a sentence that says "too" of them and tells no other event."""
    words = document.words_in("also", sentence)
    if not words:
        return None
    if Role.TARGET not in event.roles.values() or any(
        trigger.event_type != event.event_type and trigger.score >= _TOLD
        for trigger in document.triggers_in(sentence)
    ):
        return None
    chains = [
        chain
        for chain in chains_of(document, document.names_in(sentence))
        if event.roles.keys().isdisjoint(chain.companies)
    ]
    is_added = len(chains) == 1 and any(chains[0].apart(word) <= _BESIDE for word in words)
    return chains[0] if is_added else None


def _with(event: Candidate, names: Sequence[Name], role: Role) -> Candidate:
    return event.with_parts(dict.fromkeys(names, role), Ground.BORROWED)
