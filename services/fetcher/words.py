"""Words by which two texts are compared, in any script: whether one has anything of the other."""

from __future__ import annotations

import re
from collections.abc import Collection, Container

from services.common.text import folded

_WORD = re.compile(
    r"[^\s!-/:-@\[-`{-~\u00ab\u00bb\u060c\u061b\u061f\u0964\u2010-\u2027\u3000-\u303f\uff00-\uff0f]+"
)
_UNSPACED = re.compile(
    "[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]"
)  # Thai, kana, Chinese characters
_SYLLABLES = re.compile("[\uac00-\ud7a3]")  # hangul: each sign is one of them
_PIECE = 3
# Shorter words are mostly those that every text has; endings differ with the case, and with who did it.
_LEAST, _BEGINNING = 4, 6
_LEAST_SYLLABLES = 2


def words_of(text: str) -> frozenset[str]:
    """Return the beginnings of the longer words of `text`, three characters each where words are not spaced."""
    found: set[str] = set()
    for word in _WORD.findall(folded(text)):
        if _UNSPACED.search(word):
            found.update(word[at : at + _PIECE] for at in range(max(len(word) - _PIECE + 1, 1)))
        elif _SYLLABLES.search(word):
            if len(word) >= _LEAST_SYLLABLES:
                found.add(word[:_LEAST_SYLLABLES])
        elif len(word) >= _LEAST:
            found.add(word[:_BEGINNING])
    return frozenset(found)


def share_in(some: Collection[str], others: Container[str]) -> float:
    """Return which share of `some` words is among `others`; all of none is."""
    return sum(word in others for word in some) / len(some) if some else 1.0
