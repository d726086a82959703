"""Own closings: bans that are none, as whom nobody orders to takes what is its own away.

"Norvik pulls its app Pixeo from the store", "Balto takes Zelmo off the market", "Zelmo takes app off the
market": who owns the product may take it out of a store too, of others a store would.
"""

from __future__ import annotations

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import ends_pattern, harmless_pattern
from services.classifier.spans import Segment, Trigger
from services.classifier.syntax.story.kinship import Owners
from services.common.contracts.reading import Role

_SURE = 2.0
"""What a cue weighs that tells of a ban alone; what weighs less may as well be said of one's own product."""
_WITHDRAWING = frozenset({"active", "close", "store"})
"""Frames of a ban's cues that may take away what is one's own."""


def is_own_closing(document: Document, event: Candidate, owners: Owners) -> bool:
    """Return whether a ban is none: who "bans" takes away what is its own."""
    if event.event_type != "ban" or not all(t.frame in _WITHDRAWING for t in event.triggers):
        return False
    if _is_told_to(document, event):
        return False
    is_own = _is_of_its_owner(event, owners)
    return all(
        _takes_its_own(document, trigger) if is_own else _takes_off(document, event, trigger)
        for trigger in event.triggers
    )


def _takes_its_own(document: Document, trigger: Trigger) -> bool:
    """Return whether a cue whose target is its actor's own product may say that it takes it away."""
    is_unsure = trigger.weight < _SURE and trigger.frame == "active"
    return is_unsure or _says(document, "market", trigger) or _says(document, "store", trigger)


def _takes_off(document: Document, event: Candidate, trigger: Trigger) -> bool:
    """Return whether a cue says that a maker takes something off the market."""
    return (
        trigger.frame != "store"
        and _says(document, "market", trigger)
        and _is_by_a_maker(document, event, trigger)
    )


def _is_told_to(document: Document, event: Candidate) -> bool:
    """Return whether title, lead or a sentence of the event name an authority."""
    sentences = event.sentences
    return any(
        document.words_in("authority", index)
        for index, sentence in enumerate(document.sentences)
        if sentence.segment <= Segment.LEAD or index in sentences
    )


def _is_of_its_owner(event: Candidate, owners: Owners) -> bool:
    targets, actors = event.companies(Role.TARGET), event.companies(Role.ACTOR)
    return bool(targets and actors) and all(owners.get(target) in actors for target in targets)


def _says(document: Document, kind: str, trigger: Trigger) -> bool:
    """Return whether a cue, or its clause behind it, has a word for where something is taken from."""
    words = ends_pattern(kind, document.language)
    _, end = document.clause_of(trigger.sentence, trigger.start)
    return words.search(document.folded.text, trigger.start, max(trigger.end, end)) is not None


def _is_by_a_maker(document: Document, event: Candidate, trigger: Trigger) -> bool:
    """Return whether a company takes away another one, or one named alone before the verb its app or service."""
    if event.companies(Role.TARGET) and event.companies(Role.ACTOR):
        return True
    things = harmless_pattern("heads", document.language)
    names = document.names_in(trigger.sentence)
    return (
        things is not None
        and things.search(document.folded.text, trigger.start, trigger.end) is not None
        and bool(names)
        and all(name.end <= trigger.start for name in names)
    )
