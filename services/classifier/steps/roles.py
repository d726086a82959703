"""Roles: says who does what in every sentence that has triggers.

`syntax/surroundings.py` says it of one cue; the result is one candidate per sentence and type.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import attrgetter

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import ACTIVE, DEALS, NOUNS, Name, Trigger
from services.classifier.syntax.bystanders.earlier import told_of_before
from services.classifier.syntax.bystanders.elsewhere import told_elsewhere
from services.classifier.syntax.bystanders.makers import described_by
from services.classifier.syntax.bystanders.onlookers import onlookers, parties_beside
from services.classifier.syntax.clauses.coordinates import coordinated, parts_of_clauses
from services.classifier.syntax.clauses.predicates import parts_of_a_row, without_denied
from services.classifier.syntax.clauses.signs import has_sign
from services.classifier.syntax.clauses.sinces import is_since_then
from services.classifier.syntax.roles.bids import forbids, has_thing_alone
from services.classifier.syntax.roles.stakes import stakes_that_are_sold
from services.classifier.syntax.roles.surroundings import roles_around
from services.classifier.syntax.scene import Scene
from services.classifier.syntax.story.anaphora import borrowed, referred
from services.classifier.syntax.story.antecedents import with_antecedents
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_Found = dict[CompanyId, tuple[Role, Name, Ground]]
_NOTHING_KNOWN = Candidate(event_type="", triggers=())
"""What a candidate begins as: filling one in takes a third of the time of making one."""
_WITH = 8
"""So many characters behind a word for talks stands with whom: "talks with X"."""


def assign(document: Document) -> Document:
    """Return the document with one candidate for every sentence and type that has triggers."""
    document = without_denied(coordinated(document))
    named = with_antecedents(document)
    grouped: dict[tuple[int, str], list[Trigger]] = defaultdict(list)
    for trigger in document.triggers:
        grouped[trigger.sentence, trigger.event_type].append(trigger)
    candidates = tuple(
        _candidate([Scene(named, trigger) for trigger in part])
        for _, triggers in sorted(grouped.items())
        for part in _parts(named, triggers)
    )
    return document.but(candidates=referred(document, candidates))


def _parts(document: Document, triggers: list[Trigger]) -> Iterator[list[Trigger]]:
    """Yield the triggers of a sentence that tell one event, in order, without those of asides."""
    if len(triggers) == 1:
        yield triggers
        return
    for clause in parts_of_clauses(document, triggers):
        for part in parts_of_a_row(document, clause):
            yield sorted([t for t in part if not t.is_aside] or part, key=attrgetter("start"))


def _candidate(scenes: Sequence[Scene]) -> Candidate:
    first = scenes[0]
    found: _Found = {}
    apart: set[CompanyId] = set()
    if first.names:
        found, apart = _told(scenes)
    if not found:
        aside = onlookers(first.document, first.sentence, first.trigger.event_type)
        left_out = {name.company for name in aside}
        for name, role, ground in borrowed(first):
            if name.company not in left_out:
                found.setdefault(name.company, (role, name, ground))
    return _NOTHING_KNOWN.but(
        event_type=first.trigger.event_type,
        triggers=tuple([scene.trigger for scene in scenes]),
        roles={company: role for company, (role, _, _) in found.items()},
        role_places={company: name for company, (_, name, _) in found.items()},
        grounds={company: ground for company, (_, _, ground) in found.items()},
        apart=frozenset(apart - {c for c, (role, _, _) in found.items() if role is not Role.PARTY}),
    )


def _told(scenes: Sequence[Scene]) -> tuple[_Found, set[CompanyId]]:
    """Return who of those whom a sentence names has which role, and who is left out of its event."""
    document, first = scenes[0]
    sentence, event_type = first.sentence, first.event_type
    scenes = _of_now(scenes)
    triggers = [scene.trigger for scene in scenes]
    found: _Found = {}
    # Later steps know companies, not where they are named.
    apart = {name.company for name in described_by(document, sentence, event_type)}
    sold = stakes_that_are_sold(document.grammar, triggers)
    ordered = sorted(scenes, key=_standing) if len(scenes) > 1 else scenes
    for scene in sorted(ordered, key=_sums_up) if len(scenes) > 1 else ordered:
        trigger = scene.trigger
        is_forbidden = bool(found) and forbids(trigger, triggers) and has_thing_alone(found)
        for name, told, ground in roles_around(scene, apart):
            role = Role.SELLER if told is Role.ACTOR and trigger in sold else told
            role = Role.ACTOR if is_forbidden and told is Role.TARGET else role
            role = Role.TARGET if _merges(told, name, trigger, triggers) else role
            role = Role.PARTY if role is Role.ACTOR and _carries_out(scene, triggers) else role
            if name.company not in found or found[name.company][2] < ground:
                found[name.company] = (role, name, ground)
    if any(trigger.is_past for trigger in triggers):
        for company in told_of_before(document, triggers, found):
            del found[company]
            apart.add(company)
    for scene in scenes:
        apart.update([name.company for name in told_elsewhere(scene)])
    if aside := onlookers(document, sentence, event_type):
        apart.update([name.company for name in aside])
        if found and event_type == "acquisition":
            for name in parties_beside(document, sentence):
                found.setdefault(name.company, (Role.PARTY, name, Ground.WORD))
    return found, apart


def _of_now(scenes: Sequence[Scene]) -> Sequence[Scene]:
    """Return the scenes without those that only tell since which deal something is so, if others are told."""
    now = [
        scene
        for scene in scenes
        if not is_since_then(scene.document, scene.sentence, scene.trigger.start)
    ]
    return now or scenes


def _carries_out(scene: Scene, triggers: Sequence[Trigger]) -> bool:
    """Return whether a store only does what a ban or an order wants: "X removes Y from its store as the ban begins".

    A ban of nobody and nowhere that is told behind it is its own.
    """
    document, trigger = scene
    if trigger.event_type != "ban" or trigger.frame not in ACTIVE | {"store"}:
        return False
    is_of_others = not document.words.keys().isdisjoint(("authority", "country"))
    is_a_store = trigger.frame == "store" or any(
        word.meaning.name == "app stores" for word in document.words_in("applies", scene.sentence)
    )
    is_ordered = document.words_in("order", scene.sentence) and document.words_in(
        "authority", scene.sentence
    )
    return is_a_store and (
        bool(is_ordered)
        or any(
            other.frame in NOUNS
            and other.stage is None
            and not other.is_negated
            and (is_of_others or other.start < trigger.start)
            for other in triggers
        )
    )


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


def _sums_up(scene: Scene) -> bool:
    """Return whether a noun only says what the verb before it told: "X buys Y, its largest acquisition"."""
    noun = scene.trigger
    if noun.event_type != "acquisition" or scene.has_name(noun.start, scene.span.end):
        return False
    if noun.frame == "sell":
        return _is_along(scene)
    if noun.frame not in NOUNS:
        return False
    for verb in scene.triggers:
        if verb.frame not in DEALS or verb.event_type != noun.event_type or verb.end > noun.start:
            continue
        bought = scene.names_between(verb.end, noun.start)
        if (
            len({name.company for name in bought}) == 1
            and has_sign(scene.text, bought[-1].end, noun.start)
            and not has_sign(scene.text, verb.end, bought[0].start)
        ):
            return True
    return False


def _is_along(scene: Scene) -> bool:
    """Return whether a sale only comes along with a deal told before it: "X may buy Y, with sale of shops"."""
    before = scene.text[scene.span.start : scene.trigger.start].split()
    return before[-1:] != [] and before[-1] in folded_particles("with", scene.language)


def _standing(scene: Scene) -> tuple[bool, bool, bool, float, bool]:
    """Return what tells which of several cues says first who does what: an answer to an offer, then news.

    One whose clause names nobody comes last: "Billion deal: X buys Y" tells who behind its colon.
    """
    trigger = scene.trigger
    start, end = scene.clause
    is_mute = not scene.names_between(start, end)
    is_answer = trigger.frame == "refuse"
    return is_mute, not is_answer, trigger.is_past, -trigger.weight, trigger.frame in NOUNS
