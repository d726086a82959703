"""Formers: stories about somebody who once was something at a company: "regulator bars ex-boss of X".

What becomes of them is no ban or closing of the company. That they speak up beside one takes nothing from
it: "India bans X, former boss of Y protests".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.classifier.blocking.harmless_words import find_all
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Trait
from services.classifier.spans import Name, Segment

_TYPES = frozenset({"ban", "shutdown"})
_POST_REACH = 25
_POST_REACH_DENSE = 6
_NAME_REACH = 25
_PARTS = re.compile(r"[,،、;؛:]|\.{2,}|\s-\s")
_PARTS_DENSE = re.compile(rf"{_PARTS.pattern}|\s")
"""What parts a headline; where words are not spaced a space does."""


def is_of_a_former(document: Document) -> bool:
    """Return whether all names of a title stand beside what somebody once was there, and no ban or closing apart from it."""
    titles = document.sentences_of(Segment.TITLE)
    names = [name for at in titles for name in document.names_in(at)]
    if not names:
        return False
    start, end = document.sentences[titles[0]].start, document.sentences[titles[-1]].end
    people = _people(document, start, end)
    return all(_is_beside(name, people) for name in names) and not any(
        _is_told_of_the_company(document, at, people) for at in titles
    )


def _people(document: Document, start: int, end: int) -> Sequence[tuple[int, int]]:
    """Return from where to where it is said who somebody was: "former managing director"."""
    reach = _POST_REACH_DENSE if Trait.DENSE in document.grammar.traits else _POST_REACH
    return [
        (min(was.start(), post.start()), max(was.end(), post.end()))
        for was in find_all(document, "former", start, end)
        for post in find_all(document, "posts", start, end)
        if max(was.start(), post.start()) - min(was.end(), post.end()) <= reach
    ]


def _is_beside(name: Name, people: Sequence[tuple[int, int]]) -> bool:
    return any(
        start - _NAME_REACH <= name.end and name.start <= end + _NAME_REACH for start, end in people
    )


def _is_told_of_the_company(
    document: Document, sentence: int, people: Sequence[tuple[int, int]]
) -> bool:
    """Return whether a part of a headline without such a person has a ban or closing, and a name there or in the part before.

    "X、工場を閉鎖 元従業員が会見" does, "X scandal: ex-boss barred" does not.
    """
    names = document.names_in(sentence)
    for cue in document.words_in("cue", sentence):
        if _TYPES.isdisjoint(cue.meaning.types):
            continue
        start, end = _part_of(document, sentence, cue.start, cue.end)
        if _is_among(people, start, end):
            continue
        before, _ = _part_of(document, sentence, start - 1, start - 1)
        # A name right behind somebody is only whose they were: "前高管 X 被禁业".
        if not _is_among(people, before - 2, start):
            start = before
        if any(start <= name.start < end for name in names):
            return True
    return False


def _is_among(people: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(start < last and first < end for first, last in people)


def _part_of(document: Document, sentence: int, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the part of a headline, between its signs, that has a cue."""
    first, last = document.sentences[sentence][:2]
    signs = _PARTS_DENSE if Trait.DENSE in document.grammar.traits else _PARTS
    text = document.folded.text
    before = [sign.end() for sign in signs.finditer(text, first, start)]
    behind = signs.search(text, end, last)
    return before[-1] if before else first, behind.start() if behind else last
