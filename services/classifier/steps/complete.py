"""Complete: the side of a deal that its own sentence does not name, where title or lead name it.

"A Chinese firm is to buy Micron. Unigroup will offer the owners of Micron 21 billion dollars."
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.spans import Name, Segment
from services.classifier.syntax.bystanders.outsiders import outsiders
from services.classifier.syntax.clauses.apart import without_next_clause
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.scene import Scene
from services.classifier.syntax.story.sides import pays
from services.common.contracts.reading import Role

_SIDES = {Role.ACTOR: Role.TARGET, Role.TARGET: Role.ACTOR}
"""Who is missing, and beside whom it is looked for."""

_OWNER_AND_UNIT = 2
"""So many rows of names a sentence may begin with that tells of one of them."""
_FRONT = 4
"""So many sentences, title and lead, may name alone who is bought."""
_REACH = 60
"""How far behind a noun its second name may stand."""


def complete(document: Document) -> Document:
    """Return the document whose deals have both sides, where title or lead tell the other one."""
    return document.but(
        candidates=tuple(_completed(document, event) for event in document.candidates)
    )


def _completed(document: Document, event: Candidate) -> Candidate:
    if not _is_a_purchase(event) or not document.leads_with(event):
        return event
    for missing, known in _SIDES.items():
        held = set(event.roles.values())
        if missing in held or known not in held:
            continue
        for chain in _free_beside(document, event, known):
            role = _role(document, event, chain, missing)
            if role is not None and _stands_behind_a_noun(event, document.grammar, chain, known):
                return _with(event, chain, known, others=missing)
            if role is not None:
                return _with(event, chain, role)
    held = set(event.roles.values())
    if Role.TARGET in held and Role.ACTOR not in held:
        buyer = _subject_before(document, event)
        return _with(event, buyer, Role.ACTOR) if buyer else event
    if held and Role.TARGET not in held and (other := _only_one_in_front(document, event)):
        is_payer = Role.ACTOR not in held and pays(document, event, other)
        return _with(event, other, Role.ACTOR if is_payer else Role.TARGET)
    return event


def _subject_before(document: Document, event: Candidate) -> Chain | None:
    """Return who begins the sentence before a lead's: "X will not grow. The group may not buy Y".

    Not of what was bought without saying by whom: "X shares fall. Last week Y was sold".
    """
    leads = [trigger.sentence for trigger in event.triggers if document.in_lead(trigger.sentence)]
    if any(trigger.frame in {"passive", "sold"} for trigger in event.triggers):
        return None
    index = min(leads, default=0) - 1
    if index < 0:
        return None
    taken = event.apart | {
        company
        for other in document.candidates
        if other is event or document.leads_with(other)
        for company in other.roles
    }
    aside = outsiders(document, index)
    names = [name for name in document.names_in(index) if name not in aside]
    chains = chains_of(document, names)
    if not 0 < len(chains) <= _OWNER_AND_UNIT or any(name.company in taken for name in names):
        return None
    chain = chains[-1]
    if chain.start - document.sentences[index].start > _REACH:
        return None
    return chain if _role(document, event, chain, Role.ACTOR) is Role.ACTOR else None


def _only_one_in_front(document: Document, event: Candidate) -> Chain | None:
    """Return the one company without a role of the first front sentence that has one.

    "THG falls. Two funds said that they would make no bid".
    """
    for index in range(min(_FRONT, len(document.sentences))):
        if not document.in_front(index):
            return None
        free = _free_in(document, event, index)
        if len(free) == 1 and len(free[0].companies) == 1:
            is_bought = _role(document, event, free[0], Role.TARGET) is Role.TARGET
            return free[0] if is_bought else None
    return None


def _free_in(document: Document, event: Candidate, sentence: int) -> list[Chain]:
    """Return the rows of names of a sentence in which nobody has a role, or is left out of the deal."""
    taken = event.apart | document.taken
    aside = outsiders(document, sentence)
    names = [name for name in document.names_in(sentence) if name not in aside]
    chains = chains_of(document, names)
    return [chain for chain in chains if taken.isdisjoint(chain.companies)]


def _is_a_purchase(event: Candidate) -> bool:
    """Return whether an event has a buyer and what is bought; a merger has no sides."""
    return event.event_type == "acquisition" and not any(
        trigger.frame == "merge" for trigger in event.triggers
    )


def _free_beside(document: Document, event: Candidate, known: Role) -> Iterator[Chain]:
    """Yield the only names of a front sentence that have no role and stand beside a known one.

    The event's own sentences come first: there the place to the cue tells who is who.
    """
    taken = event.apart | document.taken
    front = document.sentences_of(Segment.TITLE, Segment.LEAD)
    own = event.sentences
    for index in sorted(front, key=lambda index: index not in own):
        names = _names_of_it(document, event, index)
        if not any(event.roles.get(name.company) is known for name in names):
            continue
        aside = outsiders(document, index)
        chains = chains_of(document, [name for name in names if name not in aside])
        free = [c for c in chains if taken.isdisjoint(c.companies)]
        if document.grammar.order == "svo" and known is Role.TARGET and index > max(own):
            # "It has bought X. X competes with Y": who buys stands before what is bought, if so far behind.
            first = min(name.start for name in names if event.roles.get(name.company) is known)
            free = [chain for chain in free if chain.start < first]
        if len(free) == 1:
            yield free[0]


def _names_of_it(document: Document, event: Candidate, index: int) -> Sequence[Name]:
    """Return the names of a sentence without those of a clause that begins behind the event's cue."""
    names = document.names_in(index)
    ends = [trigger.end for trigger in event.triggers if trigger.sentence == index]
    return without_next_clause(document, min(ends), names) if ends else names


def _role(document: Document, event: Candidate, chain: Chain, missing: Role) -> Role | None:
    """Return the role of a free name: the missing one unless words beside it tell of no side."""
    beside = beside_of(Scene(document, event.triggers[0]), chain)
    if beside.is_aside:
        return None
    marked = beside.role
    return marked if marked in {Role.SELLER, Role.PARTY} else missing


def _stands_behind_a_noun(event: Candidate, grammar: Grammar, chain: Chain, known: Role) -> bool:
    """Return whether a noun has who does it before whom it is done to: "X's entry into Y"."""
    if grammar.order != "svo" or known is not Role.TARGET:
        return False
    return any(
        trigger.frame == "noun"
        and trigger.end <= event.role_places[company].start < chain.start
        and event.grounds[company] is Ground.PLACE
        and chain.start - trigger.end <= _REACH
        for trigger in event.triggers
        for company in event.roles
    )


def _with(event: Candidate, chain: Chain, role: Role, others: Role | None = None) -> Candidate:
    """Return an event with a chain in a role, and all who have a role in another one if that is given."""
    if others:
        event = event.all_as(others)
    return event.with_parts(dict.fromkeys(chain.names, role), Ground.BORROWED)
