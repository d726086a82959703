"""Alike: of whom a sentence further down says that a ban or a closing hits them too.

"The same applies to X." "Y was blocked as well."
"""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.syntax.bystanders.outsiders import outsiders, spared_in
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.story.later import sentences_behind
from services.classifier.syntax.story.sides import is_denied_before

_ALIKE = 6
"""So many sentences behind the first that tells a ban or a closing may say whom it hits too."""

_BESIDE = 30
"""So many characters from the names the words for it may stand."""


def names_alike(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield the names of whom a later sentence says that the event hits them too."""
    taken = document.taken
    for index in _alike_sentences(document, event):
        words = document.words_in("alike", index)
        spared = spared_in(document, index) | outsiders(document, index)
        names = document.names_in(index)
        for chain in chains_of(document, names, document.grammar.articles):
            if (
                any(chain.apart(word) <= _BESIDE for word in words)
                and spared.isdisjoint(chain.names)
                and taken.isdisjoint(chain.companies)
            ):
                yield chain


def is_alike(document: Document, event: Candidate, told: Candidate) -> bool:
    """Return whether what a sentence tells is said to happen as an event did that stands before it."""
    if event.event_type == "acquisition" or event.event_type != told.event_type:
        return False
    places = _alike_sentences(document, event)
    return all(trigger.sentence in places and not trigger.is_negated for trigger in told.triggers)


def _alike_sentences(document: Document, event: Candidate) -> list[int]:
    """Return the sentences behind the first that tells an event which say that the same happens to others."""
    return [
        index
        for index in sentences_behind(document, event, within=_ALIKE)[1:]
        if any(
            not is_denied_before(document, index, word)
            for word in document.words_in("alike", index)
        )
        and not document.words_in("background", index)
        and not any(trigger.is_past for trigger in document.triggers_in(index))
    ]
