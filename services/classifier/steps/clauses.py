"""Clauses: cuts those sentences into clauses that have cues; what a cue says is said in its clause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from services.classifier.document import Document
from services.classifier.lexicon.forms import NOTHING, any_of
from services.classifier.lexicon.grammar import Grammar, HalfSign
from services.classifier.lexicon.scripts import HANGUL, SPACED, WORD_BEGINS, WORD_ENDS, script_of
from services.classifier.spans import Name, Segment, Sentence
from services.common.ids import CompanyId

_SHORTEST_CLAUSE = 30
"""A comma sooner than that stands in a list."""
_SHORTEST_SUBORDINATE = 12
_SPACED = SPACED | {HANGUL}
_CLAUSE_SIGNS = r"[;:()،؛]|\s-\s"
_BRACKETS = re.compile(r"\([^()]{1,40}\)")
_BEHIND_A_NAME = 3
_HALF_SIGNS = {HalfSign.DOTS: r"(?<=\D)\.+(?=\S)", HalfSign.SPACE: " ", HalfSign.COMMA: ","}
_AROUND_A_TOPIC = " \"'()《》"


def cut(document: Document) -> Document:
    """Return the document with the clauses of every sentence that has a cue."""
    with_cues = document.words.get("cue", {})
    text = document.folded.text
    sentences = list(document.sentences)
    for index in with_cues:
        start, end, segment, *_ = sentences[index]
        breaks = tuple(_breaks(text, start, end, document.grammar))
        if breaks:
            asides = [
                *_enclosed(document, index),
                *_asides(document, index),
                *_dashes(document, index),
            ]
            breaks = tuple(at for at in breaks if not _is_within(at, asides))
        halves = tuple(_halves(document, index)) if segment is Segment.TITLE else ()
        sentences[index] = Sentence(start, end, segment, breaks, halves)
    return document.but(sentences=tuple(sentences))


def _halves(document: Document, index: int) -> Iterator[int]:
    """Yield where a headline goes on with something else: "노르빅, 젤모 인수…발토 추격".

    Who stands alone before the sign is the subject of what follows: "ノルヴィク ゼルモを買収".
    """
    if not document.grammar.halves:
        return
    start, end, *_ = document.sentences[index]
    text = document.folded.text
    cues = document.words_in("cue", index)
    names = document.names_in(index)
    begun = start
    for found in _half_pattern(document.grammar).finditer(text, start, end):
        at = found.end()
        is_within = any(cue.start < at < cue.end for cue in cues) or any(
            name.start < at < name.end for name in names
        )
        if is_within or not text[at:end].strip():
            continue
        is_told = any(begun <= cue.start < at for cue in cues)
        before = text[begun : found.start()].rstrip(_AROUND_A_TOPIC)
        is_topic = any(name.end == begun + len(before) for name in names)
        if is_told or not is_topic:
            yield at
        begun = at


@lru_cache(maxsize=64)
def _half_pattern(grammar: Grammar) -> re.Pattern[str]:
    return re.compile("|".join(_HALF_SIGNS[sign] for sign in sorted(grammar.halves)))


def _enclosed(document: Document, index: int) -> list[tuple[int, int]]:
    """Return names with what hangs on them: "Norvik (NYSE: NVK)"; see `link`."""
    return [name[:2] for name in document.names_in(index) if name[:2] in document.spelled]


def _asides(document: Document, index: int) -> list[tuple[int, int]]:
    """Return brackets right behind a name that only add to it: "Norvik (the largest of them)"; they cut nothing.

    What names somebody else or has a cue may tell a story of its own: "Norvik (bought by Zelmo)".
    """
    start, end, *_ = document.sentences[index]
    text = document.folded.text
    if "(" not in text[start:end]:
        return []
    names = document.names_in(index)
    cues = document.words_in("cue", index)
    return [
        found.span()
        for found in _BRACKETS.finditer(text, start, end)
        if (owners := _right_before(names, found.start()))
        and not any(found.start() < cue.start < found.end() for cue in cues)
        and all(
            name.company in owners for name in names if found.start() < name.start < found.end()
        )
    ]


def _dashes(document: Document, index: int) -> list[tuple[int, int]]:
    """Return dashes between two names, which make them a pair: "the Norvik - Zelmo deal"."""
    text = document.folded.text
    names = document.names_in(index)
    return [
        (name.end, following.start)
        for name, following in pairwise(names)
        if text[name.end : following.start].strip() == "-"
    ]


def _right_before(names: Sequence[Name], at: int) -> set[CompanyId]:
    return {name.company for name in names if 0 <= at - name.end < _BEHIND_A_NAME}


def _is_within(at: int, asides: Iterable[tuple[int, int]]) -> bool:
    """Return whether a break begins at a bracket's first sign, inside of it or right behind it."""
    return any(start <= at <= end for start, end in asides)


def _breaks(text: str, start: int, end: int, grammar: Grammar) -> Iterator[int]:
    """Yield where clauses begin: at a sign or a conjunction; in verb-last languages behind it."""
    if grammar.order == "sov":
        begun = start
        for found in _clause_pattern(grammar, ",،、").finditer(text, start, end):
            is_list = found[0] in ",،、" and found.end() - begun < _SHORTEST_CLAUSE
            if not is_list:
                yield found.end()
                begun = found.end()
        return
    is_subordinate = False
    begun = start
    relatives = _relatives_behind_a_comma(grammar)
    for found in _clause_pattern(grammar, ",").finditer(text, start, end):
        if found[0] == ",":
            # "After weeks of talks, they gave up": the comma ends what the conjunction began.
            if is_subordinate and found.start() - begun >= _SHORTEST_SUBORDINATE:
                yield found.end()
                is_subordinate = False
            elif relatives and text.startswith(relatives, found.end()):
                begun = found.end() + 1
                is_subordinate = True
                yield begun
            continue
        is_subordinate = found[0][0].isalpha()
        begun = found.start()
        if begun > start:
            yield begun


@lru_cache(maxsize=64)
def _relatives_behind_a_comma(grammar: Grammar) -> tuple[str, ...]:
    """Return relatives that are other words too without a comma before them: "dice que", ", que"."""
    if grammar.is_verb_last:
        return ()
    return tuple(f" {word} " for word in grammar.relative if word not in grammar.breaks)


@lru_cache(maxsize=64)
def _clause_pattern(grammar: Grammar, commas: str) -> re.Pattern[str]:
    signs = rf"{_CLAUSE_SIGNS}|[{commas}]" if commas else _CLAUSE_SIGNS
    spaced = any_of(
        word
        for word in grammar.breaks
        if script_of(word[-1]) in _SPACED and not word.startswith("*")
    )
    unspaced = any_of(word for word in grammar.breaks if script_of(word[-1]) not in _SPACED)
    glued = any_of(word[1:] for word in grammar.breaks if word.startswith("*"))
    patterns = (
        signs,
        rf"(?:{glued}){WORD_ENDS}",
        rf"{WORD_BEGINS}(?:{spaced}){WORD_ENDS}",
        unspaced,
    )
    return re.compile("|".join(pattern for pattern in patterns if NOTHING not in pattern))
