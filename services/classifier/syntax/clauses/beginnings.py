"""Beginnings: where a clause begins that describes a name, by its comma and its first words."""

from __future__ import annotations

import re

from services.classifier.lexicon.grammar import Grammar
from services.classifier.syntax.names.chains import COMMAS

TO_ITS_VERB = 40
"""So far behind its comma stands what an aside tells: "im vergangenen Jahr gekauft"."""
_SHORT_WORD = 5
_COMMA = re.compile(f"[{re.escape(''.join(COMMAS))}]")
_PARTICIPLE = re.compile(
    r"(?:\w{1,4} )?\w+(?:[aąeuiy]c[aeyą]c?[aeiymh]*|[аеуюяиы]щ(?:ий|ая|ее|ие|его|ей|их|ую)|вш(?:ий|ая|ее|ие|его|ей|их|ую)|нн(?:ый|ая|ое|ые|ого|ой|ых|ую))(?!\w)"
)


def begins_with_participle(text: str, start: int, end: int) -> bool:
    """Return whether a Slavic participle, or a short word and one, begins there: "купивший", "w należącej"."""
    return _PARTICIPLE.match(text, start, end) is not None


def next_comma(text: str, start: int, end: int) -> int:
    """Return where the next comma stands that parts no number, -1 without one."""
    for found in _COMMA.finditer(text, start, end):
        at = found.start()
        if not (text[at - 1].isdigit() and text[at + 1 : at + 2].isdigit()):
            return at
    return -1


def begins_with_relative(text: str, start: int, grammar: Grammar) -> bool:
    """Return whether a relative stands there, maybe behind a short word: "which", "in die"."""
    word, _, rest = text[start : start + TO_ITS_VERB].partition(" ")
    return any(
        text.startswith(f"{relative} ", start)
        or (len(word) < _SHORT_WORD and rest.startswith(f"{relative} "))
        for relative in grammar.relative
    )
