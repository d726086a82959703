"""Orders: whether a closing is a ban, because an authority or a state closes something or has it closed.

"Government wants to shut down X", "责令X关停", "Court: X must shut plant".
"""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import (
    ends_pattern,
)
from services.classifier.spans import Name, Trigger
from services.classifier.syntax.names.markers import ends_with_any
from services.classifier.syntax.rulings.agents import ORDER_REACH, may_be_ordered
from services.classifier.syntax.rulings.closers import closes_itself, is_an_owners
from services.classifier.syntax.scene import Scene

_TOUCHING = 3
_ARTICLE = 4
_OPENING_REACH = 12
_TO_ITS_ACT = 12
"""So much stands between "must" and a closing, names aside: "must shut", "muss Zelmo-Werk schließen"."""


def is_ordered(scene: Scene) -> bool:
    """Return whether a closing cue says that an authority or a state closes something, or has it closed."""
    return (
        _is_part_of_an_order(scene)
        or (closes_itself(scene) and not is_an_owners(scene))
        or _is_told_to_close(scene)
        or _has_to_by_what_is_said(scene)
    )


def _is_part_of_an_order(scene: Scene) -> bool:
    """Return whether a closing cue stands in a ban's cue or touches it: "责令X关停", "閉鎖を命令"."""
    return any(
        other.event_type == "ban"
        and other.stage == scene.trigger.stage
        and _distance(scene.document, other, scene.trigger) <= _TOUCHING
        for other in scene.triggers
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


def _has_to_by_what_is_said(scene: Scene) -> bool:
    """Return whether an authority before a colon says that somebody has to close: "Court: X must shut plant"."""
    trigger = scene.trigger
    if trigger.stage is not None or not may_be_ordered(scene):
        return False
    text, start = scene.text, scene.span.start
    names = scene.names
    must = ends_pattern("must", scene.language)
    return any(
        text[word.end : word.end + 2].strip()[:1] == ":"
        and word.start - start <= _OPENING_REACH
        and trigger.start - word.end <= ORDER_REACH
        and all(word.end <= name.start for name in names)
        and not scene.words("negation")
        and any(
            len(_without_names(text, found.end(), trigger.start, names)) <= _TO_ITS_ACT
            for found in must.finditer(text, word.end, trigger.end)
        )
        for word in scene.words("authority")
    )


def _without_names(text: str, start: int, end: int, names: Sequence[Name]) -> str:
    """Return what stands there between the names."""
    for name in reversed(names):
        if start <= name.start and name.end <= end:
            text, end = text[: name.start] + text[name.end :], end - (name.end - name.start)
    return text[start:end].strip()


def _is_told_to_close(scene: Scene) -> bool:
    """Return whether a word right before the name says that an authority bans it: "责令X关停"."""
    if scene.grammar.order == "sov":
        return False
    text = scene.text
    start, _ = scene.clause
    words = scene.grammar.before.get("ban.target", ())
    return any(
        start <= authority.start and authority.end <= name.start
        for name in scene.names
        if 0 <= scene.trigger.start - name.end <= _ARTICLE
        and ends_with_any(words, text[start : name.start].rstrip())
        for authority in scene.words("authority")
    )
