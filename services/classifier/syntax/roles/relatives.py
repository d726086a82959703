"""Relatives: whom a relative clause with a deal is about, "Norvik, which bought Zelmo"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.candidate import Ground
from services.classifier.spans import Name
from services.classifier.syntax.bystanders.contrasts import parted
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.roles.placing import left_over
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_TO_ITS_CLAUSE = 2


def of_a_relative_clause(
    scene: Scene, chains: Sequence[Chain], told: set[Role], ground: Ground
) -> Iterator[tuple[Name, Role, Ground]]:
    """Yield whom a relative clause is about, with the role that nobody in it has."""
    antecedent = _antecedent(scene)
    left = left_over(scene.trigger, told) if antecedent else None
    if antecedent and antecedent not in chains and left is not None:
        yield from ((name, left, ground) for name in antecedent.names)


def _antecedent(scene: Scene) -> Chain | None:
    """Return whom a relative clause with a deal is about: "Norvik, which bought Zelmo"."""
    if scene.trigger.event_type != "acquisition":
        return None
    start, _ = scene.clause
    if start == scene.span.start:
        return None
    if not scene.grammar.relative or not scene.text.startswith(scene.grammar.relative, start):
        return None
    names = [name for name in scene.names if name.end <= start]
    chains = parted(scene, chains_of(scene.document, names))
    if not chains or start - chains[-1].end > _TO_ITS_CLAUSE:
        return None
    return chains[-1]
