"""Terms: what a text is found by, in any script.

Texts are folded: case, accents, vowel points, forms of one letter and of digits fall together. Words
are terms as they stand. Scripts that write no spaces, and Korean, whose particles cling to a name, give
each letter and each pair of neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 40
"""Letters of a term; what is longer is cut, here and in what is asked for."""

MOST_WANTED = 24
"""Terms of one question; more are left out."""

_SHORTEST_BEGINNING = 3

# Han, kana, Hangul, Thai, Lao, Burmese, Khmer.
_UNSPACED = (
    "\u3005\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
    "\uac00-\ud7a3\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
)
# \w leaves out the vowel signs of Indic scripts, which are letters to their readers.
_LETTER = "\\w\u0900-\u0963\u0966-\u0dff\u0f00-\u0fff"
_RUN = re.compile(f"([{_UNSPACED}]+)|((?:(?![{_UNSPACED}_])[{_LETTER}])+)")

# Letters that Unicode keeps apart and people do not: Arabic forms as typed in Persian and Urdu, Latin
# letters with a stroke, the dotless i of Turkish. A zero-width (non-)joiner is nothing.
_SAME = str.maketrans(
    {
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ة": "ه",
        "ۀ": "ه",
        "ـ": None,
        "\u200c": None,
        "\u200d": None,
        "\u00ad": None,
        "ı": "i",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
    }
)
# Canonical combining classes of accents, of Arabic vowel points and of the Indic dot below. Vowel signs
# have class 0, the Japanese voicing mark 8: those are letters.
_MARKS = frozenset({7, *range(27, 36), *range(200, 241)})


@dataclass(frozen=True, slots=True)
class Wanted:
    """One term that is asked for: as it stands, or as the beginning of a word."""

    text: str
    is_beginning: bool


def fold(text: str) -> str:
    """Return `text` as it is compared."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        letter
        for letter in apart
        if letter.isascii() or unicodedata.combining(letter) not in _MARKS
    )
    folded = unicodedata.normalize("NFC", kept).casefold().translate(_SAME)
    return "".join(map(_digit, folded))


def terms_of(texts: Iterable[str]) -> set[str]:
    """Return the terms by which any of `texts` is found."""
    found: set[str] = set()
    for text in texts:
        for unspaced, word in _RUN.findall(fold(text)):
            if word:
                found.add(word[:LONGEST])
            else:
                found.update(unspaced)
                found.update(_pairs(unspaced))
    return found


def wanted_terms(question: str) -> list[Wanted]:
    """Return the terms that must all be there; none for a question without a letter.

    A word of three letters or more is found as the beginning of one, so that endings do not matter.
    """
    wanted: dict[Wanted, None] = {}
    for unspaced, word in _RUN.findall(fold(question)):
        if word:
            is_beginning = len(word) >= _SHORTEST_BEGINNING
            wanted[Wanted(word[:LONGEST], is_beginning)] = None
        else:
            pairs = _pairs(unspaced) or [unspaced]
            wanted.update((Wanted(pair, is_beginning=False), None) for pair in pairs)
    return list(wanted)[:MOST_WANTED]


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)]


def _digit(letter: str) -> str:
    """Return the ASCII digit for a digit of any script; any other letter as it is."""
    if letter.isascii() or not letter.isdecimal():
        return letter
    return str(unicodedata.decimal(letter))
