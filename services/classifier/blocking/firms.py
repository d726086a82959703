"""Firms: things that only say what a company does: "compra la startup de drones X", "plane maker Airbus"."""

from __future__ import annotations

import re
from functools import cache

from services.classifier.blocking.harmless_words import company_words, may_begin, tells_a_company
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.shared_words import LETTER, harmless_pattern, particles
from services.classifier.syntax.names.descriptions import describes
from services.classifier.syntax.telling import Telling

_HEAD_WORDS = 3
"""So many words, the last of which names a company, may stand behind what it makes."""
_A_PREPOSITION = 3
_A_KIND = 4
"""Letters of an article and its space, or of the shortest word for a company."""
_WORDS = re.compile(rf"{LETTER}+")


def is_of_a_firm(telling: Telling, found: re.Match[str]) -> bool:
    """Return whether a thing only says what a company does: "compra la startup de drones X"."""
    cue = telling.hit
    if "thing" not in found.groupdict() or not _tells_a_kind(telling, found):
        return False
    for name in telling.names:
        if cue.start < name.start < cue.end:
            return True  # "compra X, una startup de drones"
        if name.start >= found.end():
            return describes(telling.document, max(cue.end, found.start()), name)
    return False


def _tells_a_kind(telling: Telling, found: re.Match[str]) -> bool:
    """Return whether a word for a kind of company stands between a verb and a thing, or in its cue."""
    text = telling.text
    kinds = _kinds(telling.language, telling.grammar)
    return any(
        text.startswith(kinds, word.start())
        for word in _WORDS.finditer(text, telling.hit.start, found.start("thing"))
    )


def names_a_firm(telling: Telling, end: int) -> bool:
    """Return whether a noun is only the first part of what names a company: "plane maker Airbus"."""
    grammar, text = telling.grammar, telling.text
    at = end
    kinds = company_words(grammar)
    heads = harmless_pattern("heads", telling.language)
    for _ in range(_HEAD_WORDS):
        found = _WORDS.match(text, at + 1)
        if found is None or text[at] not in " -":
            return False
        if any(name.start == found.start() for name in telling.names):
            return True
        if found[0] in kinds or (heads is not None and heads.fullmatch(found[0])):
            return True
        if found[0] in grammar.scope or len(found[0]) <= _A_PREPOSITION:
            return False
        at = found.end()
    return False


def hides_a_firm(document: Document, event_type: str, start: int, end: int) -> bool:
    """Return whether things may stand before a name that no word for a company makes its trade.

    "Vende la startup di droni X" and "sells ferry operator X" sell a company, "sells phone X" none.
    """
    things = may_begin(document, event_type, start, end)
    if not things:
        return False
    if Trait.COMPOUNDS in document.grammar.traits:
        return not tells_a_company(document, max(things), end)
    text, kinds = document.folded.text, _kinds(document.language, document.grammar)
    return not any(
        text.startswith(kinds, word.start()) for word in _WORDS.finditer(text, start, min(things))
    )


@cache
def _kinds(language: str, grammar: Grammar) -> tuple[str, ...]:
    """Return how words for kinds of companies begin; shorter ones are articles."""
    home = (form.rstrip("*") for form in grammar.home)
    return tuple(kind for kind in (*particles("apposed", language), *home) if len(kind) > _A_KIND)
