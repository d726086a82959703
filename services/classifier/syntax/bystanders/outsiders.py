"""Outsiders: names of a sentence that have no part in its event.

Some only say who another company is: "Zelmo's supplier Balto was sold", "젤모와 소송 중인 노르빅",
"ノルヴィクに部品を納めるゼルモ". Some stand there for contrast: "X goes, Y stays".
"""

from __future__ import annotations

from itertools import pairwise

from services.classifier.document import Document, remembered
from services.classifier.lexicon.shared_words import particles
from services.classifier.spans import Name
from services.classifier.syntax.names.chains import CHINESE_WITH, COMMAS
from services.classifier.syntax.names.conjunctions import is_and

_LONGEST = 40
_NEAR = 16
_RIGHT_BEHIND = 3


def outsiders(document: Document, sentence: int) -> frozenset[Name]:
    """Return the names of a sentence that a word of `ties.yml` ties to the one behind them."""
    if not document.words_in("ties", sentence) or len(document.names_in(sentence)) < 2:
        return frozenset()
    return _tied(document, sentence)


@remembered
def _tied(document: Document, sentence: int) -> frozenset[Name]:
    names = document.names_in(sentence)
    begins = particles("tied", document.language)
    if not begins:
        return frozenset()
    tied = (
        name
        for name, following in pairwise(names)
        if _is_tied(document, sentence, name, following, begins)
    )
    return frozenset((*tied, *(n for n in names if _is_companion(document, sentence, n))))


def _is_tied(
    document: Document, sentence: int, name: Name, following: Name, begins: tuple[str, ...]
) -> bool:
    gap = document.folded.text[name.end : following.start]
    if name.company == following.company or len(gap) > _LONGEST or not COMMAS.isdisjoint(gap):
        return False
    ties = [
        tie
        for tie in document.words_in("ties", sentence)
        if name.end <= tie.start and tie.end <= following.start
    ]
    if not ties or not (gap.startswith(begins) or ties[0].start == name.end):
        return False
    return not document.has_cue(sentence, name.end, following.start)


def _is_companion(document: Document, sentence: int, name: Name) -> bool:
    """Return whether somebody has but a contract or a quarrel with a name: "与泽尔莫长达十年的供货合同"."""
    text = document.folded.text
    if text[name.start - 1 : name.start] not in CHINESE_WITH:
        return False
    end = text.find(",", name.end, name.end + _NEAR)
    end = name.end + _NEAR if end < 0 else end
    ties = [t for t in document.words_in("ties", sentence) if name.end <= t.start < end]
    return bool(ties) and not document.has_cue(sentence, name.end, ties[-1].start)


def spared_in(document: Document, sentence: int) -> frozenset[Name]:
    """Return the names right behind which a word says that they stay, where another one stands before.

    "Norvik to scrap Balto, Pixeo survives": nothing happens to Pixeo, nor to those in one row with it.
    """
    words = document.words_in("stays", sentence)
    if not words:
        return frozenset()
    spared: set[Name] = set()
    earlier = list(document.names_in(sentence))
    while earlier:
        name = earlier.pop()
        if any(0 <= word.start - name.end <= _RIGHT_BEHIND for word in words):
            row = [name]
            while earlier and _is_joined(document, earlier[-1], row[-1]):
                row.append(earlier.pop())
            if any(other.company != name.company for other in earlier):
                spared.update(row)
    return frozenset(spared)


def _is_joined(document: Document, name: Name, following: Name) -> bool:
    gap = document.folded.text[name.end : following.start]
    return gap == "-" or is_and(gap, document.language)
