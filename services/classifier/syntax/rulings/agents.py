"""Agents: whether a sentence says that an authority did it, "shut by regulators", "по решению суда"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import order_words, winding_up
from services.classifier.spans import Trigger
from services.classifier.syntax.names.markers import ends_with_any
from services.classifier.syntax.scene import Scene

ORDER_REACH = 60
"""How far from a closing what orders it may stand."""
_AGENT_REACH = 32
_TO_ITS_MARK = 3
"""How many words back the word may stand that makes an authority the agent."""
_ENDING = re.compile(r"^[^\W\d_]* +")


def is_closed_by_order(scene: Scene) -> bool:
    """Return whether a sentence says that an authority did it: "shut by regulators", "по решению суда"."""
    may_be = may_be_ordered(scene) or _tells_a_fate(scene)
    if not (may_be or _leaves(scene.trigger)):
        return False
    if _has_order_near(scene):
        return True
    if not may_be:
        return False
    # Where the sentence bans as well, the agent is of the ban.
    return _has_agent_near(scene) and not any(
        other.event_type == "ban" for other in scene.triggers if other is not scene.trigger
    )


def may_be_ordered(scene: Scene) -> bool:
    """Return whether a cue closes what an authority may: bankruptcies and markets left are who closes' own."""
    return (
        scene.trigger.event_type == "shutdown"
        and scene.trigger.frame != "close"
        and not winds_up(scene.document, scene.trigger)
    )


def winds_up(document: Document, trigger: Trigger) -> bool:
    """Return whether a cue winds a company up, which a court pronounces without forbidding it."""
    cue = document.folded.text[trigger.start : trigger.end]
    return any(map(cue.__contains__, winding_up()))


def _leaves(trigger: Trigger) -> bool:
    """Return whether a cue says that somebody leaves a market, which may be ordered: "out of Russia by order of"."""
    return (
        trigger.event_type == "shutdown"
        and trigger.frame == "close"
        and trigger.stage is None
        and trigger.group.endswith(".leave")
    )


def _tells_a_fate(scene: Scene) -> bool:
    """Return whether a verb that bans has nobody behind it: "X fermé par la préfecture"."""
    trigger = scene.trigger
    names = scene.names
    is_verb = trigger.event_type == "ban" and trigger.frame == "active"
    return is_verb and bool(names) and all(name.end <= trigger.start for name in names)


def _has_order_near(scene: Scene) -> bool:
    return any(
        word.start - scene.trigger.end <= ORDER_REACH
        and scene.trigger.start - word.end <= ORDER_REACH
        for word in scene.words("order")
    )


def _has_agent_near(scene: Scene) -> bool:
    """Return whether a word beside an authority of the clause makes it who did it."""
    text, language = scene.text, scene.language
    before, behind = order_words("before", language), order_words("behind", language)
    start, end = scene.clause
    return any(
        start <= word.start
        and word.end <= end
        and max(word.start - scene.trigger.end, scene.trigger.start - word.end) <= _AGENT_REACH
        and (
            _is_agent(text[start : word.start], before)
            or _ENDING.sub("", text[word.end : end]).startswith(behind or ("\0",))
        )
        for word in scene.words("authority")
    )


def _is_agent(left: str, marks: Sequence[str]) -> bool:
    """Return whether one of the last words before an authority makes it who did it: "by the health"."""
    for _ in range(_TO_ITS_MARK):
        left = left.rstrip()
        if ends_with_any(marks, left):
            return True
        left = left.rpartition(" ")[0]
    return False
