"""Words by which two texts are compared, in any script: whether one has anything of the other."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator

from services.common.text import folded

_WORD = re.compile(
    r"[^\s!-/:-@\[-`{-~\u00a1\u00ab\u00b7\u00bb\u00bf\u060c\u061b\u061f\u06d4\u0964"
    r"\u2010-\u2027\u2039\u203a\u3000-\u303f\uff00-\uff0f]+"
)
_SIGNS = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"  # Thai, kana, Chinese characters
_UNSPACED = re.compile(f"[{_SIGNS}]")
_RUNS = re.compile(f"[{_SIGNS}]+|[^{_SIGNS}]+")  # some write a space between scripts, others none
_SYLLABLES = re.compile("[\uac00-\ud7a3]")  # hangul: each sign is one of them
_PIECE = 3
# Shorter words are mostly those that every text has; endings differ with the case, and with who did it.
_LEAST, _BEGINNING = 4, 6
_LEAST_SYLLABLES = 2


def words_of(text: str) -> frozenset[str]:
    """Return the beginnings of the longer words of `text`, three characters each where words are not spaced."""
    found: set[str] = set()
    for word in _WORD.findall(folded(text)):
        if word.isascii():
            found.update(_beginning(word))
        else:
            for run in _RUNS.findall(word):
                found.update(_pieces(run))
    return frozenset(found)


def _pieces(run: str) -> Iterator[str]:
    if _UNSPACED.match(run):
        yield from (run[at : at + _PIECE] for at in range(max(len(run) - _PIECE + 1, 1)))
    elif not _SYLLABLES.search(run):
        yield from _beginning(run)
    elif len(run) >= _LEAST_SYLLABLES:
        yield run[:_LEAST_SYLLABLES]


def _beginning(word: str) -> Iterator[str]:
    if len(word) >= _LEAST:
        yield word[:_BEGINNING]


def share_in(some: Collection[str], others: Container[str]) -> float:
    """Return which share of `some` words is among `others`; all of none is."""
    return sum(word in others for word in some) / len(some) if some else 1.0
