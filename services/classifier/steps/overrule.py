"""Overrule: what an authority does to a deal or a service decides what kind of event it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.document import Document
from services.classifier.spans import Trigger
from services.classifier.syntax.rulings.agents import ORDER_REACH, is_closed_by_order
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
from services.classifier.syntax.rulings.others import (
    is_a_ban_below,
    is_back,
    is_explained_by_a_ban,
    is_handed_back,
    is_of_goods,
    is_of_the_other,
    is_of_what_is_bought,
    is_of_what_stays_open,
)
from services.classifier.syntax.scene import Scene

_OF_A_DEAL = {None: ("noun", "rejected"), "reversed": ("lifted", "proposed")}
"""The frame and stage of a deal that an authority forbids, by the stage of the ban's own cue."""
_SURE = 2.0
"""What a word for a deal must weigh to make a ban that of a deal, with nothing else beside it."""
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
    if is_of_the_other(scene):
        return None
    if is_of_goods(scene):
        return trigger._replace(event_type="ban", frame="active", stage=None)
    return trigger


def _meant_by_a_ban(scene: Scene, deals: Sequence[Trigger]) -> Trigger | None:
    """Return a cue of a ban, as that of a deal in its clause: what is forbidden with a deal is the deal.

    An authority that stops a merger rejects an acquisition, one that takes its veto back makes it a plan again.
    """
    trigger = scene.trigger
    if (
        is_of_the_other(scene)
        or is_a_condition(scene, deals)
        or is_of_what_stays_open(scene)
        or is_handed_back(scene)
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
        or is_back(scene)
        or is_wound_up_with_a_ban(scene)
        or has_to_go(scene)
        or is_of_what_is_bought(scene)
        or is_explained_by_a_ban(scene)
        or is_of_an_owner(scene)
    ):
        return None
    if end is DealEnd.FAILED or _is_of_a_deal(scene, deals):
        return _as_a_failed_deal(trigger)
    if is_told_to_leave(scene):
        return trigger._replace(event_type="ban", frame="active")
    if is_unreachable(scene):
        return trigger._replace(event_type="ban", frame="passive")
    if is_ordered(scene) or is_a_ban_below(scene) or is_closed_by_order(scene):
        return trigger._replace(event_type="ban", frame="close")
    return trigger


def _as_a_failed_deal(trigger: Trigger) -> Trigger:
    """Return a cue of a ban or a closing as that of a deal which fails; it says nothing of who has a side."""
    return trigger._replace(event_type="acquisition", frame="noun", stage="rejected", weight=0.0)


def _stops_a_deal(scene: Scene, deals: Sequence[Trigger]) -> bool:
    """Return whether a ban is that of a deal in its clause."""
    trigger, (start, end) = scene.trigger, scene.clause
    return (
        trigger.stage in _OF_A_DEAL
        and bool(scene.words("authority"))
        and any(
            deal.sentence == trigger.sentence
            and start <= deal.start < end
            and abs(trigger.start - deal.start) <= ORDER_REACH
            for deal in deals
        )
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
