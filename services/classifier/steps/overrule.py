"""Overrule: what an authority does to a deal or a service decides what kind of event it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.document import Document, Segment, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import folded_particles, winding_up
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
from services.classifier.syntax.scene import Scene
from services.common.ids import CompanyId

_OF_A_DEAL = {None: ("noun", "rejected"), "reversed": ("lifted", "proposed")}
"""The frame and stage of a deal that an authority forbids, by the stage of the ban's own cue."""
_SURE = 2.0
"""What a word for a deal must weigh to make a ban that of a deal, with nothing else beside it."""

_VAGUE = 2.5
"""What a word for a closing weighs at most that may be used of what others close: "down", "is closed"."""
_ARTICLE = 4


def overrule(document: Document, *, grammar: Grammar) -> Document:
    """Return the document with the triggers that an authority turns into those of another type."""
    return document.but(triggers=tuple(_overruled(document, grammar)))


def _overruled(document: Document, grammar: Grammar) -> Iterator[Trigger]:
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
        meant = _meant(Scene(document, grammar, trigger), deals)
        if meant is not None:
            yield meant


def _meant(scene: Scene, deals: Sequence[Trigger]) -> Trigger | None:
    """Return what a trigger means, None for nothing: what is forbidden with a deal in one clause is the deal.

    An authority that stops a merger rejects an acquisition, one that takes its veto back makes it a
    plan again; one that closes an app bans it.
    """
    end = deal_end(scene, deals)
    if end is DealEnd.DONE or _is_nothing(scene, deals):
        return None
    deal = _as_a_deal(scene, deals, end)
    return deal or _as_a_ban(scene)


def _is_nothing(scene: Scene, deals: Sequence[Trigger]) -> bool:
    """Return whether a cue tells of nothing beside the others, or only what they tell."""
    return (
        _is_of_the_other(scene)
        or is_a_condition(scene, deals)
        or _is_no_news(scene)
        or is_of_an_owner(scene)
    )


def _as_a_deal(scene: Scene, deals: Sequence[Trigger], end: DealEnd | None) -> Trigger | None:
    """Return a cue of a ban or a closing as that of a deal which fails, or may go on."""
    if is_a_sale_to_somebody(scene):
        return scene.trigger._replace(event_type="acquisition", frame="noun", stage="rejected")
    if is_of_a_told_deal(scene, deals) or end is DealEnd.FAILED or _is_of_a_deal(scene, deals):
        return scene.trigger._replace(
            event_type="acquisition", frame="noun", stage="rejected", weight=0.0
        )
    return _stopped_deal(scene, deals)


def _stopped_deal(scene: Scene, deals: Sequence[Trigger]) -> Trigger | None:
    """Return a ban as that of a deal in its clause, None where it is of something else."""
    trigger = scene.trigger
    if trigger.event_type != "ban" or trigger.stage not in _OF_A_DEAL:
        return None
    if not any(_share_clause(scene.document, trigger, deal) for deal in deals):
        return None
    if not scene.words("authority"):
        return None
    frame, stage = _OF_A_DEAL[trigger.stage]
    # The deal's own cue says who; this one only how far it came.
    return trigger._replace(event_type="acquisition", frame=frame, stage=stage, weight=0.0)


def _as_a_ban(scene: Scene) -> Trigger:
    """Return a trigger, as a ban's where an authority closes something or stops the sale of goods."""
    trigger = scene.trigger
    if _is_of_goods(scene):
        return trigger._replace(event_type="ban", frame="active", stage=None)
    if is_told_to_leave(scene):
        return trigger._replace(event_type="ban", frame="active")
    if is_unreachable(scene):
        return trigger._replace(event_type="ban", frame="passive")
    is_closing = trigger.event_type == "shutdown"
    if (is_closing and (is_ordered(scene) or _is_a_ban_below(scene))) or is_closed_by_order(scene):
        return trigger._replace(event_type="ban", frame="close")
    return trigger


def _share_clause(document: Document, one: Trigger, other: Trigger) -> bool:
    if one.sentence != other.sentence:
        return False
    bounds = document.clause_of(one.sentence, one.start)
    return bounds[0] <= other.start < bounds[1] and abs(one.start - other.start) <= ORDER_REACH


def _is_of_the_other(scene: Scene) -> bool:
    """Return whether the same words are a ban's and those of a deal that fails, and mean the other.

    "Forbids the sale of X": who else is named there would buy, or another sentence tells the deal;
    else X is goods.
    """
    trigger = scene.trigger
    if trigger.event_type not in {"ban", "acquisition"}:
        return False
    twin = any(
        other.event_type != trigger.event_type
        and (other.start, other.end) == (trigger.start, trigger.end)
        and "rejected" in {other.stage, trigger.stage}
        and {other.event_type, trigger.event_type} == {"ban", "acquisition"}
        for other in scene.triggers
    )
    if not twin:
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
            other.stage == "reversed" and not _is_in_title(document, other)
            for other in document.triggers
            if other.event_type == "shutdown" and other.score >= _SURE
        )
    )


def _is_no_news(scene: Scene) -> bool:
    """Return whether a cue only says what became of what another one tells."""
    return (
        (scene.trigger.event_type == "shutdown" and _is_back(scene))
        or is_wound_up_with_a_ban(scene)
        or has_to_go(scene)
        or _is_of_what_is_bought(scene)
        or _is_of_what_stays_open(scene)
        or _is_handed_back(scene)
        or _is_explained_by_a_ban(scene)
    )


def _is_of_what_is_bought(scene: Scene) -> bool:
    """Return whether a lead only says that what the title sells is bankrupt: a state, not its news."""
    document = scene.document
    if scene.trigger.event_type != "shutdown" or _is_in_title(document, scene.trigger):
        return False
    words = scene.cue
    return any(stem in words for stem in winding_up()) and any(
        _is_told(document, other, "acquisition") and _is_in_title(document, other)
        for other in document.triggers
    )


def _is_of_what_stays_open(scene: Scene) -> bool:
    """Return whether a ban is denied of another than whom the story bans before: "Y is not banned"."""
    document, trigger = scene.document, scene.trigger
    return (
        trigger.event_type == "ban"
        and trigger.stage == "rejected"
        and not _is_in_title(document, trigger)
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
    if scene.trigger.event_type != "ban" or scene.trigger.stage != "reversed":
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
    if trigger.event_type != "shutdown" or trigger.stage is not None or trigger.frame != "noun":
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
    return {n.company for n in scene.names if start <= n.start < end}


def _is_told(document: Document, trigger: Trigger, event_type: str) -> bool:
    """Return whether title or lead surely tell an event of a type as new and done."""
    return (
        trigger.event_type == event_type
        and trigger.stage is None
        and trigger.score >= _SURE
        and not (trigger.is_past or trigger.is_negated)
        and document.sentences[trigger.sentence].segment <= Segment.LEAD
    )


def _is_in_title(document: Document, trigger: Trigger) -> bool:
    return document.sentences[trigger.sentence].segment is Segment.TITLE


def _is_of_a_deal(scene: Scene, deals: Sequence[Trigger]) -> bool:
    """Return whether it is a deal that an authority ends: "court buries the merger of X and Y"."""
    trigger = scene.trigger
    return (
        trigger.event_type == "shutdown"
        and trigger.frame == "active"
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
        trigger.event_type == "acquisition"
        and trigger.stage == "rejected"
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
    if not _is_in_title(document, trigger) or trigger.weight > _VAGUE:
        return False
    lead = [
        other
        for other in document.triggers
        if document.sentences[other.sentence].segment is Segment.LEAD and other.score >= _SURE
    ]
    return any(
        other.event_type == "ban"
        and other.stage is None
        and not (other.is_past or other.is_negated)
        for other in lead
    ) and not any(other.event_type == "shutdown" for other in lead)
