"""Others: what a cue means beside those that tell another event of the same story."""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import Trigger
from services.classifier.syntax.rulings.agents import winds_up
from services.classifier.syntax.scene import Scene

_SURE = 2.0
"""What the cues of a sentence must weigh to tell an event surely."""
_VAGUE = 2.5
"""What a word for a closing weighs at most that may be used of what others close: "down", "is closed"."""


def is_of_the_other(scene: Scene) -> bool:
    """Return whether the same words are a ban's and those of a deal that fails, and mean the other.

    "Forbids the sale of X": who else is named there would buy, or another sentence tells the deal;
    else X is goods.
    """
    trigger = scene.trigger
    if not any(
        (other.start, other.end) == (trigger.start, trigger.end)
        and "rejected" in {other.stage, trigger.stage}
        and {other.event_type, trigger.event_type} == {"ban", "acquisition"}
        for other in scene.triggers
    ):
        return False
    is_deal = len({name.company for name in scene.names}) > 1 or _has_a_deal_elsewhere(scene)
    return is_deal is (trigger.event_type == "ban")


def is_of_goods(scene: Scene) -> bool:
    """Return whether the sale that an authority stops is that of goods: the story bans, nobody buys.

    "Regulator halts the sale of X" may be a deal that fails; what title and lead ban tells which.
    """
    trigger = scene.trigger
    return (
        trigger.stage == "rejected"
        and trigger.frame == "sell"
        and bool(scene.words("authority"))
        and any(_told(scene, "ban"))
        and not _has_a_deal_elsewhere(scene)
    )


def is_back(scene: Scene) -> bool:
    """Return whether a service works again since a ban is lifted in the same sentence, no closing ends.

    Where title or lead ban it and no sentence closes anything, what a later one says of its return is
    hope.
    """
    document, trigger = scene.document, scene.trigger
    if trigger.stage != "reversed":
        return False
    lifts = any(other.event_type == "ban" and other.stage == "reversed" for other in scene.triggers)
    return lifts or (
        any(ban.sentence < trigger.sentence for ban in _told(scene, "ban"))
        and all(
            other.stage == "reversed" and not document.in_title(other.sentence)
            for other in document.triggers
            if other.event_type == "shutdown" and other.score >= _SURE
        )
    )


def is_of_what_is_bought(scene: Scene) -> bool:
    """Return whether a lead only says that what the title sells is bankrupt: a state, not its news."""
    document, trigger = scene.document, scene.trigger
    return (
        not document.in_title(trigger.sentence)
        and winds_up(document, trigger)
        and any(document.in_title(deal.sentence) for deal in _told(scene, "acquisition"))
    )


def is_of_what_stays_open(scene: Scene) -> bool:
    """Return whether a ban is denied of another than whom the story bans before: "Y is not banned"."""
    document, trigger = scene.document, scene.trigger
    if trigger.stage != "rejected" or document.in_title(trigger.sentence):
        return False
    names = {name.company for name in scene.names_between(*scene.clause)}
    titled = document.titled
    return (
        any(trigger.start <= no.start and no.end <= trigger.end for no in scene.words("negation"))
        and any(ban.start < trigger.start for ban in _told(scene, "ban"))
        and bool(names and titled)
        and names.isdisjoint(titled)
    )


def is_handed_back(scene: Scene) -> bool:
    """Return whether a licence goes back from who closes: "X closes. It hands back its licence"."""
    return (
        scene.trigger.stage == "reversed"
        and any(map(scene.cue.__contains__, folded_particles("licence", scene.language)))
        and not scene.words("authority")
        and any(_told(scene, "shutdown"))
    )


def is_explained_by_a_ban(scene: Scene) -> bool:
    """Return whether an end is the ban that an authority imposes behind a colon: "End of X: court bans app"."""
    trigger = scene.trigger
    return (
        trigger.stage is None
        and trigger.frame == "noun"
        and len({name.company for name in scene.names}) == 1
        and bool(scene.words("authority"))
        and any(
            ban.sentence == trigger.sentence and ":" in scene.text[trigger.end : ban.start]
            for ban in _told(scene, "ban")
        )
    )


def is_a_ban_below(scene: Scene) -> bool:
    """Return whether a title says of something only that it is closed, and the lead that it is banned.

    "X down in Nepal. The authority has told providers to block it."
    """
    document, trigger = scene.document, scene.trigger
    if (
        trigger.stage is not None
        or trigger.frame not in {"passive", "noun"}
        or trigger.weight > _VAGUE
        or not document.in_title(trigger.sentence)
    ):
        return False
    return any(document.in_lead(ban.sentence) for ban in _told(scene, "ban")) and not any(
        other.event_type == "shutdown" and other.score >= _SURE and document.in_lead(other.sentence)
        for other in document.triggers
    )


def _told(scene: Scene, event_type: str) -> Iterator[Trigger]:
    """Yield the cues by which title or lead surely tell an event of a type as new and done."""
    document = scene.document
    for other in document.triggers:
        if (
            other.event_type == event_type
            and other.stage is None
            and other.score >= _SURE
            and not (other.is_past or other.is_negated)
            and document.in_front(other.sentence)
        ):
            yield other


def _has_a_deal_elsewhere(scene: Scene) -> bool:
    """Return whether another sentence surely tells a deal."""
    return any(
        other.event_type == "acquisition"
        and other.score >= _SURE
        and other.sentence != scene.sentence
        for other in scene.document.triggers
    )
