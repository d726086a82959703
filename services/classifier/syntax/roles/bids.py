"""Bids: who wants to buy whom, and who may or may not: "X vies with Y for Z", "vetoes the bid of X for Y"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.classifier.candidate import Ground
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import Name, Trigger
from services.classifier.syntax.clauses.signs import has_sign
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.names.markers import has_beside
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role, Stage
from services.common.ids import CompanyId

_RIGHT_BEHIND = 2
CONTEST = 3
"""So many companies a contest has at least: two who want the third."""


def sides_of_a_contest(
    grammar: Grammar, trigger: Trigger, chains: Sequence[Chain]
) -> dict[Chain, Role]:
    """Return who is party to a contest, and what is wanted; empty where nobody else wants it.

    In every word order a row of names wants what stands alone. Of names that all stand alone the nearest to the
    cue is wanted, on the side where objects stand: "X vies with Y for Z".
    """
    if trigger.frame != "rivals":
        return {}
    alone = [chain for chain in chains if len(chain.companies) == 1]
    rows = [chain for chain in chains if chain not in alone]
    if not alone or not (rows or len(alone) >= CONTEST):
        return {}
    is_first = grammar.order == "sov"
    wanted = min(
        alone,
        key=lambda chain: ((chain.end <= trigger.start) is not is_first, chain.apart(trigger)),
    )
    rivals = rows or [chain for chain in alone if chain != wanted]
    return dict.fromkeys(rivals, Role.PARTY) | {wanted: Role.TARGET}


def forbids(trigger: Trigger, triggers: Sequence[Trigger]) -> bool:
    """Return whether a cue says that a deal is forbidden which another cue behind it tells."""
    return not trigger.weight or (
        trigger.frame == "noun"
        and trigger.stage == Stage.REJECTED
        and any(other.start >= trigger.end and other.stage is None for other in triggers)
    )


def has_thing_alone(found: Mapping[CompanyId, tuple[Role, Name, Ground]]) -> bool:
    """Return whether what is bought is known and who buys is not: "verbietet X, Y zu übernehmen"."""
    roles = {role for role, _, _ in found.values()}
    return Role.TARGET in roles and Role.ACTOR not in roles


def sides_of_a_bid(scene: Scene, after: Sequence[Chain]) -> dict[Chain, Role]:
    """Return who bids and for whom behind the noun of a deal that fails: "veta la opa de X sobre Y".

    The first name may as well be what was to be bought, "la compra de Y", so the second must tell.
    """
    trigger = scene.trigger
    if len(after) < 2 or trigger.frame != "noun" or trigger.stage is None:
        return {}
    first, second = (beside_of(scene, chain) for chain in after[:2])
    cue = scene.cue
    is_of = any(cue.endswith(f" {word}") for word in scene.grammar.before.get("bid.actor", ()))
    is_bid = (
        (first.marked_by("bid.actor") or (is_of and after[0].start - trigger.end <= _RIGHT_BEHIND))
        and second.marked_by("bid.target")
        and second.role in {None, Role.TARGET}
    )
    return {after[0]: Role.ACTOR, after[1]: Role.TARGET} if is_bid else {}


def sides_by_shareholders(scene: Scene) -> dict[Chain, Role]:
    """Return who bids, and whose shareholders are asked: "Bid of X fails: only 25% of Y shareholders accept".

    The bid is that of whom it names as its own, "the bid of X", or of who in the next clause asks them: "Takeover
    attempt: X turns to Y shareholders".
    """
    trigger, text = scene.trigger, scene.text
    bids = folded_particles("bids", scene.language)
    chains = chains_of(scene.document, scene.names)
    if trigger.event_type != "acquisition" or trigger.frame != "noun" or len(chains) != 2:
        return {}
    if not any(bid in scene.cue for bid in bids):
        return {}
    bidder, asked = chains
    holders = (
        *folded_particles("insiders", scene.language),
        *folded_particles("asked", scene.language),
    )
    is_parted = has_sign(text, bidder.end, asked.start)
    if is_parted:
        is_its_own = beside_of(scene, bidder).marked_by("bid.actor") and trigger.end <= bidder.start
    else:
        is_its_own = has_sign(text, trigger.end, bidder.start)
    is_asked = bool(is_its_own) and has_beside(scene.document, asked, holders)
    return {bidder: Role.ACTOR, asked: Role.TARGET} if is_asked else {}


def bidder_first(
    grammar: Grammar, trigger: Trigger, marked: Mapping[Chain, Role], chains: Sequence[Chain]
) -> dict[Chain, Role]:
    """Return who bids, where a verb-last sentence begins with whom the bid is from: "X'ten Y'ye teklif"."""
    if grammar.order != "sov" or trigger.stage != Stage.PROPOSED or trigger.frame != "active":
        return {}
    if not chains or marked.get(chains[0]) is not Role.SELLER or Role.ACTOR in marked.values():
        return {}
    return {chains[0]: Role.ACTOR}


def begins_with_verb(scene: Scene) -> bool:
    """Return whether a cue for a deal that fails begins with who gives it up: "drops its bid for".

    Before its noun stands what was to be bought: "the X deal collapses".
    """
    trigger = scene.trigger
    return (
        trigger.frame == "noun"
        and trigger.stage == Stage.REJECTED
        and any(
            hit.start == trigger.start
            and hit.end < trigger.end  # what is as long names the deal first: "merger … is off"
            and hit.meaning.name == Stage.REJECTED
            for hit in scene.words("stage")
        )
    )


def whom_it_is_allowed(
    scene: Scene, before: Sequence[Chain], roles: Mapping[Chain, Role]
) -> dict[Chain, Role]:
    """Return who is allowed or forbidden to buy in a verb-last language: "X को Y खरीदने की अनुमति".

    The same mark makes X what is bought where nobody else is.
    """
    if scene.grammar.order != "sov" or scene.trigger.frame not in {"active", "noun"}:
        return {}
    if scene.trigger.event_type != "acquisition" or Role.ACTOR in roles.values():
        return {}
    things = [chain for chain in before if roles.get(chain) is Role.TARGET]
    if len(things) < 2:
        return {}
    beside = beside_of(scene, things[0])
    return {things[0]: Role.ACTOR} if beside.marked_by("sell.actor") else {}
