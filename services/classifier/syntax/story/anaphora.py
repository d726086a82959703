"""Anaphora: whom an event is told of whose own clause names nobody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.spans import ACTIVE, Name, Segment, Trigger
from services.classifier.syntax.bystanders.competitors import rival_in
from services.classifier.syntax.bystanders.onlookers import onlookers_of_ends
from services.classifier.syntax.bystanders.premises import on_premises
from services.classifier.syntax.clauses.apart import without_next_clause
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import Chain, chains_of, of_its_owner
from services.classifier.syntax.names.markers import ends_with_any
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_A_PAIR = 2
_LIST_BELOW = 7
_LEAST_IN_LIST = 3
_SURE = 2.5
"""What a cue must weigh for whom it tells of to be looked for further down."""
_SOON = 40
_LEAST_BELOW = 3
_AT_FIRST = 30
"""So many characters behind the beginning of its sentence stands whom it is about."""


def referred(document: Document, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return candidates, those without names of their own with whom other sentences and clauses name."""
    explained = tuple(_explained(document, candidate, candidates) for candidate in candidates)
    return tuple(_of_its_sentence(document, explained))


def _explained(
    document: Document, candidate: Candidate, candidates: Sequence[Candidate]
) -> Candidate:
    """Return a candidate whose roles are those of the sentence that it borrows its names from.

    "Shopping in Munich. Siemens has bought a small firm": who buys is no target of the title's noun. And a
    lead is about those who have a part in its title's event, not about all whom it names.
    """
    if not candidate.is_borrowed:
        return candidate
    sentence = document.sentence_at(next(iter(candidate.role_places.values())).start)
    is_above = sentence < candidate.triggers[0].sentence
    if is_above and not document.in_title(sentence):
        return candidate
    other = next(
        (
            found
            for found in candidates
            if found.event_type == candidate.event_type
            and found.triggers[0].sentence == sentence
            and found.roles
            and any(ground > Ground.TALKS for ground in found.grounds.values())
        ),
        None,
    )
    if other is None or (is_above and not _has_all_sides(other)):
        return candidate
    held = set(other.roles.values())
    kept = {
        company: role
        for company, role in candidate.roles.items()
        if company not in other.roles and role not in held and not is_above
    }
    roles = {**other.roles, **kept}
    return candidate.but(
        roles=roles,
        role_places={**candidate.role_places, **other.role_places},
        grounds=dict.fromkeys(roles, Ground.BORROWED),
    )


def _has_all_sides(candidate: Candidate) -> bool:
    """Return whether it is known who buys what, or what is banned or closed."""
    sides = {Role.ACTOR, Role.TARGET} if candidate.event_type == "acquisition" else {Role.TARGET}
    return sides <= set(candidate.roles.values())


def _of_its_sentence(document: Document, candidates: tuple[Candidate, ...]) -> Iterator[Candidate]:
    """Yield candidates; one whose clause names nobody is about the target of its sentence.

    "ByteDance may sell TikTok, which India has banned": the ban is TikTok's.
    """
    in_sentence: dict[int, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        in_sentence[candidate.triggers[0].sentence].append(candidate)
    for candidate in candidates:
        first = candidate.triggers[0]
        other = next(
            (
                found
                for found in in_sentence[first.sentence]
                if found is not candidate
                and (found.triggers[0].start < first.start or found.event_type == "shutdown")
                and _things(found)
            ),
            None,
        )
        if (
            other is None
            or _clause_names_somebody(document, first)
            or _has_its_subject(candidate, other)
        ):
            yield candidate
            continue
        targets = _things(other)
        yield candidate.but(
            roles=dict.fromkeys(targets, Role.TARGET),
            role_places={company: other.role_places[company] for company in targets},
            grounds=dict.fromkeys(targets, Ground.BORROWED),
        )


def _has_its_subject(candidate: Candidate, other: Candidate) -> bool:
    """Return whether an aside about what was stands between a cue and its subject: "X, which bought Y, closes 30 shops"."""
    first = other.triggers[0].start
    return (
        other.is_past
        and other.triggers[-1].start < candidate.triggers[0].start
        and any(
            ground > Ground.BORROWED and candidate.role_places[company].end <= first
            for company, ground in candidate.grounds.items()
        )
    )


def _clause_names_somebody(document: Document, trigger: Trigger) -> bool:
    start, end = document.clause_of(trigger.sentence, trigger.start)
    return bool(document.names_between(trigger.sentence, start, end))


def _things(candidate: Candidate) -> list[CompanyId]:
    """Return what a candidate happens to; who alone is named to close is what is closed."""
    targets = [company for company, role in candidate.roles.items() if role is Role.TARGET]
    return targets or (list(candidate.roles) if candidate.event_type == "shutdown" else [])


def borrowed(scene: Scene) -> list[tuple[Name, Role, Ground]]:
    """Return the names of the nearest sentence for a trigger whose own names nobody.

    A title that names nobody is explained by the sentence behind it, or by a list further down ("Five
    plants close. … They are A, B, C, D and E."); a lead goes on with what stands before it. Further
    down, a sentence that names nobody only supports others.
    """
    document, trigger = scene.document, scene.trigger
    here = scene.span.segment
    if here > Segment.LEAD or _has_another_subject(scene):
        return []
    above = [i for i in range(trigger.sentence - 1, -1, -1) if not _tells_less(scene, i)]
    below = range(trigger.sentence + 1, trigger.sentence + _LIST_BELOW)
    for index in (*above, *below):
        if index >= len(document.sentences):
            break
        event_type = trigger.event_type
        aside = onlookers_of_ends(document, index, event_type) | on_premises(
            document, index, event_type
        )
        names = [name for name in _told_in(document, index) if name not in aside]
        if len(names) > _A_PAIR:  # "X parts with Y, Z waits for others"
            names = without_next_clause(document, names[1].end, names)
        chains = _with_a_part(scene, chains_of(document, names))
        if len(chains) > 1 and of_its_owner(scene.text[chains[0].end : chains[1].start]):
            chains = chains[1:]
        if chains:
            is_next = here is Segment.TITLE and index == trigger.sentence + 1
            is_listed = _is_list(chains[0]) or _is_meant(scene, index)
            if index < trigger.sentence or is_next or is_listed:
                return _usual(chains, trigger, Ground.BORROWED)
            is_guess = _may_be_meant(scene, index, chains[0]) or (
                _is_first_named(scene, index, chains[0])
                and beside_of(scene, chains[0]).role is None
            )
            return _usual(chains, trigger, Ground.GUESSED) if is_guess else []
    return []


def _tells_less(scene: Scene, index: int) -> bool:
    """Return whether a lead's sentence tells nothing of a deal that the title tells of the sides that it names.

    "X may merge with Y. It has asked Y's owners, A, B and C. The merger would …": that is the title's.
    """
    document = scene.document
    return (
        scene.trigger.event_type == "acquisition"
        and not document.in_title(index)
        and not any("acquisition" in cue.meaning.types for cue in document.words_in("cue", index))
        and any(
            other.event_type == "acquisition"
            and document.in_title(other.sentence)
            and _names_its_sides(document, other)
            for other in document.triggers
        )
    )


def _names_its_sides(document: Document, trigger: Trigger) -> bool:
    """Return whether the sentence of a deal's cue names two sides of it."""
    return trigger.frame == "merge" or (
        len(chains_of(document, document.names_in(trigger.sentence))) > 1
    )


def _has_another_subject(scene: Scene) -> bool:
    """Return whether somebody stands right before a verb who has no part in its news: "A rival closed 30 shops"."""
    trigger = scene.trigger
    if rival_in(scene.document, trigger.sentence) is not None:
        return True
    if scene.grammar.order != "svo" or trigger.frame not in ACTIVE:
        return False
    text, names = scene.text, scene.names
    start = scene.span.start
    before = text[start : trigger.start].rstrip()
    is_named = any(
        name.end <= trigger.start and not text[name.end : trigger.start].strip() for name in names
    )
    return is_named or ends_with_any(scene.grammar.before.get("none", ()), before)


def _with_a_part(scene: Scene, chains: Sequence[Chain]) -> Sequence[Chain]:
    """Return chains without those of which a word says that they have no part: "former boss of X buys Y".

    Where that leaves nobody the bosses stand for their firms: "X's head and Y's head met".
    """
    if len(chains) < _A_PAIR:
        return chains
    with_a_part = [chain for chain in chains if not beside_of(scene, chain).is_aside]
    return with_a_part or chains


def _told_in(document: Document, index: int) -> Sequence[Name]:
    """Return the names of a sentence; of a headline those in its halves that have cues, if any have."""
    names = document.names_in(index)
    if not document.sentences[index].halves:
        return names
    halves = {document.half_of(index, cue.start) for cue in document.words_in("cue", index)}
    return [n for n in names if any(start <= n.start < end for start, end in halves)] or names


def _is_meant(scene: Scene, index: int) -> bool:
    """Return whether a sentence says whom a ban or a closing told above it hits: "It is about X"."""
    document = scene.document
    return (
        scene.trigger.event_type != "acquisition"
        and index not in document.blocked
        and bool(document.words_in("meant", index))
        and not document.words_in("background", index)
    )


def _may_be_meant(scene: Scene, index: int, chain: Chain) -> bool:
    """Return whether a sentence begins with whom those above it may tell of, who name nobody.

    "Spanish chain leaves Brazil. It was cheap. Dia Group said …"; a lead goes on in the next sentence.
    """
    document = scene.document
    is_title = scene.span.segment is Segment.TITLE
    in_reach = document.in_lead(index) if is_title else (index == scene.trigger.sentence + 1)
    return (
        in_reach
        and scene.trigger.score >= _SURE
        and index not in document.blocked
        and _is_the_only_subject(document, index, chain)
        and chain.start - document.sentences[index].start <= _AT_FIRST
    )


def _is_first_named(scene: Scene, index: int, chain: Chain) -> bool:
    """Return whether a lead soon says whom it and its title are about, in a story of some length.

    "The last refinery shuts. A century came to an end on Tuesday. Norvik, which made losses, said …"; in
    two lines of text the only ones named may be dealers.
    """
    document, trigger = scene.document, scene.trigger
    sentence = document.sentences[index]
    return (
        sentence.segment is Segment.LEAD
        and (trigger.score >= _SURE or scene.span.segment is Segment.TITLE)
        and index not in document.blocked
        and chain.start - sentence.start <= _SOON
        and (trigger.event_type != "shutdown" or trigger.score > _SURE)
        and len(document.sentences) - index > _LEAST_BELOW
        and (
            trigger.event_type != "ban"
            or any(document.words_in("authority", above) for above in range(index + 1))
        )
    )


def _is_the_only_subject(document: Document, index: int, chain: Chain) -> bool:
    """Return whether a chain is one company that the story comes back to; dealers are named once."""
    return len(chain.companies) == 1 and any(
        name.company == chain.names[0].company and name.start > document.sentences[index].end
        for name in document.names
    )


def _is_list(chain: Chain) -> bool:
    return len({name.start for name in chain.names}) >= _LEAST_IN_LIST


def _usual(
    chains: Sequence[Chain], trigger: Trigger, ground: Ground
) -> list[tuple[Name, Role, Ground]]:
    """Return what the first names of a sentence usually are in an event told beside it."""
    roles = [Role.TARGET]
    if trigger.event_type == "acquisition" and (len(chains) > 1 or trigger.frame == "active"):
        roles = [Role.ACTOR, Role.TARGET]
    return [
        (name, role, ground)
        for chain, role in zip(chains, roles, strict=False)
        for name in chain.names
    ]
