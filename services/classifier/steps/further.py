"""Further: the names that later sentences add to those a title or lead told of.

"Apple removes WhatsApp from its store. Signal and Telegram vanished on the same day." "A consortium led
by X buys Y. The consortium also includes Z." "X sells its food unit. The sale includes the brands Y and Z."
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.spans import Name
from services.classifier.syntax.bystanders.outsiders import spared_in
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.names.markers import marks_behind
from services.classifier.syntax.past.dates import past_years
from services.classifier.syntax.story.alike import is_alike, names_alike
from services.classifier.syntax.story.contents import contents, left_out
from services.classifier.syntax.story.deciders import decider
from services.classifier.syntax.story.holders import holder, sharers
from services.classifier.syntax.story.later import Later, from_first, is_told_in_front, later
from services.classifier.syntax.story.listed import listed
from services.classifier.syntax.story.sides import (
    DECIDER,
    SIDES,
    presented,
    told_on,
)
from services.common.contracts.reading import Role, Stage

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
        known = taken | event.roles.keys()
        names = [n for row in _added(document, event) for n in row.names if n.company not in known]
        taken |= {name.company for name in names}
        widened.append(_told_whole(document, event, names))
    return document.but(candidates=tuple(widened))


def _added(document: Document, event: Candidate) -> list[Chain]:
    """Return who, by later sentences, buys too, or is banned or closed too."""
    if event.event_type == "acquisition":
        return [*_members(document, event), *sharers(document, event)]
    return [*_listed(document, event), *_also(document, event), *names_alike(document, event)]


def _told_whole(document: Document, event: Candidate, names: Sequence[Name]) -> Candidate:
    """Return an event with those who buy or are hit too, and then with who else has a side in it."""
    match event.event_type:
        case "acquisition":
            sided = _with_sides(document, _with(event, names, Role.ACTOR))
            return _with_contents(document, sided)
        case "shutdown":
            return _with_closers(document, _with(event, names, Role.TARGET))
        case _:
            return _with(event, names, Role.TARGET)


def _listed(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield those whom the next sentences list with one whom the event hits: "They are A, B and C".

    "US bans Huawei and four others. … The names on the list are Huawei, ZTE, Hytera, …" A row with two
    of those who are hit needs no such word.
    """
    hit = event.companies(Role.TARGET)
    for told in _next_sentences(document, event):
        companies = {name.company for name in told.names}
        is_row = len(companies & hit) >= _TWO_KNOWN and len(told.rows) == 1
        if (
            len(companies) >= _LEAST_LISTED
            and companies & hit
            and (is_row or told.has("meant"))
            and not told.tells_something
        ):
            yield from told.rows


def _also(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield the names that the next sentences add to those that are banned.

    Not those of an earlier case: "as it did with X last year".
    """
    taken = document.taken
    for told in _next_sentences(document, event):
        row = _told_too(told)
        if row is not None and taken.isdisjoint(row.companies) and not _is_earlier(told, row):
            yield row


def _is_earlier(told: Later, row: Chain) -> bool:
    """Return whether words beside a row say that it has no part, or that it had one before."""
    behind = told.text[row.end : row.end + _BESIDE]
    return (
        marks_behind(told.grammar, "none", behind)
        or not spared_in(told.document, told.sentence).isdisjoint(row.names)
        or (
            any(row.apart(word) <= _BESIDE for word in told.words("background"))
            and told.beside(row).is_aside
        )
    )


def _told_too(told: Later) -> Chain | None:
    """Return the only names of a sentence that says "too" of them and tells no other event."""
    words = told.words("also")
    if not words or Role.TARGET not in told.event.roles.values() or told.tells_of_another_type:
        return None
    rows = [row for row in told.rows if told.event.roles.keys().isdisjoint(row.companies)]
    is_added = len(rows) == 1 and any(rows[0].apart(word) <= _BESIDE for word in words)
    return rows[0] if is_added else None


def _next_sentences(document: Document, event: Candidate) -> list[Later]:
    """Return the sentences behind the one that first tells a ban in title or lead.

    Of a deal or a closing one more name may be anybody.
    """
    first = event.first
    if event.event_type != "ban" or first.is_past or not document.in_front(first.sentence):
        return []
    last = max(
        trigger.sentence for trigger in event.triggers if document.in_front(trigger.sentence)
    )
    return from_first(document, event, within=last - first.sentence + _NEXT)[1:]


def _members(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield who, by a later sentence that tells no event of its own, belongs to the alliance that buys."""
    for told in later(document, event, within=_MEMBERS)[1:]:
        words = told.words("members")
        if not words or told.has("background") or _gives_up(told) or told.tells_something:
            continue
        for row in told.rows:
            beside = told.beside(row)
            is_near = row.apart(words[0]) <= _AMONG
            if is_near and beside.role in {None, Role.ACTOR} and not beside.is_aside:
                yield row


def _gives_up(told: Later) -> bool:
    """Return whether a sentence tells of those who did not get it: "a rival group withdrew"."""
    return any(hit.meaning.name == Stage.REJECTED for hit in told.words("stage"))


def _with_sides(document: Document, event: Candidate) -> Candidate:
    """Return a deal with the seller or the buyer of whom a later sentence says that it is one."""
    if not is_told_in_front(document, event):
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


def _with(event: Candidate, names: Sequence[Name], role: Role) -> Candidate:
    return event.with_parts(dict.fromkeys(names, role), Ground.BORROWED)
