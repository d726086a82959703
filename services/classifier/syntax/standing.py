"""Standing: what stands in the same sentence, asked alike of a trigger and of a cue that is none yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name, Sentence


class Standing(Protocol):
    """Something in a sentence of a document; all offsets belong to the document's folded text."""

    __slots__ = ()

    @property
    def document(self) -> Document:
        """Return the document."""

    @property
    def sentence(self) -> int:
        """Return the number of its sentence."""

    @property
    def text(self) -> str:
        """Return the folded text of the whole document."""
        return self.document.folded.text

    @property
    def language(self) -> str:
        """Return the document's language."""
        return self.document.language

    @property
    def grammar(self) -> Grammar:
        """Return how the document's language orders and marks things."""
        return self.document.grammar

    @property
    def span(self) -> Sentence:
        """Return its sentence."""
        return self.document.sentences[self.sentence]

    @property
    def names(self) -> Sequence[Name]:
        """Return the names of its sentence, in order."""
        return self.document.names_by_sentence.get(self.sentence, ())

    @property
    def countries(self) -> Iterator[Hit]:
        """Yield the words of its sentence that name a country, not those that only look like one."""
        return self.document.countries_in(self.sentence)

    def has_name(self, start: int, end: int) -> bool:
        """Return whether a name stands between two offsets of its sentence, or reaches in there."""
        return self.document.has_name(self.sentence, start, end)

    def names_between(self, start: int, end: int) -> list[Name]:
        """Return the names of its sentence that begin between two offsets, in order."""
        return self.document.names_between(self.sentence, start, end)

    def words(self, layer: str) -> Sequence[Hit]:
        """Return the hits of a layer in its sentence, in order."""
        return self.document.words_in(layer, self.sentence)

    def has_cue(self, start: int, end: int) -> bool:
        """Return whether a cue that says more than a hint begins between two offsets of its sentence."""
        return self.document.has_cue(self.sentence, start, end)
