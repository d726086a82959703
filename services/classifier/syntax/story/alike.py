"""Alike: of whom a sentence further down says that a ban or a closing hits them too.

"The same applies to X." "Y was blocked as well."
"""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.syntax.bystanders.outsiders import outsiders, spared_in
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.story.later import Later, later

_ALIKE = 6
"""So many sentences behind the first that tells a ban or a closing may say whom it hits too."""

_BESIDE = 30
"""So many characters from the names the words for it may stand."""


def names_alike(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield the names of whom a later sentence says that the event hits them too."""
    taken = document.taken
    for told in _alike(document, event):
        aside = spared_in(document, told.sentence) | outsiders(document, told.sentence)
        for chain in chains_of(document, told.names, document.grammar.articles):
            if (
                any(chain.apart(word) <= _BESIDE for word in told.words("alike"))
                and aside.isdisjoint(chain.names)
                and taken.isdisjoint(chain.companies)
            ):
                yield chain


def is_alike(document: Document, event: Candidate, told: Candidate) -> bool:
    """Return whether what a sentence tells is said to happen as an event did that stands before it."""
    if event.event_type == "acquisition" or event.event_type != told.event_type:
        return False
    places = {alike.sentence for alike in _alike(document, event)}
    return all(trigger.sentence in places and not trigger.is_negated for trigger in told.triggers)


def _alike(document: Document, event: Candidate) -> Iterator[Later]:
    """Yield the sentences behind the first that tells an event which say that the same happens to others."""
    for told in later(document, event, within=_ALIKE)[1:]:
        if (
            not all(map(told.denies, told.words("alike")))
            and not told.has("background")
            and not any(trigger.is_past for trigger in told.triggers)
        ):
            yield told
