"""Overrule: what an authority does to a deal or a service decides what kind of event it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import Trigger
from services.classifier.syntax.rulings.agents import ORDER_REACH, is_closed_by_order, winds_up
from services.classifier.syntax.rulings.consequences import (
    has_to_go,
    is_told_to_leave,
    is_unreachable,
    is_wound_up_with_a_ban,
)
from services.classifier.syntax.rulings.dealings import (
    DealEnd,
    deal_end,
    is_a_condition,
    is_a_sale_to_somebody,
    is_of_a_told_deal,
    is_of_an_owner,
)
from services.classifier.syntax.rulings.orders import is_ordered
from services.classifier.syntax.scene import Scene
from services.common.ids import CompanyId

_OF_A_DEAL = {None: ("noun", "rejected"), "reversed": ("lifted", "proposed")}
"""The frame and stage of a deal that an authority forbids, by the stage of the ban's own cue."""
_SURE = 2.0
"""What a word for a deal must weigh to make a ban that of a deal, with nothing else beside it."""

_VAGUE = 2.5
"""What a word for a closing weighs at most that may be used of what others close: "down", "is closed"."""
_ARTICLE = 4


def overrule(document: Document) -> Document:
    """Return the document with the triggers that an authority turns into those of another type."""
    return document.but(triggers=tuple(_overruled(document)))


def _overruled(document: Document) -> Iterator[Trigger]:
    """Yield triggers, each as what it means beside the others."""
    # A blocked deal ("jual beli", "sale of tickets") weighs less than its cue: it is no deal. Nor is a
    # vague word ("partnership", "sale") alone.
    deals = [
        trigger
        for trigger in document.triggers
        if trigger.event_type == "acquisition"
        and trigger.score >= trigger.weight
        and (trigger.weight >= _SURE or trigger.score > trigger.weight)
    ]
    for trigger in document.triggers:
        meant = _meant(Scene(document, trigger), deals)
        if meant is not None:
            yield meant


def _meant(scene: Scene, deals: Sequence[Trigger]) -> Trigger | None:
    """Return what a trigger means, None where it tells of nothing beside the others, or only what they tell."""
    match scene.trigger.event_type:
        case "acquisition":
            return _meant_by_a_deal(scene)
        case "ban":
            return _meant_by_a_ban(scene, deals)
        case "shutdown":
            return _meant_by_a_closing(scene, deals)
        case _:
            return scene.trigger


def _meant_by_a_deal(scene: Scene) -> Trigger | None:
    """Return a cue of a deal, as a ban's where an authority stops the sale of goods."""
    trigger = scene.trigger
    if _is_of_the_other(scene):
        return None
    if _is_of_goods(scene):
        return trigger._replace(event_type="ban", frame="active", stage=None)
    return trigger


def _meant_by_a_ban(scene: Scene, deals: Sequence[Trigger]) -> Trigger | None:
    """Return a cue of a ban, as that of a deal in its clause: what is forbidden with a deal is the deal.

    An authority that stops a merger rejects an acquisition, one that takes its veto back makes it a plan again.
    """
    trigger = scene.trigger
    if (
        _is_of_the_other(scene)
        or is_a_condition(scene, deals)
        or _is_of_what_stays_open(scene)
        or _is_handed_back(scene)
    ):
        return None
    if is_a_sale_to_somebody(scene):
        return trigger._replace(event_type="acquisition", frame="noun", stage="rejected")
    if is_of_a_told_deal(scene, deals):
        return _as_a_failed_deal(trigger)
    if _stops_a_deal(scene, deals):
        frame, stage = _OF_A_DEAL[trigger.stage]
        # The deal's own cue says who; this one only how far it came.
        return trigger._replace(event_type="acquisition", frame=frame, stage=stage, weight=0.0)
    return trigger._replace(frame="close") if is_closed_by_order(scene) else trigger


def _meant_by_a_closing(scene: Scene, deals: Sequence[Trigger]) -> Trigger | None:
    """Return a cue of a closing, as that of a deal which fails, or as a ban's where an authority closes."""
    trigger = scene.trigger
    end = deal_end(scene, deals)
    if (
        end is DealEnd.DONE
        or _is_back(scene)
        or is_wound_up_with_a_ban(scene)
        or has_to_go(scene)
        or _is_of_what_is_bought(scene)
        or _is_explained_by_a_ban(scene)
        or is_of_an_owner(scene)
    ):
        return None
    if end is DealEnd.FAILED or _is_of_a_deal(scene, deals):
        return _as_a_failed_deal(trigger)
    if is_told_to_leave(scene):
        return trigger._replace(event_type="ban", frame="active")
    if is_unreachable(scene):
        return trigger._replace(event_type="ban", frame="passive")
    if is_ordered(scene) or _is_a_ban_below(scene) or is_closed_by_order(scene):
        return trigger._replace(event_type="ban", frame="close")
    return trigger


def _as_a_failed_deal(trigger: Trigger) -> Trigger:
    """Return a cue of a ban or a closing as that of a deal which fails; it says nothing of who has a side."""
    return trigger._replace(event_type="acquisition", frame="noun", stage="rejected", weight=0.0)


def _stops_a_deal(scene: Scene, deals: Sequence[Trigger]) -> bool:
    """Return whether a ban is that of a deal in its clause."""
    trigger = scene.trigger
    return (
        trigger.stage in _OF_A_DEAL
        and bool(scene.words("authority"))
        and any(_share_clause(scene, deal) for deal in deals)
    )


def _share_clause(scene: Scene, other: Trigger) -> bool:
    start, end = scene.clause
    return (
        scene.sentence == other.sentence
        and start <= other.start < end
        and abs(scene.trigger.start - other.start) <= ORDER_REACH
    )


def _is_of_the_other(scene: Scene) -> bool:
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
    is_deal = len({name.company for name in scene.names}) > 1 or any(
        other.event_type == "acquisition"
        and other.score >= _SURE
        and other.sentence != trigger.sentence
        for other in scene.document.triggers
    )
    return is_deal is (trigger.event_type == "ban")


def _is_back(scene: Scene) -> bool:
    """Return whether a service works again since a ban is lifted in the same sentence, no closing ends.

    Where title or lead ban it and no sentence closes anything, what a later one says of its return is
    hope.
    """
    document = scene.document
    if scene.trigger.stage != "reversed":
        return False
    lifts = any(other.event_type == "ban" and other.stage == "reversed" for other in scene.triggers)
    return lifts or (
        any(
            _is_told(document, other, "ban") and other.sentence < scene.trigger.sentence
            for other in document.triggers
        )
        and all(
            other.stage == "reversed" and not document.in_title(other.sentence)
            for other in document.triggers
            if other.event_type == "shutdown" and other.score >= _SURE
        )
    )


def _is_of_what_is_bought(scene: Scene) -> bool:
    """Return whether a lead only says that what the title sells is bankrupt: a state, not its news."""
    document = scene.document
    return (
        not document.in_title(scene.trigger.sentence)
        and winds_up(document, scene.trigger)
        and any(
            _is_told(document, other, "acquisition") and document.in_title(other.sentence)
            for other in document.triggers
        )
    )


def _is_of_what_stays_open(scene: Scene) -> bool:
    """Return whether a ban is denied of another than whom the story bans before: "Y is not banned"."""
    document, trigger = scene.document, scene.trigger
    return (
        trigger.stage == "rejected"
        and not document.in_title(trigger.sentence)
        and any(
            trigger.start <= no.start and no.end <= trigger.end for no in scene.words("negation")
        )
        and any(
            _is_told(document, other, "ban") and other.start < trigger.start
            for other in document.triggers
        )
        and bool(names := _names_of_clause(scene))
        and bool(document.titled)
        and names.isdisjoint(document.titled)
    )


def _is_handed_back(scene: Scene) -> bool:
    """Return whether a licence goes back from who closes: "X closes. It hands back its licence"."""
    if scene.trigger.stage != "reversed":
        return False
    words = scene.cue
    return (
        any(licence in words for licence in folded_particles("licence", scene.language))
        and not scene.words("authority")
        and any(_is_told(scene.document, other, "shutdown") for other in scene.document.triggers)
    )


def _is_explained_by_a_ban(scene: Scene) -> bool:
    """Return whether an end is the ban that an authority imposes behind a colon: "End of X: court bans app"."""
    trigger = scene.trigger
    if trigger.stage is not None or trigger.frame != "noun":
        return False
    text = scene.text
    return (
        len({name.company for name in scene.names}) == 1
        and bool(scene.words("authority"))
        and any(
            _is_told(scene.document, other, "ban")
            and ":" in text[trigger.end : max(other.start, trigger.end)]
            for other in scene.triggers
        )
    )


def _names_of_clause(scene: Scene) -> set[CompanyId]:
    start, end = scene.clause
    return {name.company for name in scene.names_between(start, end)}


def _is_told(document: Document, trigger: Trigger, event_type: str) -> bool:
    """Return whether title or lead surely tell an event of a type as new and done."""
    return (
        trigger.event_type == event_type
        and trigger.stage is None
        and trigger.score >= _SURE
        and not (trigger.is_past or trigger.is_negated)
        and document.in_front(trigger.sentence)
    )


def _is_of_a_deal(scene: Scene, deals: Sequence[Trigger]) -> bool:
    """Return whether it is a deal that an authority ends: "court buries the merger of X and Y"."""
    trigger = scene.trigger
    return (
        trigger.frame == "active"
        and trigger.stage is None
        and any(
            deal.sentence == trigger.sentence and 0 <= deal.start - trigger.end <= _ARTICLE
            for deal in deals
        )
        and any(word.end <= trigger.start for word in scene.words("authority"))
    )


def _is_of_goods(scene: Scene) -> bool:
    """Return whether the sale that an authority stops is that of goods: the story bans, nobody buys.

    "Regulator halts the sale of X" may be a deal that fails; what title and lead ban tells which.
    """
    document, trigger = scene.document, scene.trigger
    return (
        trigger.stage == "rejected"
        and trigger.frame == "sell"
        and bool(scene.words("authority"))
        and any(_is_told(document, other, "ban") for other in document.triggers)
        and not any(
            other.event_type == "acquisition"
            and other.score >= _SURE
            and other.sentence != trigger.sentence
            for other in document.triggers
        )
    )


def _is_a_ban_below(scene: Scene) -> bool:
    """Return whether a title says of something only that it is closed, and the lead that it is banned.

    "X down in Nepal. The authority has told providers to block it."
    """
    document, trigger = scene.document, scene.trigger
    if trigger.stage is not None or trigger.frame not in {"passive", "noun"}:
        return False
    if not document.in_title(trigger.sentence) or trigger.weight > _VAGUE:
        return False
    lead = [
        other
        for other in document.triggers
        if document.in_lead(other.sentence) and other.score >= _SURE
    ]
    return any(
        other.event_type == "ban"
        and other.stage is None
        and not (other.is_past or other.is_negated)
        for other in lead
    ) and not any(other.event_type == "shutdown" for other in lead)
