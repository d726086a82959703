"""Consequences: closings that are only what a ban comes to.

A bank that is wound up with its licence is banned, an app that stops working after a ban is what was banned.
"""

from __future__ import annotations

from services.classifier.document import Document, Segment, Trigger
from services.classifier.lexicon.shared_words import ends_pattern, winding_up

_BETWEEN = 16
_WITH_ITS_BAN = 70


def has_to_go(document: Document, trigger: Trigger) -> bool:
    """Return whether a closing is what a ban of its sentence comes to: "withdrew its permit, the plant must close"."""
    if trigger.event_type != "shutdown":
        return False
    if not any(
        other.event_type == "ban"
        and other.stage is None
        and other.frame == "active"
        and other.end <= trigger.start
        for other in document.triggers_in(trigger.sentence)
    ) or not document.words_in("authority", trigger.sentence):
        return False
    must = ends_pattern("must", document.language)
    start = max(trigger.start - _BETWEEN, document.sentences[trigger.sentence].start)
    return must.search(document.folded.text, start, trigger.end) is not None


def is_told_to_leave(document: Document, trigger: Trigger) -> bool:
    """Return whether a state gives a company so many days to leave."""
    if trigger.event_type != "shutdown" or trigger.frame != "close" or trigger.stage is not None:
        return False
    names = document.names_in(trigger.sentence)
    givers = [
        word
        for word in document.words_in("authority", trigger.sentence)
        if word.end <= trigger.start and all(word.end <= name.start for name in names)
    ]
    if not givers or not names:
        return False
    days = ends_pattern("deadline", document.language)
    end = document.sentences[trigger.sentence].end
    return days.search(document.folded.text, givers[0].end, end) is not None


def is_wound_up_with_a_ban(document: Document, trigger: Trigger) -> bool:
    """Return whether an authority has what it bans wound up: "revokes X's licence and orders its liquidation"."""
    words = document.folded.text[trigger.start : trigger.end]
    if trigger.event_type != "shutdown" or not any(stem in words for stem in winding_up()):
        return False
    return bool(document.words_in("authority", trigger.sentence)) and any(
        other.event_type == "ban"
        and other.stage is None
        and other.frame == "active"
        and 0 <= trigger.start - other.end <= _WITH_ITS_BAN
        for other in document.triggers_in(trigger.sentence)
    )


def is_unreachable(document: Document, trigger: Trigger) -> bool:
    """Return whether what is banned is only said to work no more: in one sentence, or where title or lead ban."""
    if trigger.event_type != "shutdown" or trigger.stage is not None:
        return False
    bans = [other for other in document.triggers if _is_a_ban(document, trigger, other)]
    if not bans:
        return False
    stops = ends_pattern("unreachable", document.language)
    return stops.search(document.folded.text, trigger.start, trigger.end) is not None


def _is_a_ban(document: Document, trigger: Trigger, other: Trigger) -> bool:
    if other.event_type != "ban" or other.stage is not None or other.is_negated:
        return False
    return other.sentence == trigger.sentence or (
        not other.is_past and document.sentences[other.sentence].segment <= Segment.LEAD
    )
