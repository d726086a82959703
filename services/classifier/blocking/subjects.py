"""Subjects: who can forbid or end nothing: farmers who block a road, parents who demand a ban."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from services.classifier.blocking.harmless_words import find_all, may_stand
from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import NOUNS
from services.classifier.syntax.telling import Telling
from services.common.contracts.reading import Stage

_TYPES = frozenset({"ban", "shutdown"})
_BEFORE_REACH = 14
"""Between who does it and the verb: "farmers in the north block"."""
_BEHIND_REACH = 16
"""Between a passive and who did it: "blocked by angry farmers"."""
_CALLER_REACH = 24
"""Between who demands and the verb: "parents in three towns demand"."""
_CALL_REACH = 12
"""Between a demand and its noun: "demand an immediate ban"."""
_LAST_REACH = 24
"""Between a noun and the demand that ends a verb-last clause; who demands it may stand there."""
_PARTS = re.compile(r"[.:;,、،؛()]|\s-\s")
_VERB_REACH = 6
"""Between a demand and its verb: "want to ban"."""
_PASSIVE_REACH = 16
"""The same, without the names that stand there: "call for X to be banned"."""


def harm_of_crowd(telling: Telling) -> str | None:
    """Return the kind of a ban's or a closing's cue that a crowd is behind, None where none is."""
    if _TYPES.isdisjoint(telling.hit.meaning.types) or telling.words("authority"):
        return None  # an authority may have done it because of them
    if _is_by_protesters(telling):
        return "figurative"
    return "protest" if _is_only_called_for(telling) else None


def without_calls(document: Document) -> Mapping[int, Sequence[Hit]]:
    """Return the words of stages without those by which a crowd asks for something: that proposes nothing.

    "Customers demand their money back: X closes all shops".
    """
    words = document.words.get("stage", {})
    if not may_stand(document, "calls", 0, len(document.folded.text)):
        return words
    return {
        sentence: [hit for hit in hits if not _is_a_call(document, sentence, hit)]
        for sentence, hits in words.items()
    }


def _is_a_call(document: Document, sentence: int, word: Hit) -> bool:
    if word.meaning.name != Stage.PROPOSED or document.words_in("authority", sentence):
        return False
    if any(other.meaning.name == Stage.REVERSED for other in document.words_in("stage", sentence)):
        return False  # who asks for its end says that a ban is in force
    start, end, *_ = document.sentences[sentence]
    calls = [
        call.span()
        for call in find_all(document, "calls", max(start, word.start - 1), min(end, word.end + 1))
        if call.start() < word.end and word.start < call.end()
    ]
    return any(
        _are_beside(document, sentence, caller.span(), call)
        for caller in (find_all(document, "callers", start, end) if calls else ())
        for call in calls
    )


def _is_only_called_for(telling: Telling) -> bool:
    """Return whether somebody without the power to do it asks for a ban or a closing.

    "Parents demand a ban on X"; what they demand for another reason is none: "users demand refunds as X closes".
    """
    document = telling.document
    start, end, *_ = telling.span
    if not may_stand(document, "callers", start, end):
        return False
    calls = [
        (call.start(), call.end())
        for call in find_all(document, "calls", start, end)
        if _is_about(telling, call.start(), call.end())
    ]
    return any(
        _is_theirs(document, telling.sentence, caller.span(), call, telling.hit)
        for caller in (find_all(document, "callers", start, end) if calls else ())
        for call in calls
    )


def _is_about(telling: Telling, start: int, end: int) -> bool:
    """Return whether what a call from here to there is about is a cue."""
    cue = telling.hit
    if start >= cue.start:
        return start < cue.end or (
            telling.grammar.order == "sov"
            and start - cue.end <= _LAST_REACH
            and _PARTS.search(telling.text, cue.end, start) is None
        )
    if _PARTS.search(telling.text, end, cue.start):
        return False
    if cue.meaning.frame in NOUNS:
        return cue.start - end <= _CALL_REACH
    if cue.meaning.frame != "passive":
        return cue.start - end <= _VERB_REACH
    names = telling.names_between(end, cue.start)
    return cue.start - end - sum(name.end - name.start for name in names) <= _PASSIVE_REACH


def _is_theirs(
    document: Document,
    sentence: int,
    caller: tuple[int, int],
    call: tuple[int, int],
    cue: Hit,
) -> bool:
    """Return whether who calls stands close to the call and no name between them, or before all of a verb-last clause."""
    if caller[1] <= cue.start <= call[0]:
        begins = [name.start for name in document.names_between(sentence, caller[1], cue.start)]
        return min((*begins, cue.start)) - caller[1] <= _CALLER_REACH
    return _are_beside(document, sentence, caller, call)


def _are_beside(
    document: Document, sentence: int, caller: tuple[int, int], call: tuple[int, int]
) -> bool:
    """Return whether who calls stands close to the call, and no name between them."""
    first, last = sorted((caller, call))
    return last[0] - first[1] <= _CALLER_REACH and not document.names_between(
        sentence, first[1], last[0]
    )


def _is_by_protesters(telling: Telling) -> bool:
    """Return whether a crowd stands right before a verb that blocks or closes, or right behind its passive.

    No sign parts the two: "plant closed, 900 workers lose their jobs".
    """
    cue = telling.hit
    is_passive = cue.meaning.frame == "passive"
    if not is_passive and cue.meaning.frame not in {"active", "close"}:
        return False
    first = cue.end if is_passive else max(cue.start - 2 * _BEFORE_REACH, 0)
    last = cue.end + 2 * _BEHIND_REACH if is_passive else cue.start
    start, end = telling.clause
    text = telling.text
    return any(
        (
            found.start() - cue.end <= _BEHIND_REACH
            and not _PARTS.search(text, cue.end, found.start())
        )
        if is_passive
        else (
            cue.start - found.end() <= _BEFORE_REACH
            and not telling.names_between(found.end(), cue.start)
        )
        for found in find_all(telling.document, "protesters", max(first, start), min(last, end))
    )
