"""Sentences: cuts a story into sentences, and says which are its title and lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.scripts import DENSE, SCRIPTS
from services.classifier.spans import Segment, Sentence

LEAD_SENTENCES = 2
_LEAD_CHARACTERS = 40
"""A shorter line (dateline, caption, byline) is no sentence of the lead."""
_LONGEST_TITLE = 150
"""Where the title is missing or furniture, the first line of the text stands for it, if it is short."""
# Line ends, sentence marks with the quotation marks behind them, full stops before a space. It begins
# with one set of characters, since those are found much sooner than alternatives.
_END = re.compile(
    r"[\n.。！？!?।॥۔؟]"
    r"(?:(?<=\n)\n*"
    r"""|(?<=\.)\.*["')\]”]*(?=\s)"""
    r"""|(?<![\n.])[。！？!?।॥۔؟]*["')\]”」』]*)"""
)
_SPACE_RUN = re.compile(r"\s+")
_THAI_SENTENCE = 110
_LONGEST = 600
"""What goes on longer is cut: no newspaper writes so, and who does what takes the square of its length."""


def split(document: Document) -> Document:
    """Return the document with its sentences; furniture belongs to none of the first segments."""
    text = document.folded.text
    title_end = text.find("\n")
    title_end = len(text) if title_end < 0 else title_end
    spans = _spans(text, document.grammar)
    body = sum([start >= title_end for start, _ in spans])
    tail_from = len(text) - max((len(text) - title_end) // 5, 0) if body > 8 else len(text) + 1
    sentences: list[Sentence] = []
    lead = 0
    has_title = False
    furniture = document.furniture
    for start, end in spans:
        if furniture and _is_furniture(furniture, start, end):
            segment = Segment.TAIL
        elif start < title_end or (not has_title and end - start <= _LONGEST_TITLE):
            segment = Segment.TITLE
            has_title = True
        elif lead < LEAD_SENTENCES:
            segment = Segment.LEAD
            lead += _is_full(text[start:end])
        else:
            segment = Segment.TAIL if start >= tail_from else Segment.BODY
        sentences.append(Sentence(start, end, segment))
    return document.but(
        sentences=tuple(sentences), sentence_starts=tuple([start for start, _ in spans])
    )


def _is_full(sentence: str) -> bool:
    """Return whether a sentence is long enough to be one of the lead."""
    if 2 * len(sentence) < _LEAD_CHARACTERS or len(sentence) >= _LEAD_CHARACTERS:
        return len(sentence) >= _LEAD_CHARACTERS
    dense = sum(SCRIPTS[character] in DENSE for character in sentence)
    return len(sentence) + dense >= _LEAD_CHARACTERS


def _spans(text: str, grammar: Grammar) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    letters = _letters_of_no_abbreviation(grammar)
    start = 0
    for found in _END.finditer(text):
        first, end = found.span()
        if text[first] == ".":
            # Where sentences do not end with a sign, a full stop is that of an abbreviation.
            if not grammar.has_spaces:
                continue
            # Nearly every word is longer than an abbreviation and has no stop in it: one look is enough.
            near = text[first - letters : first] if first > letters else ""
            if not near.isalpha() and _is_abbreviation(text, first, grammar):
                continue
        if not text[start:end].isspace():
            spans.append((start, end))
        start = end
    if text[start:].strip():
        spans.append((start, len(text)))
    if not grammar.has_spaces:
        spans = [piece for start, end in spans for piece in _pieces(text, start, end)]
    if all(end - start <= _LONGEST for start, end in spans):
        return spans
    return [part for start, end in spans for part in _parts(text, start, end)]


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence in parts of at most `_LONGEST` characters, cut at a space where there is one near."""
    while end - start > _LONGEST:
        space = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        cut = space + 1 if space >= 0 else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return a sentence of a language that has no full stop, a long one as pieces that end at a space."""
    if end - start <= _THAI_SENTENCE * 2:
        return [(start, end)]
    pieces: list[tuple[int, int]] = []
    begun = start
    for found in _SPACE_RUN.finditer(text, start, end):
        if found.end() - begun >= _THAI_SENTENCE:
            pieces.append((begun, found.end()))
            begun = found.end()
    if begun < end:
        pieces.append((begun, end))
    return pieces


def _is_abbreviation(text: str, stop: int, grammar: Grammar) -> bool:
    word_start = stop
    while word_start and not text[word_start - 1].isspace() and text[word_start - 1] not in '("':
        word_start -= 1
    word = text[word_start:stop]
    if word in grammar.abbreviations or (len(word) == 1 and word.isalpha()):
        return True
    return "." in word and all(len(piece) <= 2 for piece in word.split("."))


@lru_cache(maxsize=64)
def _letters_of_no_abbreviation(grammar: Grammar) -> int:
    return max(map(len, grammar.abbreviations), default=2) + 1


def _is_furniture(furniture: tuple[tuple[int, int], ...], start: int, end: int) -> bool:
    return any(first <= start and end <= last + 1 for first, last in furniture)
