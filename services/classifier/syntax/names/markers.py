"""Markers: the words and endings beside a name that say what it does ("by X", "X-কে")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import compress

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.scripts import HANGUL, SCRIPTS, SPACE, UNSPACED, script_of
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.names.chains import AROUND_A_NAME, Chain

_PARTICLE = re.compile(r"(?:들)?(?:은|는|이|가|도)(?=\s|$)")
"""What Korean adds to a word that tells who speaks: "X 노조는" is about X's union as "X 노조" is."""
_TO_A_WORD = 30
"""In so much text stand a word that says what of a company is meant, and a particle."""
_A_MARK = 6
"""So many characters part a company from such a word behind it: "X'nun kurucuları", "X-এর উদ্যোক্তা"."""


def marks_behind(grammar: Grammar, key: str, right: str) -> bool:
    """Return whether `right` begins with a word that stands behind names of the role `key`."""
    return longest_behind(grammar.after.get(key, ()), right) > 0


def longest_before(words: tuple[str, ...], left: str) -> int:
    """Return the length of the longest of some words that `left` ends with, 0 for none."""
    # Hardly any name has a marker beside it, and one look at all words at once tells.
    if not left.endswith(words):
        return 0
    return max(map(len, ending_with(words, left)), default=0)


def longest_behind(words: tuple[str, ...], right: str) -> int:
    """Return the length of the longest of some words that `right` begins with, 0 for none."""
    begun = right.lstrip()
    if not begun.startswith(plain := unmarked(words)):
        return 0
    return max(
        [
            len(word)
            for word in compress(words, map(begun.startswith, plain))
            if begins_with_word(right, word)
        ],
        default=0,
    )


@lru_cache(maxsize=4096)
def unmarked(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return words for behind a name without the marks of those that are glued to it or go on."""
    return tuple([word.removeprefix("+").removesuffix("*") for word in words])


def has_beside(
    document: Document, chain: Chain, words: Iterable[str], *, end: int | None = None
) -> bool:
    """Return whether one of some words stands beside a name, at most a particle away, and before `end`.

    "founders of X", "X'nun kurucuları", "доли в X", "X-Filialen". Without a particle the name may be its own, as in
    "대주주 X", but where whose it is needs none: "założyciele X".
    """
    text = document.folded.text
    left = text[max(chain.start - _TO_A_WORD, 0) : chain.start].rstrip(AROUND_A_NAME)
    right = text[chain.end : chain.end + _TO_A_WORD if end is None else end]
    marks = folded_particles("of_whom", document.language)
    before, _, mark = left.rpartition(" ")
    lefts = [left] if "" in marks else []
    if mark in marks:
        lefts.append(before)
    return any(
        any(ends_with_word(part, word) for part in lefts)
        or 0 <= right.find(word, 0, _TO_A_WORD) <= _A_MARK
        for word in words
    )


def ending_with(words: Iterable[str], left: str) -> Iterator[str]:
    """Yield those of some markers that `left` ends with and that are no part of a longer word there."""
    # Of fifty it ends with one at most, which is asked in C.
    return (word for word in filter(left.endswith, words) if ends_with_word(left, word))


def ends_with_any(words: Iterable[str], left: str) -> bool:
    """Return whether `left` ends with one of some markers that is no part of a longer word."""
    return next(ending_with(words, left), None) is not None


def ends_with_word(left: str, word: str) -> bool:
    """Return whether `left` ends with a marker that is no part of a longer word."""
    if not left.endswith(word):
        return False
    rest = left[: -len(word)]
    # A sign before a marker makes it part of no longer word, as in "30% من X".
    beside = (SCRIPTS[rest[-1]], SCRIPTS[word[0]]) if rest else (SPACE,)
    is_inside = SPACE not in beside
    return not is_inside or _may_be_glued(word)


def begins_with_word(right: str, word: str) -> bool:
    """Return whether a marker stands there; one written with a leading space must be a whole word.

    The last word of one that ends with `*` may go on.
    """
    if word.endswith("*"):
        stem = word[:-1]
        glued = stem.startswith("+")
        begun = right if glued or _may_be_glued(stem) else right.lstrip()
        return (glued or begun != right) and begun.startswith(stem.removeprefix("+"))
    if word.startswith("+"):
        end = len(word) - 1
        return right.startswith(word[1:]) and (_runs_on(word) or not right[end : end + 1].isalpha())
    stripped = right.lstrip()
    if not stripped.startswith(word) or (stripped == right and not _may_be_glued(word)):
        return False
    rest = stripped[len(word) :]
    if script_of(word[-1]) == HANGUL:
        rest = _PARTICLE.sub("", rest, count=1)
    return _runs_on(word) or not rest or SCRIPTS[rest[0]] == SPACE


def _runs_on(word: str) -> bool:
    """Return whether a word is written in a script that puts no space behind it."""
    return script_of(word[-1]) in UNSPACED


def _may_be_glued(word: str) -> bool:
    """Return whether a word is written in a script that puts no space before it."""
    return script_of(word[0]) in UNSPACED | {HANGUL}


def holds(document: Document, end: int, start: int) -> bool:
    """Return whether what parts two names says that the first holds the second: "X旗下的Y", "X가 운영하는 Y"."""
    holders = document.grammar.after.get("holder", ())
    return bool(holders) and document.folded.text[end:start].strip(" \"'") in holders
