"""Stakes: whose shares change hands, "buys X's stake in Y", and which cues for shares only tell what is sold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from services.classifier.lexicon.grammar import Grammar
from services.classifier.spans import Trigger
from services.classifier.syntax.names.chains import AROUND_A_NAME, Chain
from services.classifier.syntax.names.markers import ends_with_any
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_RIGHT_BEHIND = 2
_CLOSING = "\"'"
_AN_ENDING = 3
_STAKE = 24
"""How much text a word for a stake may fill."""
_ITS_VERB = 4
"""So much later begins a contract that a verb which sells stands before: "양도하는 주식매매계약"."""


def stakes_that_are_sold(grammar: Grammar, triggers: Sequence[Trigger]) -> list[Trigger]:
    """Return the cues for a stake that a verb which sells goes with: "X ने पूरी हिस्सेदारी बेच दी" buys nothing.

    They overlap, or the verb stands right beside: of languages whose verbs come last.
    """
    if grammar.order != "sov":
        return []
    sells = [trigger for trigger in triggers if trigger.frame == "sell"]
    return [
        trigger
        for trigger in triggers
        if trigger.frame == "active"
        and trigger.event_type == "acquisition"
        and any(
            trigger.start <= sell.start <= trigger.end + _RIGHT_BEHIND
            or sell.end <= trigger.start <= sell.end + _ITS_VERB
            for sell in sells
        )
    ]


def sides_of_a_stake(scene: Scene, chains: Sequence[Chain]) -> dict[Chain, Role]:
    """Return whose stake in whom changes hands: "تشتري حصة X في Y", "سهم X در Y را خرید"."""
    stakes = scene.grammar.before.get("stake", ())
    if not stakes or scene.trigger.event_type != "acquisition":
        return {}
    text = scene.text
    for owner, thing in pairwise(chains):
        left = text[max(owner.start - _STAKE, 0) : owner.start].rstrip(AROUND_A_NAME)
        within = _without_ending(text[owner.end : thing.start])
        if within in scene.grammar.scope and ends_with_any(stakes, left):
            return {owner: Role.SELLER, thing: Role.TARGET}
    return {}


def _without_ending(gap: str) -> str:
    """Return what parts two names without the ending and the quotes of the first."""
    ending, _, word = gap.partition(" ")
    return word.strip(AROUND_A_NAME) if len(ending.strip(_CLOSING)) <= _AN_ENDING else gap.strip()
