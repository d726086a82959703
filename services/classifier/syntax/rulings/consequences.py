"""Consequences: closings that are only what a ban comes to.

A bank that is wound up with its licence is banned, an app that stops working after a ban is what was banned.
"""

from __future__ import annotations

from services.classifier.lexicon.shared_words import ends_pattern
from services.classifier.spans import Trigger
from services.classifier.syntax.rulings.agents import winds_up
from services.classifier.syntax.scene import Scene

_BETWEEN = 16
_WITH_ITS_BAN = 70


def has_to_go(scene: Scene) -> bool:
    """Return whether a closing is what a ban of its sentence comes to: "withdrew its permit, the plant must close"."""
    trigger = scene.trigger
    if _apart_from_its_ban(scene) is None:
        return False
    must = ends_pattern("must", scene.language)
    start = max(trigger.start - _BETWEEN, scene.span.start)
    return must.search(scene.text, start, trigger.end) is not None


def is_told_to_leave(scene: Scene) -> bool:
    """Return whether a state gives a company so many days to leave."""
    trigger = scene.trigger
    if trigger.frame != "close" or trigger.stage is not None:
        return False
    names = scene.names
    givers = [
        word
        for word in scene.words("authority")
        if word.end <= trigger.start and all(word.end <= name.start for name in names)
    ]
    if not givers or not names:
        return False
    days = ends_pattern("deadline", scene.language)
    end = scene.span.end
    return days.search(scene.text, givers[0].end, end) is not None


def is_wound_up_with_a_ban(scene: Scene) -> bool:
    """Return whether an authority has what it bans wound up: "revokes X's licence and orders its liquidation"."""
    apart = _apart_from_its_ban(scene)
    return apart is not None and apart <= _WITH_ITS_BAN and winds_up(scene.document, scene.trigger)


def _apart_from_its_ban(scene: Scene) -> int | None:
    """Return how far before a closing an authority bans in the same sentence, None where it does not."""
    return min(
        (
            scene.trigger.start - other.end
            for other in scene.triggers
            if other.event_type == "ban"
            and other.stage is None
            and other.frame == "active"
            and other.end <= scene.trigger.start
            and scene.words("authority")
        ),
        default=None,
    )


def is_unreachable(scene: Scene) -> bool:
    """Return whether what is banned is only said to work no more: in one sentence, or where title or lead ban."""
    trigger = scene.trigger
    if trigger.stage is not None:
        return False
    bans = [other for other in scene.document.triggers if _is_a_ban(scene, other)]
    if not bans:
        return False
    stops = ends_pattern("unreachable", scene.language)
    return stops.search(scene.text, trigger.start, trigger.end) is not None


def _is_a_ban(scene: Scene, other: Trigger) -> bool:
    if other.event_type != "ban" or other.stage is not None or other.is_negated:
        return False
    return other.sentence == scene.trigger.sentence or (
        not other.is_past and scene.document.in_front(other.sentence)
    )
