"""Scene: a trigger where it stands, so that what is asked about it takes one value instead of three."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.classifier.document import Document, Name, Sentence, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.words import Hit


class Scene(NamedTuple):
    """A trigger in its document, and the language's grammar: what stands in its sentence is asked of it."""

    document: Document
    grammar: Grammar
    trigger: Trigger

    def of(self, trigger: Trigger) -> Scene:
        """Return the scene of another trigger of the document."""
        return Scene(self.document, self.grammar, trigger)

    @property
    def text(self) -> str:
        """Return the folded text of the whole document, to which all offsets belong."""
        return self.document.folded.text

    @property
    def language(self) -> str:
        """Return the document's language."""
        return self.document.language

    @property
    def cue(self) -> str:
        """Return the words of the trigger itself."""
        return self.document.folded.text[self.trigger.start : self.trigger.end]

    @property
    def sentence(self) -> Sentence:
        """Return the trigger's sentence."""
        return self.document.sentences[self.trigger.sentence]

    @property
    def clause(self) -> tuple[int, int]:
        """Return the bounds of the trigger's clause."""
        return self.document.clause_of(self.trigger.sentence, self.trigger.start)

    @property
    def names(self) -> Sequence[Name]:
        """Return the names of the trigger's sentence, in order."""
        return self.document.names_in(self.trigger.sentence)

    @property
    def triggers(self) -> Sequence[Trigger]:
        """Return the triggers of the same sentence, this one among them, in order."""
        return self.document.triggers_in(self.trigger.sentence)

    def words(self, layer: str) -> Sequence[Hit]:
        """Return the hits of a layer in the trigger's sentence, in order."""
        return self.document.words_in(layer, self.trigger.sentence)

    def has_cue(self, start: int, end: int) -> bool:
        """Return whether a cue that says more than a hint begins between two offsets of the sentence."""
        return self.document.has_cue(self.trigger.sentence, start, end)
