"""Harmless words: where those of `lexicon/shared/harmless.yml` stand in a story.

Their patterns try every character, and most stories have none of them: an automaton that reads a story
once tells where one may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import ahocorasick_rs

from services.classifier.document import Document, remembered
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.scripts import UNSPACED, script_of
from services.classifier.lexicon.shared_words import LETTER, harmless_pattern, harmless_stems
from services.classifier.spans import Segment

WORD = re.compile(rf"(?:{LETTER}|-)+")
"""A word, with the dashes in it."""


def find(document: Document, kind: str, start: int, end: int) -> re.Match[str] | None:
    """Return the first word of a kind between two offsets, None without any."""
    if not may_stand(document, kind, start, end):
        return None
    pattern = harmless_pattern(kind, document.language)
    return pattern.search(document.folded.text, start, end) if pattern else None


def find_in(document: Document, kind: str, *segments: Segment) -> re.Match[str] | None:
    """Return the first word of a kind in the sentences of some segments, None without any."""
    found = (
        find(document, kind, *document.sentences[at][:2]) for at in document.sentences_of(*segments)
    )
    return next((word for word in found if word is not None), None)


def find_all(document: Document, kind: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Return every word of a kind between two offsets."""
    if not may_stand(document, kind, start, end):
        return iter(())
    pattern = harmless_pattern(kind, document.language)
    return pattern.finditer(document.folded.text, start, end) if pattern else iter(())


def tells_a_company(document: Document, start: int, end: int) -> bool:
    """Return whether a word between two offsets says what a company is, or a part of one: a maker, a unit."""
    text = document.folded.text
    if not company_words(document.grammar).isdisjoint(WORD.findall(text, start, end)):
        return True
    heads = harmless_pattern("heads", document.language)
    return heads is not None and heads.search(text, start, end) is not None


@cache
def company_words(grammar: Grammar) -> frozenset[str]:
    """Return the words that say what a company is, or a part of one, beside those of `harmless.yml`."""
    return frozenset((*grammar.unit, *grammar.home))


def may_stand(document: Document, kind: str, start: int, end: int) -> bool:
    """Return whether a word of a kind may stand between two offsets; where it says no there is none."""
    places = _places(document).get(kind)
    return places is not None and any(start <= at < end for at in places)


def may_begin(document: Document, kind: str, start: int, end: int) -> Sequence[int]:
    """Return where words of a kind may begin between two offsets."""
    return [at for at in _places(document).get(kind, ()) if start <= at < end]


@remembered
def _places(document: Document) -> Mapping[str, Sequence[int]]:
    """Return where the stems of words stand, by kind."""
    automaton, kinds = _automaton(document.language)
    places: dict[str, list[int]] = {}
    for stem, start, _ in automaton.find_matches_as_indexes(document.folded.text, overlapping=True):
        for kind in kinds[stem]:
            places.setdefault(kind, []).append(start)
    return places


@cache
def _automaton(language: str) -> tuple[ahocorasick_rs.AhoCorasick, Sequence[frozenset[str]]]:
    """Return what finds the stems of a language, and the kinds of each."""
    stems = harmless_stems(language)
    return ahocorasick_rs.AhoCorasick(list(stems), store_patterns=False), list(stems.values())


def has_word(gap: str, words: tuple[str, ...]) -> bool:
    """Return whether one of the words stands in a gap, whole where spaces part words."""
    spaced = f" {gap.strip()} "
    return any(
        (word in gap) if script_of(word[0]) in UNSPACED else (f" {word} " in spaced)
        for word in words
    )
