"""Conjunctions: whether a word for "and" stands between two names, in the language of the story."""

from __future__ import annotations

from functools import cache

from services.classifier.lexicon.scripts import UNSPACED, script_of
from services.classifier.lexicon.shared_words import folded_particles


@cache
def conjunctions(language: str) -> frozenset[str]:
    """Return a language's words for "and" and "or": Dutch "en" is "in" for Spanish."""
    return frozenset(folded_particles("joins", language))


def is_and(gap: str, language: str) -> bool:
    """Return whether nothing but a word for "and" stands there."""
    return gap.strip(" ,\"'") in conjunctions(language)


def has_and(gap: str, language: str) -> bool:
    """Return whether a word for "and" is among those that stand there."""
    return any(word in conjunctions(language) for word in gap.split())


def begun_by_and(gap: str, language: str) -> int:
    """Return how long the word for "and" is by which a gap between two names begins, 0 without one.

    Arabic glues it to the next word, and scripts without spaces do.
    """
    begun = len(gap) - len(gap.lstrip())
    first = gap.split(None, 1)[0] if gap.strip() else ""
    if first in conjunctions(language):
        return begun + len(first)
    glued = folded_particles("glued_and", language)
    if begun and glued and first.startswith(glued):
        return begun + 1
    if gap and not begun and script_of(gap[0]) in UNSPACED:
        return max(
            (len(word) for word in conjunctions(language) if gap.startswith(word)), default=0
        )
    return 0


def ended_by_and(before: str, language: str) -> bool:
    """Return whether a word for "and" ends what stands before a word, in Chinese also one for "and will"."""
    before = before.rstrip()
    if before.rpartition(" ")[2] in conjunctions(language):
        return True
    return (
        bool(before)
        and script_of(before[-1]) in UNSPACED
        and before.endswith(
            tuple(word for word in conjunctions(language) if script_of(word[0]) in UNSPACED)
        )
    )
