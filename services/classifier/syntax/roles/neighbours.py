"""Neighbours: the names near a cue that it may be about."""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.document import Document, Name, Segment, Trigger
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.bystanders.elsewhere import told_elsewhere
from services.classifier.syntax.bystanders.onlookers import onlookers
from services.classifier.syntax.bystanders.outsiders import outsiders, products_in, spared_in
from services.classifier.syntax.bystanders.owners import with_makers, with_owners, without_owners
from services.classifier.syntax.clauses.apart import without_asides, without_next_clause
from services.classifier.syntax.clauses.asides import described_before
from services.classifier.syntax.clauses.halves import of_its_half
from services.classifier.syntax.clauses.predicates import verb_before
from services.classifier.syntax.clauses.subjects import subject_before
from services.classifier.syntax.names.chains import Chain, chains_of, joined
from services.classifier.syntax.names.descriptions import with_described
from services.classifier.syntax.names.markers import beside_of, marked_role
from services.classifier.syntax.roles.topics import OF_OTHERS, without_topic
from services.common.contracts.reading import Role

_REACH = 160
"""How far from the cue a name may stand to be part of it."""
_TO_ITS_VERB = 6
"""So near before the verb of a deal stands what it buys."""


def chains_near(document: Document, grammar: Grammar, trigger: Trigger) -> list[Chain]:
    """Return the chains of the trigger's clause; of its sentence where the clause names nobody."""
    names = without_next_clause(document, trigger.end, names_near(document, grammar, trigger))
    names = without_asides(document, grammar, trigger, names)
    start, end = document.clause_of(trigger.sentence, trigger.start)
    _, end = document.clause_of(trigger.sentence, max(trigger.end - 1, trigger.start))
    in_clause = [name for name in names if start <= name.start < end]
    if not in_clause and _goes_on_about_others(document, trigger, names, end):
        return []
    if in_clause and (subject := subject_before(document, grammar, trigger, names)):
        between = [name for name in names if subject[-1].end <= name.start < start]
        sellers = [name for name in between if _is_seller(document, grammar, trigger, name)]
        in_clause = [*subject, *sellers, *in_clause]
    elif in_clause and (
        whom := described_before(document, grammar, trigger.sentence, trigger.start)
    ):
        in_clause = [*({whom} - set(in_clause)), *in_clause]
    articles = grammar.articles if grammar.order == "svo" else frozenset()
    if not in_clause and document.folded.text[end - 1 : end + 1].strip()[:1] == ";":
        names = [
            name for name in names if name.end <= start
        ]  # what a semicolon parts is told for itself
    near = of_its_half(document, grammar, trigger, in_clause or names)
    near = [*_shared_subject(document, grammar, trigger, near), *near]
    chains = chains_of(document, near, articles)
    chains = with_described(document, grammar, trigger, chains)
    if trigger.event_type != "acquisition" and (
        grammar.order == "svo" or "holder" in grammar.after
    ):
        chains = without_owners(document, grammar, trigger, chains)
    if trigger.event_type == "ban":
        chains = with_makers(document, trigger, chains)
        if grammar.order == "sov":
            chains = with_owners(document, trigger, chains)
            if trigger.frame in OF_OTHERS:
                chains = without_topic(document, grammar, trigger, chains)
        return joined(document.folded.text, chains)
    if grammar.order == "sov" and trigger.frame != "merge":
        return without_topic(document, grammar, trigger, chains)
    return chains


def _shared_subject(
    document: Document, grammar: Grammar, trigger: Trigger, near: Sequence[Name]
) -> list[Name]:
    """Return the subject that a verb shares with the one before it, where it is not near: "X、Yを買収し、Zを閉鎖"."""
    verb = verb_before(document, grammar, trigger)
    if verb is None or any(name.end <= verb.start for name in near):
        return []
    if grammar.order == "sov":
        between = [n for n in document.names_in(trigger.sentence) if verb.end <= n.start]
        thing = Chain(tuple(n for n in between if n.end <= trigger.start))
        if (
            not thing.names
            or marked_role(grammar, trigger, beside_of(document, grammar, trigger, thing))
            is not Role.TARGET
        ):
            return []  # "X Y'yi satın aldı, Z mağazalarını kapattı"
    before = [
        chain
        for chain in chains_near(document, grammar, verb)
        if chain.end <= verb.start
        and not any(_is_seller(document, grammar, verb, name) for name in chain.names)
    ]
    if not before:
        return []
    return list(before[-1 if grammar.order == "svo" else 0].names)


def _goes_on_about_others(
    document: Document, trigger: Trigger, names: Sequence[Name], end: int
) -> bool:
    """Return whether a clause that begins a lead tells what befell whom the title names.

    "X blocked. Since the regulator cut access on Monday, Y has won users."
    """
    sentence = document.sentences[trigger.sentence]
    return (
        sentence.segment is Segment.LEAD
        and document.clause_of(trigger.sentence, trigger.start)[0] == sentence.start
        and all(name.start >= end for name in names)
        and any(
            other.event_type == trigger.event_type
            and document.sentences[other.sentence].segment is Segment.TITLE
            for other in document.triggers
        )
        and bool(document.titled - {name.company for name in names})
    )


def _is_seller(document: Document, grammar: Grammar, trigger: Trigger, name: Name) -> bool:
    beside = beside_of(document, grammar, trigger, Chain((name,)))
    return marked_role(grammar, trigger, beside) is Role.SELLER


def names_near(document: Document, grammar: Grammar, trigger: Trigger) -> list[Name]:
    """Return the names of the cue's sentence, of its half in a headline where it names somebody."""
    is_kept = trigger.event_type == "acquisition"
    spared = frozenset() if is_kept else spared_in(document, trigger.sentence)
    aside = outsiders(document, trigger.sentence) | onlookers(
        document, grammar, trigger.sentence, trigger.event_type
    )
    if is_kept:
        aside |= products_in(document, trigger.sentence)
    aside |= told_elsewhere(document, grammar, trigger)
    names = [
        name
        for name in document.names_in(trigger.sentence)
        if abs(name.start - trigger.start) <= _REACH and name not in spared and name not in aside
    ]
    if trigger.event_type == "shutdown" and Trait.RELATIVES_FIRST in grammar.traits:
        names = _without_bought(document, trigger, names)
    start, end = document.half_of(trigger.sentence, trigger.start)
    return [name for name in names if start <= name.start < end] or names


def _without_bought(document: Document, trigger: Trigger, names: list[Name]) -> list[Name]:
    """Return names without what another verb before the last of them is about: "X를 사들이고 Y는 접는다"."""
    before = [name for name in names if name.end <= trigger.start]
    deals = [
        other
        for other in document.triggers_in(trigger.sentence)
        if other.event_type == "acquisition" and before and other.end <= before[-1].start
    ]
    return [
        name
        for name in names
        if not any(0 <= deal.start - name.end <= _TO_ITS_VERB for deal in deals)
        or document.folded.text.startswith(folded_particles("about", document.language), name.end)
    ]
