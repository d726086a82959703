"""Names: whether two names that nobody tracks may be one party's."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from services.common.text import words_of

_WORDS = re.compile(r"\w+")
# What companies of many countries carry after their name; it tells no two of them apart.
_FORMS = frozenset(
    {"ab", "ag", "as", "asa", "bhd", "bv", "co", "company", "corp", "corporation", "gmbh", "group"}
    | {"holding", "holdings", "inc", "incorporated", "kk", "limited", "llc", "llp", "ltd", "nv"}
    | {"oy", "oyj", "pjsc", "plc", "pt", "pte", "pty", "pvt", "sa", "sas", "se", "spa", "srl"}
    | {"tbk", "the"}
)
_MIN_SHARED_PAIRS = 0.5  # of the character pairs of two names in a script without capitals


@lru_cache(maxsize=20_000)
def are_alike(one: str, other: str) -> bool | None:
    """Return whether two names of parties are one; None where two scripts cannot be compared."""
    if script(one) != script(other):
        return None
    ours, theirs = _words(one), _words(other)
    if not ours or not theirs:
        return None
    return ours <= theirs or theirs <= ours


@lru_cache(maxsize=20_000)
def are_same_scope(one: str, other: str) -> bool | None:
    """Return whether two plants, units or product lines are one; None where that cannot be said.

    The same place is called a plant here and a "pabrik" there, so where there are capitals the
    names in it decide, and two scopes without a name cannot be told apart.
    """
    if script(one) != script(other):
        return None
    ours, theirs = _names_in(one), _names_in(other)
    if ours and theirs:
        return bool(ours & theirs)
    if one.casefold() == other.casefold():
        return True
    if any(letter.isupper() or letter.islower() for letter in one + other):
        return None
    return _shared_pairs(one, other) >= _MIN_SHARED_PAIRS


@lru_cache(maxsize=20_000)
def script(text: str) -> str:
    """Return the script of the first letter, as Unicode names it; empty without a letter."""
    for character in text:
        if character.isalpha():
            return unicodedata.name(character, "").partition(" ")[0]
    return ""


def _words(text: str) -> frozenset[str]:
    words = words_of(text)
    return frozenset(word for word in words if word not in _FORMS) or frozenset(words)


def _names_in(text: str) -> frozenset[str]:
    words = _WORDS.findall(unicodedata.normalize("NFKC", text))
    return frozenset(word.casefold() for word in words if word[0].isupper() or word.isdigit())


def _shared_pairs(one: str, other: str) -> float:
    ours = {one[i : i + 2] for i in range(len(one) - 1)} or {one}
    theirs = {other[i : i + 2] for i in range(len(other) - 1)} or {other}
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))
