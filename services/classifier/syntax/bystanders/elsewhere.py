"""Elsewhere: whom a sentence names and has told of in another place of it, so that a cue is not about them."""

from __future__ import annotations

from services.classifier.spans import Name
from services.classifier.syntax.bystanders.earlier import over_before
from services.classifier.syntax.bystanders.owners import owners_beside, possessors
from services.classifier.syntax.bystanders.premises import on_premises
from services.classifier.syntax.clauses.asides import named_aside
from services.classifier.syntax.clauses.coordinates import of_other_clauses
from services.classifier.syntax.clauses.openings import opened_with
from services.classifier.syntax.clauses.predicates import of_other_predicates
from services.classifier.syntax.clauses.sinces import named_since
from services.classifier.syntax.clauses.takers import takers
from services.classifier.syntax.scene import Scene, once


@once
def told_elsewhere(scene: Scene) -> frozenset[Name]:
    """Return whom a sentence names only to say who or whose somebody is, what was before or what else is done."""
    document, trigger = scene
    elsewhere = named_aside(document, trigger.sentence, trigger.start).union(
        of_other_predicates(scene),
        of_other_clauses(scene),
        takers(scene),
        on_premises(document, trigger.sentence, trigger.event_type),
    )
    if len(scene.names) < 2:
        return elsewhere  # the others tell of one name beside another
    return elsewhere.union(
        over_before(scene),
        named_since(scene, trigger.start),
        opened_with(scene),
        owners_beside(scene),
        possessors(scene),
    )
