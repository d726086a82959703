"""Units: whose the unit is that is bought where both have names, "buys X's Y", "收购X旗下Y"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.classifier.document import Document
from services.classifier.lexicon.sandhi import plain_ending
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.names.markers import holds
from services.classifier.syntax.roles.placing import stands_next
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_HANDED_ON = frozenset({"passive", "sold", "joins"})
_TAKES = frozenset({"active", "noun"})
_A_MARK = 5
"""So long are a name's mark and the spaces around it."""
_AROUND_A_MARK = ' "《'
_TO_WHOSE = 3
"""So many words are "a stake in"."""


def sellers_of_units(scene: Scene, chains: Sequence[Chain]) -> Iterator[Chain]:
    """Yield whose the unit is that is bought, where both have names: "收购诺维克旗下皮克西奥", "buys X's Y"."""
    if scene.trigger.event_type == "acquisition":
        for holder, unit in pairwise(chains):
            if holds(scene.document, holder.end, unit.start) or (
                _has(scene.document, holder, unit)
                and _is_dealt_in(scene, unit, [holder, unit], chains)
            ):
                yield holder


def _has(document: Document, holder: Chain, unit: Chain) -> bool:
    """Return whether nothing but a mark of whose it is parts two names; a row of names has nothing."""
    if len(holder.names) > 1:
        return False
    text = document.folded.text
    gap = text[holder.end : unit.start].strip(_AROUND_A_MARK)
    mark = plain_ending(text[holder.start : holder.end], gap)
    return mark in folded_particles("owned_by", document.language)


def _is_dealt_in(scene: Scene, unit: Chain, pair: Sequence[Chain], chains: Sequence[Chain]) -> bool:
    """Return whether what is somebody's changes hands, and is not who buys: "X's Y buys Z".

    In verb-last languages it stands where the noun's object does, too, "X의 Y 인수": so a third must buy.
    """
    trigger = scene.trigger
    if scene.grammar.order == "svo":
        if trigger.frame in _HANDED_ON:
            return unit.end <= trigger.start
        return trigger.frame in _TAKES and _is_object(scene, pair[0])
    if _is_told_to_be_done(scene, unit):
        return False
    beside = beside_of(scene, unit)
    return (
        trigger.frame in _HANDED_ON | {"active"}
        and beside.role is not Role.ACTOR
        and any(
            other.end <= trigger.start or stands_next(scene, other)
            for other in chains
            if other not in pair
        )
    )


def _is_object(scene: Scene, chain: Chain) -> bool:
    """Return whether nothing but words of its object parts a cue from a name: "buys a stake in X", not "a rival of X"."""
    trigger = scene.trigger
    # the second half of a verb stands behind its object: "neemt Norviks Zelmo over"
    is_parted = trigger.end > chain.start
    end = scene.document.word_end(trigger.start if is_parted else trigger.end)
    gap = scene.text[end : chain.start]
    words = gap.strip(_AROUND_A_MARK).split()
    is_of = bool(words) and words[-1] in (
        *scene.grammar.scope,
        *folded_particles("of_whom", scene.language),
    )
    is_rival = any(trigger.start <= word.start < chain.start for word in scene.words("rivals"))
    is_plain = not words or (trigger.frame == "active" and len(gap) <= _A_MARK)
    return end <= chain.start and not is_rival and (is_plain or (is_of and len(words) <= _TO_WHOSE))


def _is_told_to_be_done(scene: Scene, thing: Chain) -> bool:
    """Return whether who is marked as an owner does what another tells: "Norvik'in Zelmo'yu satın aldığını"."""
    trigger = scene.trigger
    text = scene.text
    ending = text[thing.end : trigger.start].split(" ", 1)[0]
    verb = text[trigger.start : scene.document.word_end(trigger.end)]
    return ending in folded_particles("done_to", scene.language) or verb.endswith(
        folded_particles("in_doing", scene.language)
    )
