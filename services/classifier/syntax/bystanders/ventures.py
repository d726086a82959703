"""Ventures: with whom somebody has what a sentence tells of, "its joint venture with X": no part is X's.

The words are those of `partner` and `partnered` in `onlookers.yml`. Of a deal they say so only where they describe
what is named beside them, "sells its stake in Zelmo, a joint venture with X": who takes over "the joint venture with
X" may buy from it, and "in a joint venture with X" both buy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name
from services.classifier.syntax.clauses.signs import has_sign

KINDS = frozenset({"partner", "partnered"})
_TO_IT = 24
"""So many characters may stand between the words and whom they name: "a joint venture with its rival X"."""
_TO_WHAT_IT_IS = 24
"""So many between what is a venture and the words for it: "Zelmo, its Chinese joint venture with X"."""
_OF_IT = 8
"""So many between the words and the name behind them that they describe: "X के साथ संयुक्त उद्यम Zelmo"."""
_PAUSES = (",", "،", "，", "、", "(")


def partners(
    document: Document, names: Sequence[Name], word: Hit, event_type: str
) -> Iterator[Name]:
    """Yield whom a word for a venture names as a partner without a part in an event."""
    partner = _partner(document, names, word)
    if partner is not None and (
        event_type != "acquisition" or _describes(document, names, word, partner)
    ):
        yield partner


def _partner(document: Document, names: Sequence[Name], word: Hit) -> Name | None:
    text = document.folded.text
    within = [name for name in names if word.start <= name.start and name.end <= word.end]
    if within:
        # "X与Y的合资公司" is that of both, and so is "X ile Y, ortak girişimleri".
        is_both = word.meaning.name == "partnered" or any(n.end == word.start for n in names)
        return None if is_both else within[-1]
    if word.meaning.name == "partnered":
        before = [name for name in names if name.end <= word.start + 1]
        start, end = (before[-1].end, word.start) if before else (0, 0)
        found = before[-1] if before else None
    else:
        found = next((name for name in names if name.start >= word.end), None)
        start, end = (word.end, found.start) if found else (0, 0)
    if found is None or end - start > _TO_IT or (start < end and has_sign(text, start, end)):
        return None
    return found


def _describes(document: Document, names: Sequence[Name], word: Hit, partner: Name) -> bool:
    """Return whether the words say what somebody named beside them is, of whom a deal tells before them."""
    text = document.folded.text
    end = max(word.end, partner.end)
    behind = next((name for name in names if name.start >= word.end and name != partner), None)
    if partner.start < word.end and behind is not None:
        between = text[word.end : behind.start]
        if len(between) <= _OF_IT and not between.strip().startswith(_PAUSES):
            return True
    if partner.start < word.start:
        return False
    if (
        text[: word.start]
        .rstrip()
        .endswith(tuple(f" {that}" for that in document.grammar.relative))
    ):
        return True  # "holds 68 percent of Z, which is a joint venture with X", whoever Z is
    before = [name for name in names if name.end <= word.start]
    if not before:
        return False
    between = text[before[-1].end : word.start]
    begins = (*_PAUSES, *document.grammar.relative)
    return (
        len(between) <= _TO_WHAT_IT_IS
        and (not between.strip() or between.lstrip().startswith(begins))
        and any(
            cue.start < before[-1].start and "acquisition" in cue.meaning.types
            for cue in document.words_in("cue", document.sentence_at(end - 1))
        )
    )
