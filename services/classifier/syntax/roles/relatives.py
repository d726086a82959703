"""Relatives: whom a relative clause with a deal is about, "Norvik, which bought Zelmo"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.document import Document, Ground, Name, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.syntax.bystanders.contrasts import parted
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.roles.frames import left_over
from services.common.contracts.reading import Role

_TO_ITS_CLAUSE = 2


def of_a_relative_clause(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    chains: Sequence[Chain],
    told: set[Role],
    ground: Ground,
) -> Iterator[tuple[Name, Role, Ground]]:
    """Yield whom a relative clause is about, with the role that nobody in it has."""
    antecedent = _antecedent(document, grammar, trigger)
    left = left_over(trigger, told) if antecedent else None
    if antecedent and antecedent not in chains and left is not None:
        yield from ((name, left, ground) for name in antecedent.names)


def _antecedent(document: Document, grammar: Grammar, trigger: Trigger) -> Chain | None:
    """Return whom a relative clause with a deal is about: "Norvik, which bought Zelmo"."""
    if trigger.event_type != "acquisition":
        return None
    start, _ = document.clause_of(trigger.sentence, trigger.start)
    if start == document.sentences[trigger.sentence].start:
        return None
    if not grammar.relative or not document.folded.text.startswith(grammar.relative, start):
        return None
    names = [name for name in document.names_in(trigger.sentence) if name.end <= start]
    chains = parted(document, grammar, trigger, chains_of(document, names))
    if not chains or start - chains[-1].end > _TO_ITS_CLAUSE:
        return None
    return chains[-1]
