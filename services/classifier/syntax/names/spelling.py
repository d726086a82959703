"""Spelling: whether a word stands as names do, and what its capital says: little where all words have one.

"Zoom buys", but no "the zoom", "Tom Cruise", "Orange alert" or, in a title, "Block" alone.
"""

from __future__ import annotations

import re

from services.classifier.document import Document, remembered
from services.classifier.lexicon.scripts import SCRIPTS
from services.classifier.lexicon.shared_words import deeds_pattern, deeds_words, particles

_NEAREST = 12
"""How many characters beside a name are looked at for the script of its text."""

_WORD = re.compile(r"[^\W\d_][^\s.,;:!?()\"“”„«»|/]*")
_WORD_BEFORE = re.compile(r"([^\s.,;:!?()\"“”„«»|/—–-]+) $")
_WORD_BEHIND = re.compile(r" ([^\s.,;:!?()\"“”„«»|/—–-]+)")
STOP_BEHIND = re.compile(r"['\")]*(?:[.,;:!?)|/\n]|\s+[-–—|(]|\s*\Z)")
"""What ends a clause, or all."""
_STARTS_ANEW = re.compile(r"(?:^|[.:;!?|\"'“„«»(]|\s[-–—])[\s\"'“„«(]*$")
_LETTER = re.compile(r"\b[A-Z]\b(?!\.\w)")
_SMALL = frozenset("AEIOU")
"""Words of one letter."""
_FIGURE = re.compile(r" ?[\d$€£¥₹]")


def stands_as_name(document: Document, start: int, end: int) -> bool:
    """Return whether nothing beside a name makes it a word or part of a longer name: an article, another capital."""
    text, sentence = document.folded.text, document.sentences[document.sentence_at(start)]
    if not _written(document, start, start + 1).isupper():
        return False
    if start and text[start - 1] in "-_@/&.":
        return False
    if text.startswith("-", end) and not deeds_pattern("glued", document.language).match(
        text, end + 1
    ):
        return False
    if _is_word_too(document, start, end):
        return False
    before = _WORD_BEFORE.search(text[sentence.start : start])
    return before is None or not (
        before[1].isdecimal() or before[1] in deeds_words("articles", document.language)
    )


def follows_a_capital(document: Document, start: int) -> bool:
    """Return whether the word before a name has a capital too, as if both were one: "Tom Cruise", "Generation X"."""
    sentence = document.sentences[document.sentence_at(start)]
    before = _WORD_BEFORE.search(document.folded.text[sentence.start : start])
    if before is None or before[1].endswith(("'s", "s'")):
        return False
    at = sentence.start + before.start()
    return _written(document, at, at + 1).isupper()


def belongs(document: Document, start: int) -> bool:
    """Return whether somebody else is told of, whom a name only belongs to: "the mayor of Orange bans"."""
    text, sentence = document.folded.text, document.sentences[document.sentence_at(start)]
    if start and text[start - 1] == "'":
        return True
    before = _WORD_BEFORE.search(text[sentence.start : start])
    return before is not None and before[1] in deeds_words("link", document.language)


def is_lettered(document: Document, start: int, end: int) -> bool:
    """Return whether a name of one letter stands beside another one, as companies X and Y do."""
    if end - start > 1:
        return False
    sentence = document.sentences[document.sentence_at(start)]
    letters = set(_LETTER.findall(_written(document, sentence.start, sentence.end)))
    return len(letters - _SMALL) > 1


def ends_there(document: Document, end: int) -> bool:
    """Return whether what stands behind a name is no more of a name or a thing."""
    text = document.folded.text
    if STOP_BEHIND.match(text, end) or _FIGURE.match(text, end):
        return True
    behind = _WORD_BEHIND.match(text, end)
    if behind is not None and behind[1] in deeds_words("and", document.language):
        return _written(document, behind.end() + 1, behind.end() + 2).isupper()
    return (
        behind is not None
        and behind[1] in deeds_words("next", document.language)
        and _written(document, behind.start(1), behind.start(1) + 1).islower()
    )


def is_marked(document: Document, start: int, end: int) -> bool:
    """Return whether a name's spelling says that it is one: capitals where words have none."""
    at = document.sentence_at(start)
    sentence = document.sentences[at]
    if is_titled(document, at):
        return False
    if end - start > 1 and _written(document, start, end).isupper():
        return True
    if document.grammar.names.has_capital_nouns:
        return False
    return not _STARTS_ANEW.search(document.folded.text[sentence.start : start])


def is_plain(document: Document, start: int, end: int) -> bool:
    """Return whether a name among capitals only is an everyday word: "Mayor Shuts Subway" shuts no company."""
    at = document.sentence_at(start)
    return document.folded.text[start:end] in document.grammar.common and is_titled(document, at)


@remembered
def is_titled(document: Document, sentence: int) -> bool:
    """Return whether all words of a sentence but small ones have a capital, so that capitals say nothing."""
    span = document.sentences[sentence]
    small = particles("small", document.language)
    return not any(
        word[0].islower() and word not in small
        for word in _WORD.findall(_written(document, span.start, span.end))
    )


def is_foreign(text: str, start: int, end: int) -> bool:
    """Return whether the letters nearest to a name are of another script."""
    script = SCRIPTS[text[start]]
    around = (reversed(text[max(start - _NEAREST, 0) : start]), text[end : end + _NEAREST])
    nearest = (next((SCRIPTS[char] for char in side if char.isalpha()), script) for side in around)
    return any(near != script for near in nearest)


def _is_word_too(document: Document, start: int, end: int) -> bool:
    """Return whether the sentence has the same letters in lower case too: "Threads ban … political threads"."""
    sentence = document.sentences[document.sentence_at(start)]
    name = document.folded.text[start:end]
    written = _written(document, sentence.start, sentence.end)
    return re.search(rf"(?<!\w){re.escape(name)}s?(?!\w)", written) is not None


def _written(document: Document, start: int, end: int) -> str:
    folded = document.folded
    return document.whole[folded.original(start) : folded.original(end)]
