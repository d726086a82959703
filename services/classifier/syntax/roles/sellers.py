"""Sellers: who sells what is theirs where no word marks them: "X, a unit of Y, is sold to Z", "Founders of X sell it to Y"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from services.classifier.lexicon.forms import pattern_of
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import (
    folded_particles,
    owning_pattern,
    particles,
)
from services.classifier.spans import UNDERGONE
from services.classifier.syntax.bystanders.owners import described_with
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.names.descriptions import describes
from services.classifier.syntax.names.markers import has_beside
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_WHAT_IS_BOUGHT = 3
"""So many words at least a verb and what is bought take."""
_WHO_IT_IS = 4
"""So many words at most take "from" and what a seller is."""


def owners_that_sell(scene: Scene) -> dict[Chain, Role]:
    """Return whose what is sold is, and what is sold: "X, a unit of Y, is sold to Z"."""
    if scene.trigger.event_type != "acquisition" or scene.trigger.frame not in UNDERGONE:
        return {}
    beside = described_with(scene)
    if beside is None:
        return {}
    thing = scene.names[0]
    if any(
        thing.end <= word.start < beside.start
        for layer in ("background", "negation")
        for word in scene.words(layer)
    ):
        return {}  # "X, once a unit of Y"
    gap = scene.text[thing.end : beside.start]
    words = gap.replace(",", " ").split()
    is_owner = (
        any(word in scene.grammar.unit for word in words)
        or " ".join(words) in folded_particles("of_owner", scene.language)
        or owning_pattern(scene.language).search(gap) is not None
    )
    return {Chain((thing,)): Role.TARGET, Chain((beside,)): Role.SELLER} if is_owner else {}


def company_of_sellers(
    scene: Scene, chains: Sequence[Chain], marked: Mapping[Chain, Role]
) -> dict[Chain, Role]:
    """Return what is sold where those whom it belongs to sell it: "Founders of X sell the company to Y".

    Who buys is marked, and nothing else is told that might be sold: "Shareholders of X approve the sale of a unit".
    """
    insiders = folded_particles("insiders", scene.language)
    if scene.trigger.frame not in {"sell", "sold"} or not insiders or len(chains) != 2:
        return {}
    company, buyer = sorted(chains, key=lambda chain: marked.get(chain) is Role.ACTOR)
    is_sold = (
        marked.get(buyer) is Role.ACTOR
        and marked.get(company) is not Role.ACTOR
        and has_beside(scene.document, company, insiders)
        and not _has_part(scene, chains)
    )
    return {company: Role.TARGET} if is_sold else {}


def is_bought_from(scene: Scene, chain: Chain) -> bool:
    """Return whether a verb goes around what is bought up to what its seller, named right behind it, is.

    "Buys the chain of 900 shops from the cosmetics group X".
    """
    trigger, document = scene.trigger, scene.document
    if trigger.event_type != "acquisition" or trigger.frame != "active":
        return False
    words, within = scene.cue.split(), particles("genitive", scene.language)
    if not within or words[-1] not in {*scene.grammar.home, *scene.grammar.articles}:
        return False
    marks = [
        tuple(mark.split())
        for key in ("seller", "second.seller")
        for mark in scene.grammar.before.get(key, ())
        if mark not in within
    ]
    is_marked = any(
        tuple(words[at : at + len(mark)]) == mark
        for at in range(max(len(words) - _WHO_IT_IS, _WHAT_IS_BOUGHT), len(words))
        for mark in marks
    )
    return is_marked and describes(document, document.word_end(trigger.end), chain.names[0])


def _has_part(scene: Scene, chains: Sequence[Chain]) -> bool:
    """Return whether a word for a part of a company stands between two names, or before the cue."""
    first, last = sorted(chains, key=lambda chain: chain.start)
    rest = scene.text[first.end : max(last.start, scene.trigger.start)]
    return _parts(scene.grammar, scene.language).search(rest) is not None


@lru_cache(maxsize=64)
def _parts(grammar: Grammar, language: str) -> re.Pattern[str]:
    """Return what finds a language's words for a unit, without those that may mean all of a company."""
    wholes = folded_particles("all_of_it", language)
    return pattern_of(word for word in grammar.unit if word not in wholes)
