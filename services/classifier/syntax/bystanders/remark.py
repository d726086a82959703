"""Remark: a word of `onlookers.yml` where it stands, which says of a name beside it that it has no part."""

from __future__ import annotations

from typing import NamedTuple

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name
from services.classifier.syntax.names.chains import chains_of
from services.classifier.syntax.names.conjunctions import is_and
from services.classifier.syntax.standing import Standing


class _Fields(NamedTuple):
    document: Document
    sentence: int
    word: Hit


class Remark(_Fields, Standing):
    """A word of `onlookers.yml` where it stands."""

    __slots__ = ()

    @property
    def kind(self) -> str:
        """Return on which side of it the name stands, or what it says of it."""
        return self.word.meaning.name

    @property
    def events(self) -> str:
        """Return of which events it says that, as its key names them."""
        return self.word.meaning.frame

    @property
    def before(self) -> list[Name]:
        """Return the names that end before it."""
        return [name for name in self.names if name.end <= self.word.start]

    @property
    def behind(self) -> list[Name]:
        """Return the names that begin behind it."""
        return [name for name in self.names if name.start >= self.word.end]

    def row_of(self, name: Name) -> tuple[Name, ...]:
        """Return the names of the row in which a name of its sentence stands."""
        return next(c.names for c in chains_of(self.document, self.names) if name in c.names)

    def is_and(self, start: int, end: int) -> bool:
        """Return whether nothing but a word for "and" stands between two offsets."""
        return is_and(self.text[start:end], self.language)

    def joined(self, names: list[Name]) -> list[Name]:
        """Return the last of names, with those that an "and" joins to it."""
        row = [names[-1]]
        for name in reversed(names[:-1]):
            if not self.is_and(name.end, row[0].start):
                break
            row.insert(0, name)
        return row
