"""Telling: a cue where it stands, before it is known whether it tells news or what was before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from services.classifier.document import Document, Name, Sentence
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.words import Hit

PARTS = re.compile(r"[,;:()،؛、，]|\s[-–—]\s")
"""What parts a cue from a time that says when something else was."""


class Telling(NamedTuple):
    """A cue of a sentence, with the bounds of its clause and the words for "after" there."""

    document: Document
    grammar: Grammar
    sentence: int
    hit: Hit
    clause: tuple[int, int]
    afters: tuple[Hit, ...]

    @classmethod
    def of(cls, document: Document, grammar: Grammar, sentence: int, hit: Hit) -> Telling:
        """Return a cue where it stands."""
        start, end = clause = document.clause_of(sentence, hit.start)
        afters = tuple(
            after for after in document.words_in("after", sentence) if start <= after.start < end
        )
        return cls(document, grammar, sentence, hit, clause, afters)

    @property
    def text(self) -> str:
        """Return the folded text of the whole document, to which all offsets belong."""
        return self.document.folded.text

    @property
    def language(self) -> str:
        """Return the document's language."""
        return self.document.language

    @property
    def span(self) -> Sentence:
        """Return the cue's sentence."""
        return self.document.sentences[self.sentence]

    @property
    def names(self) -> Sequence[Name]:
        """Return the names of the cue's sentence, in order."""
        return self.document.names_in(self.sentence)

    def words(self, layer: str) -> Sequence[Hit]:
        """Return the hits of a layer in the cue's sentence, in order."""
        return self.document.words_in(layer, self.sentence)

    def has_cue(self, start: int, end: int) -> bool:
        """Return whether a cue that says more than a hint begins between two offsets of the sentence."""
        return self.document.has_cue(self.sentence, start, end)
