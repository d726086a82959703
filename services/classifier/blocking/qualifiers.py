"""Qualifiers: a company's name that only says whose somebody or something is: "snaps up Balto boss", "Balto-Schuhe"."""

from __future__ import annotations

import re

from services.classifier.blocking.harmless_words import may_stand, tells_a_company
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import harmless_pattern
from services.classifier.spans import DEALS, Name
from services.classifier.syntax.telling import Telling

_KINDS = ("posts", "belongings")
_TO_ITS_OBJECT = 3
_LONGEST = 40
_LINK = re.compile(r"(?:'s?|s)? |-")
"""What joins a name to what is its: "Balto boss", "Balto's boss", "Balto-Chef"."""
_ENDS = re.compile(r"\s*(?:[.,;:!?()|\n]|\Z|\s-\s)")


def harm_of_qualified(telling: Telling) -> str | None:
    """Return the kind of a deal's verb whose object is somebody or something of a company, None of others.

    Only where that ends its clause, or a preposition follows: "buys Balto founder's stake" is a deal. So is what
    has a price, or is part of the name: "buys Balto Shoes".
    """
    if telling.hit.meaning.frame not in DEALS:
        return None
    name = _object(telling)
    if name is None:
        return None
    text = telling.text
    link = _LINK.match(text, name.end)
    if link is None:
        return None
    start, last = link.end(), min(link.end() + _LONGEST, telling.span.end)
    for kind in _KINDS:
        if may_stand(telling.document, kind, start, last):
            pattern = harmless_pattern(kind, telling.language)
            found = pattern and pattern.match(text, start, last)
            if (
                found
                and _is_all(telling, found.end())
                and not (link[0] == " " and _is_in_capitals(telling, start))
                and not _has_price(telling.document, telling.sentence, found.end())
            ):
                return "goods"
    return None


def _object(telling: Telling) -> Name | None:
    """Return the name that a cue goes around, or the one right behind it."""
    cue = telling.hit
    return next(
        (name for name in telling.names if cue.start < name.start <= cue.end + _TO_ITS_OBJECT),
        None,
    )


def _is_in_capitals(telling: Telling, start: int) -> bool:
    """Return whether a word is written as a name is, in a headline that does not write its verb so."""
    whole, folded = telling.document.whole, telling.document.folded
    return (
        whole[folded.original(start)].isupper()
        and whole[folded.original(telling.hit.start)].islower()
    )


def _has_price(document: Document, sentence: int, start: int) -> bool:
    """Return whether an amount of money of several words stands behind: "for $400 million", not "for $40"."""
    text = document.folded.text[start : document.sentences[sentence].end]
    return any(char.isdigit() for char in text) and any(
        scale in text.split() or re.search(rf"\d{re.escape(scale)}\b", text)
        for scale in document.grammar.money.scales
    )


def _is_all(telling: Telling, end: int) -> bool:
    """Return whether a clause ends there, or goes on with a preposition or the last part of the verb."""
    cue = telling.hit
    if cue.gap is not None and cue.gap[1] - end == 1:
        return not tells_a_company(telling.document, cue.gap[1], cue.end)
    return ends_a_phrase(telling.document, end)


def ends_a_phrase(document: Document, end: int) -> bool:
    """Return whether a clause ends there, or a preposition follows."""
    text = document.folded.text
    words = (*document.grammar.scope, *document.grammar.prices.before)
    return _ENDS.match(text, end) is not None or text.startswith(
        tuple(f" {word} " for word in words), end
    )
