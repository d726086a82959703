"""Sales: who sells what to whom, and who owns it now, beyond where the names stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_A_MARK = 5
"""So long are a name's mark and the spaces around it."""
_OF_WHOM = 14
"""So far behind an owner stands whose: "owner of the retailer X"."""
_A_COPULA = 2
"""So many words are "is", and an article."""


def sides_of_an_owner(scene: Scene) -> dict[Chain, Role]:
    """Return the sides of a sentence that says who owns something now: "The new owner of X is Y"."""
    trigger = scene.trigger
    owners = folded_particles("owner", scene.language)
    text = scene.text
    if trigger.event_type != "acquisition" or not any(owner in scene.cue for owner in owners):
        return {}
    names = scene.names
    if len(names) != 2 or names[0].start < trigger.start:
        return {}
    thing, owner = names
    copula = text[thing.end : owner.start].split()
    is_right_behind = thing.start - trigger.end <= _OF_WHOM
    is_that = bool(copula) and copula[0] in folded_particles("copula", scene.language)
    if not (is_right_behind and is_that) or len(copula) > _A_COPULA:
        return {}
    return {Chain((thing,)): Role.TARGET, Chain((owner,)): Role.ACTOR}


def sides_of_a_sale(
    scene: Scene, others: Sequence[Chain], after: Sequence[Chain]
) -> dict[Chain, Role]:
    """Return the sides of a sale that fails: "blocks the sale of X to Y", "X renonce à vendre Y à Z"."""
    trigger = scene.trigger
    if trigger.frame != "noun" or trigger.stage is None or trigger.event_type != "acquisition":
        return {}
    cue = scene.cue.split()
    if not after or set(scene.grammar.sale).isdisjoint(cue):
        return {}
    sides = {after[0]: Role.TARGET}
    for chain in after[1:2]:
        if beside_of(scene, chain).marked_by("sell.actor"):
            sides[chain] = Role.ACTOR
    return sides | dict.fromkeys(others[-1:], Role.SELLER)


def what_is_sold(
    scene: Scene, chains: Sequence[Chain], marked: Mapping[Chain, Role]
) -> dict[Chain, Role]:
    """Return what a verb-last sentence sells whose mark may also be the buyer's: "X-কে বেচে দিল Y".

    It opens the clause or stands behind who sells, right before the verb, and nothing else is sold.
    """
    grammar, trigger = scene.grammar, scene.trigger
    if grammar.order != "sov" or trigger.frame != "sell" or Role.TARGET in marked.values():
        return {}
    if len(chains) > 2:
        return {}
    text = scene.text
    start, end = scene.clause
    if any(marked.get(chain) is Role.SELLER for chain in chains) and any(
        chain not in marked for chain in chains
    ):
        return {}
    for at, chain in enumerate(chains):
        if marked.get(chain) is not Role.ACTOR or chain.end > trigger.start:
            continue
        begun = chains[at - 1].end if at else start
        is_bare = max(chain.start - begun, trigger.start - chain.end) <= _A_MARK
        words = text[trigger.start : end]
        if is_bare and not any(word in words for word in (*grammar.unit, *grammar.money.percent)):
            return {chain: Role.TARGET}
    return {}
