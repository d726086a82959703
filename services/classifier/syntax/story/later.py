"""Later: a sentence at or behind the one that first tells an event, asked who else has a part in that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name, Trigger
from services.classifier.syntax.holder_words import tells_of
from services.classifier.syntax.names.beside import Beside, beside_of
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.scene import Scene
from services.classifier.syntax.standing import Standing
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

DENIAL = 12
"""So many characters before a word its denial may begin: "не является продавцом", not "not the only seller"."""
_TOLD = 2.0
"""What its cues must weigh for a sentence to tell something."""


class _Fields(NamedTuple):
    document: Document
    event: Candidate
    sentence: int


class Later(_Fields, Standing):
    """A sentence of a document at which an event is already told."""

    __slots__ = ()

    @property
    def triggers(self) -> Sequence[Trigger]:
        """Return the triggers that stand in it, in order."""
        return self.document.triggers_in(self.sentence)

    @property
    def rows(self) -> list[Chain]:
        """Return its names, each row of them as one."""
        return chains_of(self.document, self.names)

    @property
    def tells_something(self) -> bool:
        """Return whether it surely tells an event, this one or another."""
        return any(trigger.score >= _TOLD for trigger in self.triggers)

    @property
    def tells_of_another_type(self) -> bool:
        """Return whether it surely tells an event of another type."""
        return any(
            trigger.event_type != self.event.event_type and trigger.score >= _TOLD
            for trigger in self.triggers
        )

    def has(self, *layers: str) -> bool:
        """Return whether a word of one of the layers stands in it."""
        return any(self.words(layer) for layer in layers)

    def tells_of(self, kind: str) -> bool:
        """Return whether a word of a kind of `holders.yml` stands in it."""
        return tells_of(kind, self.document, *self.span[:2])

    def denies(self, word: Hit) -> bool:
        """Return whether a denial stands right before a word: "will not go to X"; what a word holds is its own."""
        return any(
            word.start - denial.start <= DENIAL
            for denial in self.document.denials_before(self.sentence, word.start, within=DENIAL)
        )

    def only_row(self, names: Collection[Name], *, taken: Collection[CompanyId]) -> Chain | None:
        """Return the one row that some of its names make; None where they make more, or one of them is `taken`."""
        chains = chains_of(self.document, tuple(names))
        return chains[0] if len(chains) == 1 and chains[0].companies.isdisjoint(taken) else None

    def beside(self, chain: Chain) -> Beside:
        """Return what stands beside a row of its names, for the cue that tells the event first."""
        return beside_of(Scene(self.document, self.event.first), chain)


def is_told_in_front(document: Document, event: Candidate) -> bool:
    """Return whether title or lead first tell an event, as news, and of whom or what."""
    first = event.first
    return (
        Role.TARGET in event.roles.values()
        and not first.is_past
        and document.in_front(first.sentence)
    )


def from_first(document: Document, event: Candidate, *, within: int) -> list[Later]:
    """Return the sentence that first tells an event and those at most `within` behind it, to be asked of the event."""
    sentences = document.sentences_from(event.first.sentence, within=within)
    return [Later(document, event, sentence) for sentence in sentences]


def later(document: Document, event: Candidate, *, within: int) -> list[Later]:
    """Return `from_first` of an event that title or lead tell; none of one that a body does."""
    return from_first(document, event, within=within) if is_told_in_front(document, event) else []
