"""Later: a sentence behind the one that first tells an event, asked who else has a part in that."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.spans import Name
from services.classifier.syntax.holder_words import tells_of
from services.classifier.syntax.names.beside import Beside, beside_of
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.scene import Scene
from services.classifier.syntax.standing import Standing
from services.classifier.syntax.story.sides import is_told_in_front
from services.common.ids import CompanyId


class _Fields(NamedTuple):
    document: Document
    event: Candidate
    sentence: int


class Later(_Fields, Standing):
    """A sentence of a document at which an event is already told."""

    __slots__ = ()

    def has(self, *layers: str) -> bool:
        """Return whether a word of one of the layers stands in it."""
        return any(self.words(layer) for layer in layers)

    def tells_of(self, kind: str) -> bool:
        """Return whether a word of a kind of `holders.yml` stands in it."""
        return tells_of(kind, self.document, *self.span[:2])

    def only_row(self, names: Collection[Name], *, taken: Collection[CompanyId]) -> Chain | None:
        """Return the one row that some of its names make; None where they make more, or one of them is `taken`."""
        chains = chains_of(self.document, tuple(names))
        return chains[0] if len(chains) == 1 and chains[0].companies.isdisjoint(taken) else None

    def beside(self, chain: Chain) -> Beside:
        """Return what stands beside a row of its names, for the cue that tells the event first."""
        return beside_of(Scene(self.document, self.event.first), chain)


def sentences_behind(document: Document, event: Candidate, *, within: int) -> range:
    """Return the sentence that first tells an event and those at most `within` behind it; none where a body does."""
    if not is_told_in_front(document, event):
        return range(0)
    return document.sentences_from(event.first.sentence, within=within)


def later(document: Document, event: Candidate, *, within: int) -> Iterator[Later]:
    """Yield `sentences_behind`, to be asked of the event."""
    for sentence in sentences_behind(document, event, within=within):
        yield Later(document, event, sentence)
