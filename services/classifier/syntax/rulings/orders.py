"""Orders: whether a closing is a ban, because an authority or a state closes something or has it closed.

"Government wants to shut down X", "责令X关停", "Court: X must shut plant".
"""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.document import Document, Name, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import (
    ends_pattern,
)
from services.classifier.syntax.names.chains import COLONS
from services.classifier.syntax.names.markers import ends_with_word
from services.classifier.syntax.rulings.agents import ORDER_REACH, may_be_ordered
from services.classifier.syntax.rulings.closers import closes_itself, is_an_owners

_TOUCHING = 3
_ARTICLE = 4
_OPENING_REACH = 12
_TO_ITS_ACT = 12
"""So much stands between "must" and a closing, names aside: "must shut", "muss Zelmo-Werk schließen"."""


def is_ordered(document: Document, grammar: Grammar, trigger: Trigger) -> bool:
    """Return whether a closing cue says that an authority or a state closes something, or has it closed."""
    return (
        _is_part_of_an_order(document, trigger)
        or (closes_itself(document, grammar, trigger) and not is_an_owners(document, trigger))
        or _is_told_to_close(document, grammar, trigger)
        or _has_to_by_what_is_said(document, trigger)
    )


def _is_part_of_an_order(document: Document, trigger: Trigger) -> bool:
    """Return whether a closing cue stands in a ban's cue or touches it: "责令X关停", "閉鎖を命令"."""
    return any(
        other.event_type == "ban"
        and other.stage == trigger.stage
        and _distance(document, other, trigger) <= _TOUCHING
        for other in document.triggers_in(trigger.sentence)
    )


def _distance(document: Document, one: Trigger, other: Trigger) -> int:
    """Return how many characters stand between two triggers, names aside; none if they overlap."""
    start, end = min(one.end, other.end), max(one.start, other.start)
    names = document.names_in(one.sentence)
    return (
        end
        - start
        - sum(name.end - name.start for name in names if start <= name.start and name.end <= end)
    )


def _has_to_by_what_is_said(document: Document, trigger: Trigger) -> bool:
    """Return whether an authority before a colon says that somebody has to close: "Court: X must shut plant"."""
    if trigger.stage is not None or not may_be_ordered(document, trigger):
        return False
    text, start = document.folded.text, document.sentences[trigger.sentence].start
    names = document.names_in(trigger.sentence)
    must = ends_pattern("must", document.language)
    return any(
        text[word.end : word.end + 2].strip()[:1] in COLONS
        and word.start - start <= _OPENING_REACH
        and trigger.start - word.end <= ORDER_REACH
        and all(word.end <= name.start for name in names)
        and not document.words_in("negation", trigger.sentence)
        and any(
            len(_without_names(text, found.end(), trigger.start, names)) <= _TO_ITS_ACT
            for found in must.finditer(text, word.end, trigger.end)
        )
        for word in document.words_in("authority", trigger.sentence)
    )


def _without_names(text: str, start: int, end: int, names: Sequence[Name]) -> str:
    """Return what stands there between the names."""
    for name in reversed(names):
        if start <= name.start and name.end <= end:
            text, end = text[: name.start] + text[name.end :], end - (name.end - name.start)
    return text[start:end].strip()


def _is_told_to_close(document: Document, grammar: Grammar, trigger: Trigger) -> bool:
    """Return whether a word right before the name says that an authority bans it: "责令X关停"."""
    if grammar.order == "sov":
        return False
    text = document.folded.text
    start, _ = document.clause_of(trigger.sentence, trigger.start)
    words = grammar.before.get("ban.target", ())
    return any(
        start <= authority.start and authority.end <= name.start
        for name in document.names_in(trigger.sentence)
        if 0 <= trigger.start - name.end <= _ARTICLE
        and any(ends_with_word(text[start : name.start].rstrip(), word) for word in words)
        for authority in document.words_in("authority", trigger.sentence)
    )
