"""Alliances: the members of a consortium that buys or bids, who all act."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.scripts import WORD_BEGINS
from services.classifier.spans import Trigger
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import COMMAS, Chain, chains_of
from services.classifier.syntax.roles.neighbours import names_near
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_FRAMES = frozenset({"talks", "merge", "refuse"})
_REACH = 160
_BESIDE = 16
_NEAR = 40
"""How far before the word for an alliance the last of its members may stand."""


def members(scene: Scene) -> list[Chain]:
    """Return the chains of the names near a cue that name members of an alliance.

    "A consortium led by X with Y and Z has bought W": X, Y and Z. Where markers stand behind the
    names the members stand before the word, or in the clause about it.
    """
    document, trigger = scene
    grammar = document.grammar
    if trigger.event_type != "acquisition" or trigger.frame in _FRAMES or not grammar.group:
        return []
    sentence = scene.span
    text = scene.text
    found = _group(grammar).search(text, sentence.start, sentence.end)
    if found is None or abs(found.start() - trigger.start) > _REACH:
        return []
    names = names_near(scene)
    is_verb_behind = trigger.start >= found.end()
    if _is_head_first(grammar):
        is_around = trigger.start < found.start() < trigger.end
        end = trigger.start if is_verb_behind else trigger.end if is_around else sentence.end
        chains = chains_of(document, [n for n in names if found.end() <= n.start and n.end <= end])
        # What stands right behind the word goes with it, whatever its mark says: "a consortium of X".
        led = [c for c in chains[:1] if c.start - found.end() <= _BESIDE]
        return [*led, *_until_marked(scene, chains[len(led) :])]
    before = chains_of(document, [name for name in names if name.end <= found.start()])
    near = [chain for chain in before[-1:] if found.start() - chain.end <= _NEAR]
    about = _clause_about(text, grammar, found.end(), trigger.start)
    chains = chains_of(document, [n for n in names if about[0] <= n.start and n.end <= about[1]])
    return [*_until_marked(scene, near), *chains]


def role_of_an_alliance(trigger: Trigger, members: Sequence[Chain]) -> Role:
    """Return what members of an alliance do: who stands before a verb that sells sells."""
    is_before = all(chain.end <= trigger.start for chain in members)
    return Role.SELLER if trigger.frame == "sell" and is_before else Role.ACTOR


def _until_marked(scene: Scene, chains: Sequence[Chain]) -> list[Chain]:
    """Return the chains before the first that a word says to be bought or to sell."""
    kept: list[Chain] = []
    for chain in chains:
        beside = beside_of(scene, chain)
        if beside.role in {Role.TARGET, Role.SELLER}:
            break
        if not beside.is_aside:
            kept.append(chain)
    return kept


def _clause_about(text: str, grammar: Grammar, end: int, cue: int) -> tuple[int, int]:
    """Return the bounds of a clause about what ends at `end`: ", which X and Y are part of,"."""
    if not grammar.relative or cue < end:
        return end, end
    comma = next((at for at in range(end, min(end + 6, cue)) if text[at] in COMMAS), None)
    if comma is None or not text[comma + 1 :].lstrip().startswith(grammar.relative):
        return end, end
    close = max((at for at in range(comma + 1, cue) if text[at] in COMMAS), default=comma)
    return comma, close


def _is_head_first(grammar: Grammar) -> bool:
    """Return whether words that mark a name mostly stand before it, as in Persian."""
    before = sum(len(words) for words in grammar.before.values())
    return before >= sum(len(words) for words in grammar.after.values())


@lru_cache(maxsize=64)
def _group(grammar: Grammar) -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(grammar.group, key=len, reverse=True)))
    return re.compile(rf"{WORD_BEGINS}(?:{words})")
