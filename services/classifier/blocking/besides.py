"""Besides: what a sentence tells beside its event, and which therefore takes nothing from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.classifier.blocking.circumstances import is_circumstance
from services.classifier.blocking.fines import is_a_fine_besides
from services.classifier.blocking.outages import is_of_its_ban
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.words import Hit

_TO_ITS_OBJECT = 12
"""So many characters from its verb stands what is bought: "to buy the rival X"."""


def is_beside_the_news(
    document: Document, grammar: Grammar, sentence: int, blocker: Hit, cues: Sequence[Hit]
) -> bool:
    """Return whether a sentence tells its event besides what a blocker stands for."""
    return (
        _are_partners_in_a_deal(document, grammar, sentence, blocker, cues)
        or _is_in_another_half(document, sentence, blocker, cues)
        or is_a_fine_besides(document, grammar, sentence, blocker, cues)
        or _is_of_the_shares(document, sentence, blocker, cues)
        or is_of_its_ban(document, grammar, sentence, blocker, cues)
        or is_circumstance(document, grammar, sentence, blocker, cues)
    )


def _are_partners_in_a_deal(
    document: Document, grammar: Grammar, sentence: int, blocker: Hit, cues: Iterable[Hit]
) -> bool:
    """Return whether what two do together is to buy a third: "X teams up with Y to buy Z"."""
    if blocker.meaning.name != "partner":
        return False
    names = document.names_in(sentence)
    for cue in cues:
        if cue.meaning.frame != "active" or "acquisition" not in cue.meaning.types:
            continue
        before = [name for name in names if name.end <= cue.start]
        if grammar.order == "sov":
            bought = before.pop() if before and blocker.end <= before[-1].start else None
        else:
            bought = next((n for n in names if 0 <= n.start - cue.end <= _TO_ITS_OBJECT), None)
        others = {name.company for name in before}
        if bought and blocker.start < cue.start and len(others - {bought.company}) > 1:
            return True
    return False


def _is_in_another_half(
    document: Document, sentence: int, blocker: Hit, cues: Sequence[Hit]
) -> bool:
    """Return whether who takes office stands in another half of a headline: "X buys Y … Z is its new head"."""
    if blocker.meaning.name != "office" or not document.sentences[sentence].halves:
        return False
    half = document.half_of(sentence, blocker.start)
    others = [found for cue in cues if (found := document.half_of(sentence, cue.start)) != half]
    return len(others) == len(cues) and any(
        start <= name.start < end for start, end in others for name in document.names_in(sentence)
    )


def _is_of_the_shares(document: Document, sentence: int, blocker: Hit, cues: Iterable[Hit]) -> bool:
    """Return whether a comma parts what shares do from a cue and a company before it: "X buys Y, shares jump"."""
    if blocker.meaning.name != "market":
        return False
    text = document.folded.text
    for cue in cues:
        comma = text.rfind(",", cue.end, blocker.start)
        # "Norvik closes down 3 %, stocks slump" closes nothing.
        first = cue.end if "shutdown" in cue.meaning.types else 0
        if any(first <= name.start < comma for name in document.names_in(sentence)):
            return True
    return False
