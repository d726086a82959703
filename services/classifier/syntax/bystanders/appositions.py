"""Appositions: what stands between commas behind a name and only says who that is.

"Ferrero, the family firm behind Nutella, buys …": Nutella buys nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from services.classifier.lexicon.grammar import Grammar
from services.classifier.syntax.clauses.signs import has_sign
from services.classifier.syntax.names.chains import Chain, of_its_owner
from services.classifier.syntax.scene import Scene

_LONGEST = 60
_OPENING = (", ", " (")
_LEAST_WORDS = 2


def in_apposition(scene: Scene, chains: Sequence[Chain]) -> Iterator[Chain]:
    """Yield the chains that an apposition to the one before them names, beside a cue; and mere owners.

    Only in languages that put articles before nouns, since an article, a word for a company ("owner
    of") or a relative begins one; it holds no cue, and if the cue comes after it, a sign ends it. Of a
    ban, which hits the maker with its product, nothing is left out.
    """
    grammar, trigger = scene.grammar, scene.trigger
    text = scene.text
    if trigger.event_type == "shutdown" and grammar.order == "sov":
        yield from (
            owner
            for owner, unit in pairwise(chains)
            if _owns(text[owner.end : unit.start], grammar)
        )
    if trigger.event_type == "ban" or grammar.order != "svo" or not grammar.articles:
        return
    for described, chain in pairwise(chains):
        gap = text[described.end : chain.start]
        if not (gap.startswith(_OPENING) and len(gap) <= _LONGEST and "," not in gap[1:]):
            continue
        if described.end <= trigger.start < chain.start or _has_cue(scene, described, chain):
            continue
        is_closed = chain.start > trigger.start or has_sign(text, chain.end, trigger.start)
        if is_closed and _begins_one(gap[2:], grammar):
            yield chain


def _owns(gap: str, grammar: Grammar) -> bool:
    """Return whether a gap between two names says that the second is a brand or a unit of the first."""
    return of_its_owner(gap).startswith(grammar.home)


def _has_cue(scene: Scene, described: Chain, chain: Chain) -> bool:
    # One in two parts may end with its first word: "buys X, the company behind Y".
    return any(
        described.end <= cue.start < chain.start and cue.meaning.weight
        for cue in scene.words("cue")
    )


def _begins_one(gap: str, grammar: Grammar) -> bool:
    words = gap.replace("'", "' ").split()
    return len(words) >= _LEAST_WORDS and words[0].rstrip("'") in _first_words(grammar)


@lru_cache(maxsize=64)
def _first_words(grammar: Grammar) -> frozenset[str]:
    forms = (*grammar.home, *grammar.before.get("none", ()), *grammar.relative)
    return grammar.articles | {form.split()[0].rstrip("*'") for form in forms}
