"""Own words: what stands within the words of a cue itself and is no other subject: "nimmt X von der Börse"."""

from __future__ import annotations

from services.classifier.blocking.harmless_words import find
from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.telling import Telling

_SURE = 2.0
"""What a cue weighs that is no figure of speech by itself."""


def are_its_own(document: Document, sentence: int, cue: Hit, start: int, end: int) -> bool:
    """Return whether what stands between two offsets is part of a cue's own words, which tell an event.

    Who "takes the helm at X" buys it only as a company; a person, or who has a post, does not. Who "forbids
    its staff to use" something bans it only if that has a name.
    """
    if not cue.owns(start, end):
        return False
    if "acquisition" in cue.meaning.types:
        return _is_between_companies(document, sentence, cue)
    if "ban" in cue.meaning.types:
        return cue.meaning.frame == "active" and any(
            name.start > cue.start for name in document.names_in(sentence)
        )
    return cue.meaning.weight >= _SURE


def are_its_own_before_its_end(telling: Telling, start: int, end: int) -> bool:
    """Return the same of what an object may be: "ferme les vannes de sa raffinerie", not "ferme les vannes"."""
    cue = telling.hit
    return end < cue.end and are_its_own(telling.document, telling.sentence, cue, start, end)


def _is_between_companies(document: Document, sentence: int, cue: Hit) -> bool:
    """Return whether a clause has a tracked company before a cue, without a post, and another one behind."""
    first, last = document.clause_of(sentence, cue.start)
    names = document.names_between(sentence, first, last)
    before = {name.company for name in names if name.end <= cue.start}
    behind = {name.company for name in names if name.start > cue.start}
    return bool(before and behind - before) and not find(document, "posts", first, cue.start)
