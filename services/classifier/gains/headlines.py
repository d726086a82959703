"""Headlines: whether a title is all about what was done to a name: "X gesperrt", "X closes in Spain"."""

from __future__ import annotations

import re

from services.classifier.gains.weights import ENOUGH, VAGUE
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import harmless_pattern
from services.classifier.spans import Segment
from services.classifier.syntax.telling import Telling

_SHORT_WORD = 3
"""So long is a preposition at the most, with its article: "van", "del"."""
_AROUND = " .!?\"'\n"


def is_all_of_a_headline(telling: Telling) -> bool:
    """Return whether a title, or all before its comma, is a name and what was done to it: "X gesperrt".

    Or that it closes: "X closes", "X closes in Spain".
    """
    hit = telling.hit
    closes = "shutdown" in hit.meaning.types and hit.meaning.weight >= VAGUE
    span = telling.span
    if (
        span.segment is not Segment.TITLE
        or hit.meaning.weight >= ENOUGH
        or not (hit.meaning.frame == "passive" or closes)
    ):
        return False
    text = telling.text
    comma = text.find(",", hit.end, span.end)
    end = comma if comma >= 0 else span.end
    if closes and "%" in text[end : span.end]:
        return False  # "X closes, shares up 3%"
    behind = telling.document.word_end(hit.end)
    return (
        not text[behind:end].strip(_AROUND) or (closes and _only_says_where(telling, behind, end))
    ) and any(
        _is_a_name_alone(
            text[span.start : name.start],
            text[name.end : hit.start],
            telling.grammar,
            things=harmless_pattern("heads", telling.language),
        )
        for name in telling.names
        if name.end < hit.start
    )


def _only_says_where(telling: Telling, start: int, end: int) -> bool:
    """Return whether nothing stands there but a country, with the word that leads to it."""
    document, text = telling.document, telling.text
    return any(
        all(len(word) <= _SHORT_WORD for word in text[start : country.start].split())
        and not text[document.word_end(country.end) : end].strip(_AROUND)
        for country in document.countries_in(telling.sentence)
        if start <= country.start
    )


def _is_a_name_alone(
    before: str, behind: str, grammar: Grammar, *, things: re.Pattern[str] | None
) -> bool:
    """Return whether nothing but a word for its unit stands around a name: "X plant", "fabriek van X"."""
    if not before.strip(_AROUND):
        unit = behind.strip(" -")
        return unit in {"", *grammar.unit} or (things is not None and bool(things.fullmatch(unit)))
    first, *rest = before.split()
    return (
        first in grammar.unit
        and not behind.strip()
        and all(len(word) <= _SHORT_WORD for word in rest)
    )
