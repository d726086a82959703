"""Wording: what the words beside the names near a cue say of their part in it.

"by X" and "X-কে" give a role, "via X" and "the parent of X" say that X has none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from services.classifier.lexicon.grammar import Grammar
from services.classifier.spans import Trigger
from services.classifier.syntax.bystanders.appositions import in_apposition
from services.classifier.syntax.bystanders.contrasts import stands_apart
from services.classifier.syntax.bystanders.outsiders import outsiders
from services.classifier.syntax.clauses.openings import is_before_it, openings
from services.classifier.syntax.names.beside import Beside, beside_of
from services.classifier.syntax.names.chains import COMMAS, Chain
from services.classifier.syntax.names.markers import longest_before, marks_behind
from services.classifier.syntax.roles.units import sellers_of_units
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_HAS_SHARE = re.compile(r"\d+ ?%|\d+ (?:per|proc|pour|por)")


class Wording(NamedTuple):
    """Roles that words beside chains tell, what is somebody's, and what has no part.

    What is somebody's ("X, the owner of Y") has none either, unless the owner sells it.
    """

    roles: dict[Chain, Role]
    owned: list[Chain]
    asides: set[Chain]


def wording_of(scene: Scene, chains: list[Chain]) -> Wording:
    """Return what words beside the chains near a cue say of them."""
    trigger = scene.trigger
    marked: dict[Chain, Role] = {}
    owned: list[Chain] = []
    asides: set[Chain] = set()
    apart: set[Chain] = set()
    if len(chains) > 1:
        marked |= dict.fromkeys(_ordered(scene, chains), Role.PARTY)
        marked |= dict.fromkeys(sellers_of_units(scene, chains), Role.SELLER)
        asides = openings(scene, chains)  # "With debts to X, Y sells Z"
        apart = set(in_apposition(scene, chains))
    told = {*marked, *asides}
    for chain in [chain for chain in chains if chain not in told]:
        beside = beside_of(scene, chain)
        if beside.is_plain:
            if chain in apart or stands_apart(scene, chain, chains):
                asides.add(chain)
            continue
        role = _role_by_word(scene, chain, beside)
        if beside.is_owned:
            owned.append(chain)
            asides.add(chain)
        elif _tells_of_itself(scene.grammar, trigger, beside, chain, chains):
            continue
        elif (
            (beside.is_aside and not _is_described(scene, chain, asides))
            or (chain in apart and _is_mere(trigger, chain, role))
            or stands_apart(scene, chain, chains)
            or is_before_it(beside, chain, chains)
            or (role is Role.TARGET and _only_describes(scene, chain, chains))
        ):
            asides.add(chain)  # "via X", "parent of X", "X, the firm behind Y": takes no part
        elif role is not None:
            marked[chain] = _among(trigger, chains, role)
        elif _sells_it(scene, chain, chains, beside):
            marked[chain] = Role.SELLER
    return Wording(marked, owned, asides)


def _only_describes(scene: Scene, chain: Chain, chains: Sequence[Chain]) -> bool:
    """Return whether a marker of two words behind a comma says whose the name before it is: "bans X, owned by Y"."""
    trigger = scene.trigger
    if trigger.event_type == "acquisition":
        return False
    keys = ("target", f"{trigger.event_type}.target", f"{trigger.frame}.target")
    markers = {word for key in keys for word in scene.grammar.before.get(key, ()) if " " in word}
    text = scene.text
    return any(
        text[other.end : chain.start].removeprefix(",").strip() in markers
        and text.startswith(", ", other.end)
        and not other.end <= trigger.start < chain.start
        and not scene.has_cue(other.end, chain.start)
        for other in chains
        if other.end < chain.start
    )


def _is_mere(trigger: Trigger, chain: Chain, role: Role | None) -> bool:
    """Return whether an apposition only says who somebody is: "X, a unit of Y, closes", not "X, sold by Y"."""
    return role in {None, Role.ACTOR} or (role is Role.TARGET and chain.end <= trigger.start)


def _among(trigger: Trigger, chains: Sequence[Chain], role: Role) -> Role:
    """Return a role among those of a cue: who begins talks of three is a party, "begun by A, B and C"."""
    companies = {name.company for chain in chains for name in chain.names}
    is_talking = trigger.frame == "talks" and len(companies) > 2 and role is Role.ACTOR
    return Role.PARTY if is_talking else role


def _sells_it(scene: Scene, chain: Chain, chains: Sequence[Chain], beside: Beside) -> bool:
    """Return whether a name is who sells what one before the cue buys: "compra Y a Z"."""
    return (
        any(other.end <= scene.trigger.start for other in chains)
        and _may_sell(scene.text, chain, [c for c in chains if c.start >= scene.trigger.end])
        and beside.sells_second
    )


def _may_sell(text: str, chain: Chain, after: Sequence[Chain]) -> bool:
    """Return whether a name stands where the seller may: behind what is bought, or before a share of it.

    "compra Y a Z", "rachète à Z 40 % de Y".
    """
    if chain in after[1:]:
        return True
    return (
        len(after) > 1
        and chain is after[0]
        and _HAS_SHARE.search(text, chain.end, after[1].start) is not None
    )


def _role_by_word(scene: Scene, chain: Chain, beside: Beside) -> Role | None:
    """Return the role that the words beside a chain give it, None where they belong to another clause.

    A relative pronoun behind a name makes it the subject of the cue, whatever it is in its own clause:
    "se desprende de Y, que pasa a manos de X". Who refuses an offer stands before the cue: "the board
    of Y rejects the offer of X".
    """
    trigger = scene.trigger
    role = beside.role
    if role is not Role.ACTOR or chain.end > trigger.start or trigger.event_type != "acquisition":
        return role
    if scene.grammar.order != "svo":
        is_answer = trigger.frame == "refuse" and not beside.marked_by("refuse.actor")
        return Role.TARGET if is_answer else role
    if trigger.frame == "refuse" and any(name.start >= trigger.start for name in scene.names):
        return Role.TARGET
    between = scene.text[chain.end : trigger.start].strip(" ,")
    return None if between in scene.grammar.pronouns else role


def _tells_of_itself(
    grammar: Grammar, trigger: Trigger, beside: Beside, chain: Chain, chains: Sequence[Chain]
) -> bool:
    """Return whether a company says what it does itself: "X informó que compra Y".

    An outlet that says so stands before whom it tells of.
    """
    if grammar.order != "svo" or trigger.event_type == "ban" or chain.end > trigger.start:
        return False
    is_next = not any(chain.end <= other.start < trigger.start for other in chains)
    said = grammar.before.get("none", ())
    return (
        is_next
        and beside.marked_by("none") > 0
        and not any(longest_before(said, left) for left in beside.lefts)
    )


def _ordered(scene: Scene, chains: list[Chain]) -> list[Chain]:
    """Return who is told to take something out of a store: "orders Apple to remove X".

    Who alone is named is what is taken out: "orders X removed".
    """
    if scene.trigger.frame != "store":
        return []
    told = [chain for chain in chains if beside_of(scene, chain).marked_by("ordered")]
    return told if len(told) < len(chains) else []


def _is_described(scene: Scene, chain: Chain, asides: Collection[Chain]) -> bool:
    """Return whether the word before a name says what it is to the one before that: "X's rival Y"."""
    text = scene.text
    tied = outsiders(scene.document, scene.trigger.sentence)
    if any(
        name in tied and following == chain.names[0] for name, following in pairwise(scene.names)
    ):
        return True
    for other in asides:
        between = text[other.end : chain.start] if other.end < chain.start else ""
        if between and marks_behind(scene.grammar, "none", between) and COMMAS.isdisjoint(between):
            return True
    return False
