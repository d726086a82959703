"""Bystanders: who stands in a row with those of an event and is told to have no part in it.

"X denies that it buys Y, Z keeps silent", "not X, Y is the new owner of Z": the comma parts two who are told
of for themselves, and lists nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.scripts import ALL_THAI, script_of
from services.classifier.spans import ACTIVE, Trigger
from services.classifier.syntax.bystanders.outsiders import spared_in
from services.classifier.syntax.names.chains import COMMAS, Chain
from services.classifier.syntax.names.markers import ends_with_any, marks_behind
from services.classifier.syntax.scene import Scene

_REACH = 24
_BESIDE = 1


def parted(scene: Scene, chains: Sequence[Chain]) -> list[Chain]:
    """Return chains, a row in two where a word beside one of its ends says that this one has no part."""
    if scene.grammar.order != "svo":
        return list(chains)
    return [part for chain in chains for part in _parts(scene, chain)]


def _parts(scene: Scene, chain: Chain) -> Iterator[Chain]:
    trigger = scene.trigger
    text = scene.text
    gaps = [
        at
        for at, (name, following) in enumerate(pairwise(chain.names), start=1)
        if name.end <= following.start and _is_bare(text, name.end, following.start)
    ]
    if not gaps:
        yield chain
        return
    right = text[chain.end : chain.end + _REACH]
    if is_set_aside(text, scene.grammar, chain):
        at = gaps[0]
    elif (
        any(marks_behind(scene.grammar, key, right) for key in _keys(trigger))
        or chain.names[-1] in spared_in(scene.document, trigger.sentence)
        or _is_cited(text, trigger, chain)
        or _has_a_verb(scene, chain)
    ):
        at = gaps[-1]
    else:
        at = 0
    for names in (chain.names[:at], chain.names[at:]):
        if names:
            yield Chain(names)


def stands_apart(scene: Scene, chain: Chain, chains: Sequence[Chain]) -> bool:
    """Return whether a name behind a cue is told of for itself.

    "bans X, Y escapes", "denies that it buys X, Y: we know nothing", "X leaves, Y takes over": right behind a
    verb that has its subject before it, a comma ends what it says.
    """
    trigger = scene.trigger
    if chain.start < trigger.end or scene.grammar.order != "svo":
        return False
    text = scene.text
    if chain.names[-1] in spared_in(scene.document, trigger.sentence):
        return True
    has_object = any(trigger.end <= other.start and other.end <= chain.start for other in chains)
    if has_object and _is_cited(text, trigger, chain):
        return True
    has_subject = any(other.end <= trigger.start for other in chains)
    first = min(other.start for other in chains if other.start >= trigger.end)
    if has_subject and text[trigger.end : first].strip() in COMMAS:
        return True
    return has_object and text[: chain.start].endswith(", ") and _has_a_verb(scene, chain)


def _has_a_verb(scene: Scene, chain: Chain) -> bool:
    """Return whether names behind a verb go on with another one: "X sells its shares in Y, Z buys all"."""
    triggers = scene.triggers
    return (
        len(triggers) > 1
        and any(other.end <= chain.start for other in triggers)
        and any(
            0 <= other.start - chain.end <= _BESIDE and other.frame in ACTIVE for other in triggers
        )
    )


def _is_cited(text: str, trigger: Trigger, chain: Chain) -> bool:
    """Return whether what somebody says stands behind a name and its colon, who is named behind a cue."""
    return chain.start >= trigger.end and text[chain.end : chain.end + 2] == ": "


def _keys(trigger: Trigger) -> tuple[str, ...]:
    return "none", f"{trigger.event_type}.none"


def _is_bare(text: str, start: int, end: int) -> bool:
    """Return whether nothing but a comma parts two names, or in Thai a space."""
    gap = text[start:end]
    if gap.isspace():
        return {script_of(text[start - 1]), script_of(text[end])} <= ALL_THAI
    return gap.strip() in COMMAS


def is_set_aside(text: str, grammar: Grammar, chain: Chain) -> bool:
    """Return whether a word right before a row takes out the first of it: "not X, Y", "unlike X, Y"."""
    return any(_has_before(text, grammar, chain, key) for key in ("not", "besides"))


def _has_before(text: str, grammar: Grammar, chain: Chain, key: str) -> bool:
    """Return whether a marker stands right before a row: "unlike X, Y"."""
    left = text[max(chain.start - _REACH, 0) : chain.start].rstrip()
    return ends_with_any(grammar.before.get(key, ()), left)
