"""Acquaint: gives a part in an event to those whom nobody tracks, such as the buyer.

Two steps around the one for roles: `meet` returns a document in which strangers stand among the
names, so that roles are given to them as to everybody, and `acquaint` takes those roles over.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.spans import Name, Stranger
from services.classifier.syntax.names.strangers import (
    WORD,
    belongs_to_noun,
    function_words,
    standing,
    strangers_in,
)
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_KEPT = frozenset({Role.ACTOR, Role.TARGET, Role.SELLER})
_BEFORE = 22
"""So many characters before its cue a name ends at most."""
_BREAK = re.compile(r"[,;:()、。]")


def meet(document: Document) -> Document | None:
    """Return the document with strangers among its names, None where there are none.

    Only of sentences that tell an event with a part to give, and with their triggers alone.
    """
    telling = {
        trigger.sentence
        for candidate in document.candidates
        if any(_is_free(candidate, role) for role in _KEPT)
        for trigger in candidate.triggers
    }
    by_sentence = dict(document.names_by_sentence)
    met: dict[int, Sequence[Name]] = {}
    for sentence in telling:
        if names := strangers_in(document, sentence):
            met[sentence] = names
            by_sentence[sentence] = sorted((*document.names_in(sentence), *names))
    if not met:
        return None
    return document.but(
        names=tuple(sorted((*document.names, *(name for names in met.values() for name in names)))),
        names_by_sentence=by_sentence,
        triggers=tuple(trigger for trigger in document.triggers if trigger.sentence in met),
    )


def acquaint(document: Document, met: Document) -> Document:
    """Return the document whose candidates have the strangers that `met` gives a role.

    Only where it gives the tracked companies the roles that they have; one buyer is enough.
    """
    named = {name.company for name in document.names}
    return document.but(
        candidates=tuple(
            candidate.but(others={**candidate.others, **others})
            if (others := _others(candidate, met, named))
            else candidate
            for candidate in document.candidates
        )
    )


def _others(
    candidate: Candidate, met: Document, named: Collection[CompanyId]
) -> Mapping[str, Stranger]:
    found: dict[str, Stranger] = {}
    for other in met.candidates:
        if other.event_type != candidate.event_type:
            continue
        if not any(trigger in candidate.triggers for trigger in other.triggers):
            continue
        if any(candidate.roles.get(one, role) != role for one, role in other.roles.items()):
            continue
        for company, role in other.roles.items():
            if company in named or other.grounds[company] < Ground.PLACE:
                continue
            name = other.role_places[company]
            if (
                role in _KEPT
                and _is_free(candidate, role)
                and (other.grounds[company] >= Ground.WORD or _adjoins(met, other, name))
                and not (role is Role.TARGET and belongs_to_noun(met, name))
                and not (role is Role.SELLER and _may_be_place(met, name))
            ):
                found.setdefault(company[1:], Stranger(name.start, name.end, role))
    return found


def _adjoins(document: Document, candidate: Candidate, name: Name) -> bool:
    """Return whether a name begins the clause of a cue before it, or stands alone right behind one.

    "The Sheffield start-up" and "a Nintendo rival" are neither.
    """
    grammar = document.grammar
    text = document.folded.text
    known = function_words(grammar)
    for trigger in candidate.triggers:
        gap = text[name.end : trigger.start].removeprefix("," if grammar.order == "sov" else "\0")
        if name.end <= trigger.start and len(gap) <= _BEFORE and not _BREAK.search(gap):
            first, _ = document.clause_of(trigger.sentence, name.start)
            before = WORD.findall(text[first : name.start])
            if all(word in known for word in before) or before[-1] in grammar.home:
                return True
            return not gap and not grammar.names.has_spaces
        words = text[trigger.end : name.start].split()
        if trigger.end <= name.start and all(word in known for word in words):
            return True
    return False


def _may_be_place(document: Document, name: Name) -> bool:
    """Return whether "from X" may say where somebody is from: one word of letters, named but once."""
    start, end = document.folded.original(name.start), document.folded.original(name.end)
    written = document.whole[start:end]
    if (
        not document.grammar.names.has_capitals
        or not written.isalpha()
        or not written[1:].islower()
    ):
        return False
    return sum(1 for _ in standing(written, document.whole)) < 2


def _is_free(candidate: Candidate, role: Role) -> bool:
    """Return whether a stranger may have a role: who bans is no company, and one buyer is enough."""
    if candidate.event_type == "ban":
        return False
    if role is Role.TARGET and candidate.event_type == "shutdown":
        return False
    return role not in candidate.roles.values()
