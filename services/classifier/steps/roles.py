"""Roles: says who does what in every sentence that has triggers.

`syntax/surroundings.py` says it of one cue; the result is one candidate per sentence and type.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from services.classifier.document import NOUNS, Candidate, Document, Ground, Name, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.syntax.bystanders.earlier import told_of_before
from services.classifier.syntax.bystanders.elsewhere import told_elsewhere
from services.classifier.syntax.bystanders.makers import described_by
from services.classifier.syntax.bystanders.onlookers import onlookers, parties_beside
from services.classifier.syntax.clauses.coordinates import coordinated, parts_of_clauses
from services.classifier.syntax.clauses.predicates import parts_of_a_row, without_denied
from services.classifier.syntax.roles.bids import forbids, has_thing_alone
from services.classifier.syntax.roles.stakes import stakes_that_are_sold
from services.classifier.syntax.roles.surroundings import roles_around
from services.classifier.syntax.scene import Scene
from services.classifier.syntax.story.anaphora import borrowed, referred
from services.classifier.syntax.story.antecedents import with_antecedents
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_WITH = 8
"""So many characters behind a word for talks stands with whom: "talks with X"."""


def assign(document: Document, *, grammar: Grammar) -> Document:
    """Return the document with one candidate for every sentence and type that has triggers."""
    document = without_denied(coordinated(document, grammar), grammar)
    named = with_antecedents(document, grammar)
    grouped: dict[tuple[int, str], list[Trigger]] = defaultdict(list)
    for trigger in document.triggers:
        grouped[trigger.sentence, trigger.event_type].append(trigger)
    candidates = tuple(
        _candidate(named, grammar, [t for t in part if not t.is_aside] or part)
        for _, triggers in sorted(grouped.items())
        for clause in parts_of_clauses(named, triggers)
        for part in parts_of_a_row(named, grammar, clause)
    )
    return document.but(candidates=referred(document, candidates))


def _candidate(document: Document, grammar: Grammar, triggers: list[Trigger]) -> Candidate:
    triggers = sorted(triggers, key=attrgetter("start"))
    event_type = triggers[0].event_type
    found: dict[CompanyId, tuple[Role, Name, Ground]] = {}
    names = document.names_in(triggers[0].sentence)
    weightiest = sorted(
        triggers, key=lambda trigger: (not _names_somebody(document, trigger), *_standing(trigger))
    )
    sold = stakes_that_are_sold(grammar, triggers)
    described = described_by(document, triggers[0].sentence, event_type)
    apart = {name.company for name in described}
    for trigger in weightiest if names else ():
        is_forbidden = forbids(trigger, triggers) and has_thing_alone(found)
        for name, told, ground in roles_around(Scene(document, grammar, trigger), apart):
            role = Role.SELLER if told is Role.ACTOR and trigger in sold else told
            role = Role.ACTOR if is_forbidden and told is Role.TARGET else role
            role = Role.TARGET if _merges(told, name, trigger, triggers) else role
            if name.company not in found or found[name.company][2] < ground:
                found[name.company] = (role, name, ground)
    for company in told_of_before(document, triggers, found):
        del found[company]
        apart.add(company)
    sentence = triggers[0].sentence
    aside = onlookers(document, grammar, sentence, event_type)
    apart.update(_told_of_elsewhere(document, grammar, triggers))
    apart.update(name.company for name in aside)
    if found and aside and event_type == "acquisition":
        for name in parties_beside(document, grammar, sentence):
            found.setdefault(name.company, (Role.PARTY, name, Ground.WORD))
    if not found:
        for name, role, ground in _borrowed(document, grammar, triggers[0], aside):
            found.setdefault(name.company, (role, name, ground))
    return Candidate(
        event_type=event_type,
        triggers=tuple(triggers),
        roles={company: role for company, (role, _, _) in found.items()},
        role_places={company: name for company, (_, name, _) in found.items()},
        grounds={company: ground for company, (_, _, ground) in found.items()},
        apart=frozenset(apart - {c for c, (role, _, _) in found.items() if role is not Role.PARTY}),
    )


def _borrowed(
    document: Document, grammar: Grammar, trigger: Trigger, aside: Iterable[Name]
) -> Iterator[tuple[Name, Role, Ground]]:
    """Yield the names of the sentence beside, but of those whom the cue's own sentence leaves out."""
    left_out = {name.company for name in aside}
    for name, role, ground in borrowed(Scene(document, grammar, trigger)):
        if name.company not in left_out:
            yield name, role, ground


def _told_of_elsewhere(
    document: Document, grammar: Grammar, triggers: Sequence[Trigger]
) -> Iterator[CompanyId]:
    """Yield whom a sentence names only to say who somebody is, what was before or what else is done."""
    # Later steps know companies, not where they are named.
    for trigger in triggers:
        yield from (name.company for name in told_elsewhere(Scene(document, grammar, trigger)))


def _merges(role: Role, name: Name, trigger: Trigger, triggers: Sequence[Trigger]) -> bool:
    """Return whether a party to talks of a merger is one of the two, and not who only advises them."""
    return (
        role is Role.PARTY
        and any(other.frame == "merge" for other in triggers)
        and any(
            talks is trigger or 0 <= name.start - talks.end <= _WITH
            for talks in triggers
            if talks.frame == "talks"
        )
    )


def _standing(trigger: Trigger) -> tuple[bool, bool, float, bool]:
    """Return what tells which of several cues says first who does what: an answer to an offer, then news."""
    is_answer = trigger.frame == "refuse"
    return not is_answer, trigger.is_past, -trigger.weight, trigger.frame in NOUNS


def _names_somebody(document: Document, trigger: Trigger) -> bool:
    """Return whether the clause of a cue has a name; "Billion deal: X buys Y" tells who behind its colon."""
    start, end = document.clause_of(trigger.sentence, trigger.start)
    return any(start <= name.start < end for name in document.names_in(trigger.sentence))
