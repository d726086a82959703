"""Neighbours: the names near a cue that it may be about."""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import Name, Segment
from services.classifier.syntax.bystanders.elsewhere import told_elsewhere
from services.classifier.syntax.bystanders.makers import described_by
from services.classifier.syntax.bystanders.onlookers import onlookers
from services.classifier.syntax.bystanders.outsiders import outsiders, spared_in
from services.classifier.syntax.bystanders.owners import with_makers, with_owners, without_owners
from services.classifier.syntax.clauses.apart import without_asides, without_next_clause
from services.classifier.syntax.clauses.asides import described_before
from services.classifier.syntax.clauses.halves import of_its_half
from services.classifier.syntax.clauses.predicates import verb_before
from services.classifier.syntax.clauses.subjects import subject_before
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import Chain, chains_of, joined
from services.classifier.syntax.names.descriptions import with_described
from services.classifier.syntax.roles.topics import OF_OTHERS, without_topic
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_REACH = 160
"""How far from the cue a name may stand to be part of it."""
_TO_ITS_VERB = 6
"""So near before the verb of a deal stands what it buys."""


def chains_near(scene: Scene) -> list[Chain]:
    """Return the chains of the trigger's clause; of its sentence where the clause names nobody."""
    document, trigger = scene
    names = without_next_clause(document, trigger.end, names_near(scene))
    names = without_asides(scene, names)
    start, end = scene.clause
    _, end = document.clause_of(trigger.sentence, max(trigger.end - 1, trigger.start))
    in_clause = [name for name in names if start <= name.start < end]
    if not in_clause and _goes_on_about_others(scene, names, end):
        return []
    if in_clause and (subject := subject_before(scene, names)):
        between = [name for name in names if subject[-1].end <= name.start < start]
        sellers = [name for name in between if _is_seller(scene, name)]
        in_clause = [*subject, *sellers, *in_clause]
    elif in_clause and (whom := described_before(document, trigger.sentence, trigger.start)):
        in_clause = [*({whom} - set(in_clause)), *in_clause]
    articles = document.grammar.articles if document.grammar.order == "svo" else frozenset()
    if not in_clause and scene.text[end - 1 : end + 1].strip()[:1] == ";":
        names = [
            name for name in names if name.end <= start
        ]  # what a semicolon parts is told for itself
    near = of_its_half(scene, in_clause or names)
    near = [*_shared_subject(scene, near), *near]
    chains = chains_of(document, near, articles)
    return _told_alike(scene, chains) if len(near) > 1 else chains


def _told_alike(scene: Scene, chains: Sequence[Chain]) -> list[Chain]:
    """Return chains, those as one that share a role though more than "and" parts them, and a topic for itself."""
    grammar, trigger = scene.grammar, scene.trigger
    chains = with_described(scene, chains)
    if trigger.event_type != "acquisition" and (
        grammar.order == "svo" or "holder" in grammar.after
    ):
        chains = without_owners(scene, chains)
    if trigger.event_type == "ban":
        chains = with_makers(scene, chains)
        if grammar.order == "sov":
            chains = with_owners(scene, chains)
            if trigger.frame in OF_OTHERS:
                chains = without_topic(scene, chains)
        return joined(scene.text, chains)
    if grammar.order == "sov" and trigger.frame != "merge":
        return without_topic(scene, chains)
    return chains


def _shared_subject(scene: Scene, near: Sequence[Name]) -> list[Name]:
    """Return the subject that a verb shares with the one before it, where it is not near: "X、Yを買収し、Zを閉鎖"."""
    verb = verb_before(scene)
    if verb is None or any(name.end <= verb.start for name in near):
        return []
    if scene.grammar.order == "sov":
        between = [n for n in scene.names if verb.end <= n.start]
        thing = Chain(tuple(n for n in between if n.end <= scene.trigger.start))
        if not thing.names or beside_of(scene, thing).role is not Role.TARGET:
            return []  # "X Y'yi satın aldı, Z mağazalarını kapattı"
    before = [
        chain
        for chain in chains_near(scene.of(verb))
        if chain.end <= verb.start
        and not any(_is_seller(scene.of(verb), name) for name in chain.names)
    ]
    if not before:
        return []
    return list(before[-1 if scene.grammar.order == "svo" else 0].names)


def _goes_on_about_others(scene: Scene, names: Sequence[Name], end: int) -> bool:
    """Return whether a clause that begins a lead tells what befell whom the title names.

    "X blocked. Since the regulator cut access on Monday, Y has won users."
    """
    document = scene.document
    sentence = scene.span
    return (
        sentence.segment is Segment.LEAD
        and scene.clause[0] == sentence.start
        and all(name.start >= end for name in names)
        and any(
            other.event_type == scene.trigger.event_type and document.in_title(other.sentence)
            for other in document.triggers
        )
        and bool(document.titled - {name.company for name in names})
    )


def _is_seller(scene: Scene, name: Name) -> bool:
    beside = beside_of(scene, Chain((name,)))
    return beside.role is Role.SELLER


def names_near(scene: Scene) -> list[Name]:
    """Return the names of the cue's sentence, of its half in a headline where it names somebody."""
    document, trigger = scene
    sentence, event_type = trigger.sentence, trigger.event_type
    aside = told_elsewhere(scene).union(
        outsiders(document, sentence),
        onlookers(document, sentence, event_type),
        described_by(document, sentence, event_type),
        () if event_type == "acquisition" else spared_in(document, sentence),
    )
    names = [
        name
        for name in scene.names
        if abs(name.start - trigger.start) <= _REACH and name not in aside
    ]
    if trigger.event_type == "shutdown" and Trait.RELATIVES_FIRST in document.grammar.traits:
        names = _without_bought(scene, names)
    if len(names) < 2:
        return names
    start, end = document.half_of(sentence, trigger.start)
    return [name for name in names if start <= name.start < end] or names


def _without_bought(scene: Scene, names: list[Name]) -> list[Name]:
    """Return names without what another verb before the last of them is about: "X를 사들이고 Y는 접는다"."""
    before = [name for name in names if name.end <= scene.trigger.start]
    deals = [
        other
        for other in scene.triggers
        if other.event_type == "acquisition" and before and other.end <= before[-1].start
    ]
    return [
        name
        for name in names
        if not any(0 <= deal.start - name.end <= _TO_ITS_VERB for deal in deals)
        or scene.text.startswith(folded_particles("about", scene.language), name.end)
    ]
