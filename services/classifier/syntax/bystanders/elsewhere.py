"""Elsewhere: whom a sentence names and has told of in another place of it, so that a cue is not about them."""

from __future__ import annotations

from services.classifier.document import Document, Name, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.syntax.bystanders.earlier import over_before
from services.classifier.syntax.bystanders.owners import owners_beside, possessors
from services.classifier.syntax.clauses.asides import named_aside
from services.classifier.syntax.clauses.coordinates import of_other_clauses
from services.classifier.syntax.clauses.openings import opened_with
from services.classifier.syntax.clauses.predicates import of_other_predicates
from services.classifier.syntax.clauses.takers import takers


def told_elsewhere(document: Document, grammar: Grammar, trigger: Trigger) -> frozenset[Name]:
    """Return whom a sentence names only to say who or whose somebody is, what was before or what else is done."""
    return (
        named_aside(document, grammar, trigger.sentence, trigger.start)
        | over_before(document, trigger)
        | opened_with(document, trigger)
        | owners_beside(document, grammar, trigger)
        | possessors(document, trigger)
        | of_other_predicates(document, grammar, trigger)
        | of_other_clauses(document, trigger)
        | takers(document, grammar, trigger).keys()
    )
