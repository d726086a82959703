"""Pacts: whose agreement or talks with whom a sale or a purchase comes of, "X signs a deal with Y to sell Z"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import particles
from services.classifier.spans import Trigger
from services.classifier.syntax.holder_words import tells_of
from services.classifier.syntax.names.chains import COMMAS, Chain
from services.classifier.syntax.names.conjunctions import has_and
from services.classifier.syntax.names.descriptions import described
from services.classifier.syntax.names.markers import ends_with_any
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_WITH = 14
"""How much text a word for "with" may fill beside a name."""
_ALL_SIDES = 3
_BESIDE = 40
"""How far from the cue for a purchase stands what is bought."""
_BOUGHT = frozenset({"active", "noun"})
_QUOTES = " \"'《(》"


def sides_of_a_pact(
    scene: Scene, chains: Sequence[Chain], marked: Mapping[Chain, Role]
) -> dict[Chain, Role]:
    """Return the sides of what a pact is over: "X signs a deal with Y to sell Z", "… to buy Z".

    Y buys, or sells, but with "shareholders of Y". Z, where it has a name, stands behind the cue, in verb-last
    languages before it.
    """
    if not scene.words("pacts"):
        return {}
    sale = _sale_in(scene)
    if sale is None:
        return _sides_of_a_purchase(scene, chains)
    return _sides_of_a_sale(scene, chains, marked, sale)


def _sides_of_a_sale(
    scene: Scene, chains: Sequence[Chain], marked: Mapping[Chain, Role], sale: Trigger
) -> dict[Chain, Role]:
    """Return the sides of a sale: with whom its owner has the pact buys."""
    chains = _without_pairs(scene.document, chains)
    if not 2 <= len(chains) <= 3:
        return {}
    buyers = [chain for chain in chains if _is_with(scene.document, chain)]
    if len(buyers) != 1 or len(buyers[0].companies) > 1:
        return {}
    bought = {n for c, role in marked.items() if role is Role.TARGET for n in c.names}
    if not bought.isdisjoint(buyers[0].names):
        return {}
    others = [chain for chain in chains if chain is not buyers[0]]
    within = [chain for chain in others if sale.start < chain.start < sale.end]
    if scene.grammar.order == "sov":
        things = [chain for chain in others if chain.end <= sale.start][-1:]
        is_far = not things or things[0].end <= buyers[0].start < sale.start
        things = within[:1] if within and is_far else things
    elif within:
        things = within[:1]
    else:
        things = [chain for chain in others if chain.start >= sale.start][:1]
    if len(others) > 1 and not things:
        return {}
    sellers = [chain for chain in others if chain not in things or len(others) == 1]
    return {
        **dict.fromkeys(things if len(others) > 1 else (), Role.TARGET),
        **dict.fromkeys(sellers, Role.SELLER),
        buyers[0]: Role.ACTOR,
    }


def _sides_of_a_purchase(scene: Scene, chains: Sequence[Chain]) -> dict[Chain, Role]:
    """Return the sides of a purchase over which its buyer has a pact: "X signs a deal with Y to buy Z"."""
    trigger = scene.trigger
    if (
        len(chains) != _ALL_SIDES
        or trigger.event_type != "acquisition"
        or any(other.frame not in _BOUGHT for other in scene.triggers)
    ):
        return {}
    words = particles("with", scene.language)
    sellers = [
        chain
        for chain in chains
        if _is_with(scene.document, chain)
        or any(ends_with_any(words, left) for left in described(scene.document, chain, 0))
    ]
    buys = max(
        (other for other in scene.triggers if other.frame in _BOUGHT),
        key=attrgetter("weight"),
        default=None,
    )
    if len(sellers) != 1 or buys is None:
        return {}
    others = [chain for chain in chains if chain is not sellers[0]]
    if scene.grammar.order == "sov":
        thing = min(others, key=lambda chain: chain.apart(buys))
    else:
        thing = others[-1]
    buyer = next(chain for chain in others if chain is not thing)
    if (
        thing.apart(buys) > _BESIDE
        or (
            scene.grammar.order != "sov"
            and not buyer.start < sellers[0].start < buys.end <= thing.start
        )
        or not _hangs_on_it(scene, sellers[0], buys, thing)
    ):
        return {}
    return {buyer: Role.ACTOR, thing: Role.TARGET, sellers[0]: _other_side(scene)}


def _hangs_on_it(scene: Scene, seller: Chain, buys: Trigger, thing: Chain) -> bool:
    """Return whether a purchase is what the pact is about, and no other news: "ends its contract with Y and buys Z"."""
    if scene.grammar.order == "sov":
        return any(buys.start < word.start for word in scene.words("pacts"))
    between = scene.text[seller.end : thing.start]
    glued = particles("glued_and", scene.language)
    is_joined = bool(glued) and scene.text.startswith(glued, max(buys.start - 1, seller.end))
    return COMMAS.isdisjoint(between) and not has_and(between, scene.language) and not is_joined


def _other_side(scene: Scene) -> Role:
    """Return what part has with whom a buyer has a pact over a purchase: mostly who sells."""
    document, (start, end) = scene.document, scene.span[:2]
    if tells_of("loans", document, start, end):
        return Role.PARTY
    is_joint = scene.words("members") or tells_of("jointly", document, start, end)
    return Role.ACTOR if is_joint else Role.SELLER


def _sale_in(scene: Scene) -> Trigger | None:
    """Return the cue of a sentence that tells its deal from the seller's side, None without one."""
    if scene.trigger.event_type != "acquisition":
        return None
    sells = particles("sells", scene.language)
    text = scene.text
    return next(
        (
            other
            for other in scene.triggers
            if other.event_type == scene.trigger.event_type
            and (
                other.frame == "sell"
                or any(part in text[other.start : other.end] for part in sells)
            )
        ),
        None,
    )


def _is_with(document: Document, chain: Chain) -> bool:
    text = document.folded.text
    left = text[max(chain.start - _WITH, 0) : chain.start].rstrip(_QUOTES)
    if ends_with_any(particles("with", document.language), left):
        return True
    right = text[chain.end : chain.end + _WITH].lstrip(_QUOTES[1:])
    return right.startswith(particles("with_behind", document.language))


def _without_pairs(document: Document, chains: Sequence[Chain]) -> list[Chain]:
    """Return chains, a row in two where the word for "with" stands between its names: "诺维克与巴尔托签署协议"."""
    words = particles("with", document.language)
    text = document.folded.text
    parts: list[Chain] = []
    for chain in chains:
        names = chain.names
        if len(names) == 2 and text[names[0].end : names[1].start] in words:
            parts += [Chain(names[:1]), Chain(names[1:])]
        else:
            parts.append(chain)
    return parts
