"""Subjects: who blocks or shuts something and can forbid or end nothing: farmers, strikers, protesters."""

from __future__ import annotations

from services.classifier.blocking.harmless_words import find_all
from services.classifier.document import Document
from services.classifier.lexicon.words import Hit

_TYPES = frozenset({"ban", "shutdown"})
_BEFORE_REACH = 14
"""Between who does it and the verb: "farmers in the north block"."""
_BEHIND_REACH = 16
"""Between a passive and who did it: "blocked by angry farmers"."""


def harm_of_crowd(document: Document, sentence: int, cue: Hit) -> str | None:
    """Return the kind of a ban's or a closing's cue that a crowd is behind, None where none is."""
    is_theirs = not _TYPES.isdisjoint(cue.meaning.types) and _is_by_protesters(
        document, sentence, cue
    )
    return "figurative" if is_theirs else None


def _is_by_protesters(document: Document, sentence: int, cue: Hit) -> bool:
    """Return whether a crowd stands right before a verb that blocks or closes, or right behind its passive.

    Not where an authority is named in the sentence: it may have done it because of them.
    """
    is_passive = cue.meaning.frame == "passive"
    if not is_passive and cue.meaning.frame not in {"active", "close"}:
        return False
    first = cue.end if is_passive else max(cue.start - 2 * _BEFORE_REACH, 0)
    last = cue.end + 2 * _BEHIND_REACH if is_passive else cue.start
    start, end = document.clause_of(sentence, cue.start)
    return any(
        (found.start() - cue.end <= _BEHIND_REACH)
        if is_passive
        else (
            cue.start - found.end() <= _BEFORE_REACH
            and not any(
                found.end() <= name.start < cue.start for name in document.names_in(sentence)
            )
        )
        for found in find_all(document, "protesters", max(first, start), min(last, end))
    ) and not document.words_in("authority", sentence)
