"""Telling: a cue where it stands, before it is known whether it tells of an event, and whether that is news."""

from __future__ import annotations

import re
from typing import NamedTuple

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.standing import Standing

PARTS = re.compile(r"[,;:()،؛、]|\s-\s")
"""What parts a cue from a time that says when something else was."""


class _Fields(NamedTuple):
    document: Document
    sentence: int
    hit: Hit
    clause: tuple[int, int]


class Telling(_Fields, Standing):
    """A cue of a sentence, with the bounds of its clause."""

    __slots__ = ()

    @classmethod
    def of(cls, document: Document, sentence: int, hit: Hit) -> Telling:
        """Return a cue where it stands."""
        return cls(document, sentence, hit, document.clause_of(sentence, hit.start))

    @property
    def afters(self) -> list[Hit]:
        """Return the words for "after" in its clause."""
        start, end = self.clause
        return [after for after in self.words("after") if start <= after.start < end]
