"""Scripts: which characters make words, and what may stand beside a name in each script."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

SPACE = " "
LATIN, CYRILLIC, ARABIC, DEVANAGARI, BENGALI, TAMIL = "l", "c", "a", "d", "b", "m"
HAN, KATAKANA, HIRAGANA, HANGUL = "H", "k", "g", "h"
DENSE = frozenset((HAN, KATAKANA, HIRAGANA, HANGUL))
"""A clause takes half as many of their characters."""
THAI, THAI_LEAD, THAI_SIGN = "t", "p", "q"
"""Thai consonants, the vowels that are written before theirs, and the signs that belong to theirs."""
DIGIT, OTHER = "0", "x"

SPACED = frozenset((LATIN, CYRILLIC, ARABIC, DEVANAGARI, BENGALI, TAMIL, DIGIT, OTHER))
"""Scripts that put spaces between words."""

ALL_THAI = frozenset((THAI, THAI_LEAD, THAI_SIGN))
UNSPACED = frozenset((HAN, KATAKANA, HIRAGANA)) | ALL_THAI
"""Scripts in which the next word follows at once."""

_MARKED = r"\w\u0900-\u0963\u0966-\u0dff"
"""Letters of words: the vowel signs of Indic scripts are none to `re`, which takes "ব্যাংক" apart."""

WORD_BEGINS, WORD_ENDS = rf"(?<![{_MARKED}])", rf"(?![{_MARKED}])"
"""Patterns of where a word begins and ends, in scripts that put spaces between words."""

_RANGES = (
    (0x41, 0x24F, LATIN),
    (0x250, 0x2AF, LATIN),
    (0x400, 0x52F, CYRILLIC),
    (0x600, 0x77F, ARABIC),
    (0x8A0, 0x8FF, ARABIC),
    (0x900, 0x97F, DEVANAGARI),
    (0x980, 0x9FF, BENGALI),
    (0xB80, 0xBFF, TAMIL),
    (0xE01, 0xE2F, THAI),
    (0xE30, 0xE3A, THAI_SIGN),
    (0xE40, 0xE44, THAI_LEAD),
    (0xE45, 0xE4E, THAI_SIGN),
    (0xE4F, 0xE7F, THAI),
    (0x1E00, 0x1EFF, LATIN),
    (0x3040, 0x309F, HIRAGANA),
    (0x30A0, 0x30FF, KATAKANA),
    (0x3400, 0x4DBF, HAN),
    (0x4E00, 0x9FFF, HAN),
    (0xAC00, 0xD7AF, HANGUL),
    (0xF900, 0xFAFF, HAN),
    (0xFB50, 0xFDFF, ARABIC),
    (0xFE70, 0xFEFF, ARABIC),
)


@lru_cache(maxsize=65_536)
def script_of(character: str) -> str:
    """Return the script of a letter, DIGIT for a digit, SPACE for all that makes no word.

    Vowel signs count as letters: the usual pattern for words takes Indic words apart.
    """
    category = unicodedata.category(character)
    if category == "Nd":
        return DIGIT
    if category[0] not in "LM" or character in "・ـ":
        return SPACE
    code = ord(character)
    for first, last, script in _RANGES:
        if first <= code <= last:
            return script
    return OTHER


class _Scripts(dict[str, str]):
    """The script of every character seen so far: one look-up is cheaper than a call."""

    def __missing__(self, character: str) -> str:
        script = script_of(character)
        self[character] = script
        return script


SCRIPTS = _Scripts()
_NOTHING: frozenset[str] = frozenset()
_LETTERS = SPACED - {DIGIT}


def joins_before(first: str) -> frozenset[str]:
    """Return the scripts that, before a word's first character, make it the middle of a word.

    Letters of spaced scripts do, and digits before digits; unspaced scripts begin words anywhere, but
    Thai not between a vowel and its consonant: ปิด is not in เปิด.
    """
    script = SCRIPTS[first]
    if script in ALL_THAI:
        return frozenset((THAI_LEAD,))
    return frozenset((HANGUL,)) if script == HANGUL else joins_behind(first)


def joins_behind(last: str) -> frozenset[str]:
    """Return the scripts that, behind a word's last character, make the word go on."""
    script = SCRIPTS[last]
    if script in ALL_THAI:
        return frozenset((THAI_SIGN,))
    if script in DENSE:
        return _NOTHING
    return frozenset((DIGIT,)) if script == DIGIT else _LETTERS


class _Joins(dict[str, frozenset[str]]):
    """What joins a character, for every one seen so far; see `_Scripts`."""

    def __init__(self, joins: Callable[[str], frozenset[str]]) -> None:
        super().__init__()
        self._joins = joins

    def __missing__(self, character: str) -> frozenset[str]:
        scripts = self._joins(character)
        self[character] = scripts
        return scripts


_BEFORE = _Joins(joins_before)
_BEHIND = _Joins(joins_behind)


def is_word_start(text: str, start: int) -> bool:
    """Return whether a word form may begin at `start`: no letter of a spaced script before it."""
    return start == 0 or SCRIPTS[text[start - 1]] not in _BEFORE[text[start]]


def is_word_end(text: str, end: int) -> bool:
    """Return whether a word form may end at `end`: no letter of a spaced script behind it."""
    return end == len(text) or SCRIPTS[text[end]] not in _BEHIND[text[end - 1]]
