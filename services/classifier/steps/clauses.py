"""Clauses: cuts those sentences into clauses that have cues; what a cue says is said in its clause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from services.classifier.document import Document, Sentence
from services.classifier.lexicon.load import Grammar
from services.classifier.lexicon.scripts import HANGUL, SPACED, script_of

_SHORTEST_CLAUSE = 30
"""A comma sooner than that stands in a list."""
_SHORTEST_SUBORDINATE = 12
_SPACED = SPACED | {HANGUL}
_CLAUSE_SIGNS = r"[;:—()،；：（）]|\s-\s"


def cut(document: Document, *, grammar: Grammar) -> Document:
    """Return the document with the clauses of every sentence that has a cue."""
    with_cues = document.words.get("cue", {})
    text = document.folded.text
    sentences = list(document.sentences)
    for index in with_cues:
        start, end, segment, _ = sentences[index]
        sentences[index] = Sentence(start, end, segment, tuple(_breaks(text, start, end, grammar)))
    return document.but(sentences=tuple(sentences))


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
    for found in _clause_pattern(grammar, ",").finditer(text, start, end):
        if found[0] == ",":
            # "After weeks of talks, they gave up": the comma ends what the conjunction began.
            if is_subordinate and found.start() - begun >= _SHORTEST_SUBORDINATE:
                yield found.end()
                is_subordinate = False
            continue
        is_subordinate = found[0][0].isalpha()
        begun = found.start()
        if begun > start:
            yield begun


@lru_cache(maxsize=64)
def _clause_pattern(grammar: Grammar, commas: str) -> re.Pattern[str]:
    signs = rf"{_CLAUSE_SIGNS}|[{commas}]" if commas else _CLAUSE_SIGNS
    spaced = _any_of(word for word in grammar.breaks if script_of(word[-1]) in _SPACED)
    unspaced = _any_of(word for word in grammar.breaks if script_of(word[-1]) not in _SPACED)
    patterns = [signs]
    if spaced:
        patterns.append(rf"(?<!\w)(?:{spaced})(?!\w)")
    if unspaced:
        patterns.append(unspaced)
    return re.compile("|".join(patterns))


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
