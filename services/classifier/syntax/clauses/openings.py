"""Openings: with what a sentence begins, and who is named in it and has no part in what follows.

"With debts to X, Y sells Z", "The maker of X, Y, buys Z", "After Y, Russia blocks X".
"""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import ACTIVE, Name
from services.classifier.syntax.names.beside import Beside, beside_of
from services.classifier.syntax.names.chains import COMMAS, Chain, chains_of
from services.classifier.syntax.names.markers import ending_with, marks_behind
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_AROUND_A_NAME = ' ")'
_TO_ITS_VERB = 3
_TO_ITS_CUE = 12
_A_PREPOSITION = 3
_MARKER = 32
_OPENING = 24
"""So many characters stand before the noun with which a sentence opens, and between what it is about and its subject."""
_OF_A_NOUN = frozenset({"noun", "sell"})


def openings(scene: Scene, chains: Sequence[Chain]) -> set[Chain]:
    """Return the chains that the preposition at the head of the sentence is about."""
    return {c for c in chains if is_in_an_opening(scene, c, chains)}


def is_in_an_opening(scene: Scene, chain: Chain, chains: Sequence[Chain]) -> bool:
    """Return whether a name ends what a preposition begins, and the subject stands behind its comma."""
    if scene.grammar.order != "svo":
        return False
    text = scene.text
    has_subject = any(
        chain.end <= other.start
        and other.end <= scene.trigger.start
        and scene.trigger.start - other.end <= _TO_ITS_CUE
        and text[chain.end : other.start].strip(_AROUND_A_NAME) in COMMAS
        for other in chains
    )
    return has_subject and _is_opened(scene, chain)


def sides_of_an_opening(scene: Scene) -> dict[Chain, Role]:
    """Return the sides of a deal whose noun a sentence opens with: "With the purchase of X, Y grows in Asia"."""
    trigger = scene.trigger
    words = folded_particles("by_doing", scene.language)
    if not words or trigger.event_type != "acquisition" or trigger.frame not in _OF_A_NOUN:
        return {}
    text, start = scene.text, scene.span.start
    before = text[start : trigger.start].lstrip(_AROUND_A_NAME)
    behind = [n for n in scene.names if n.start >= trigger.end]
    if not before.startswith(tuple(f"{word} " for word in words)) or len(before) > _OPENING:
        return {}
    if len(behind) < 2 or behind[0].start - trigger.end > _TO_ITS_CUE:
        return {}
    thing, subject = behind[:2]
    between = text[thing.end : subject.start]
    if not COMMAS.isdisjoint(text[trigger.end : thing.start]):
        return {}  # "With this purchase, Y wants to rival Z"
    is_parted = not COMMAS.isdisjoint(between) or not between.strip()
    prepositions = {
        word
        for key in ("sell.actor", "actor", "seller")
        for word in scene.grammar.before.get(key, ())
    }
    is_inverted = (
        scene.grammar.is_verb_last
        and len(between.split()) == 1
        and between.strip() not in prepositions
    )
    if len(between) > _OPENING or not (is_parted or is_inverted):
        return {}
    return {Chain((thing,)): Role.TARGET, Chain((subject,)): trigger.doer}


def sides_behind_a_verb(scene: Scene) -> dict[Chain, Role]:
    """Return the sides of a verb with which a sentence opens before its subject: "Selling X, Y raises 3 billion"."""
    grammar, trigger = scene.grammar, scene.trigger
    is_verb = trigger.event_type != "ban" and trigger.frame in ACTIVE
    if not is_verb or grammar.order != "svo" or grammar.is_verb_first:
        return {}
    if trigger.event_type == "shutdown" and Trait.BARE_VERBS in grammar.traits:
        return {}  # "Đóng cửa X, Y hưởng lợi": anybody's closing of it
    text, span = scene.text, scene.span
    names = scene.names
    before = text[span.start : trigger.start].strip(_AROUND_A_NAME)
    words = ("", *folded_particles("by_doing", scene.language))
    if trigger.is_past or len(names) < 2 or before not in words:
        return {}
    thing, subject = Chain(tuple(names[:1])), chains_of(scene.document, names[1:])[0]
    between = text[thing.end : subject.start].strip(_AROUND_A_NAME)
    goes_on = text[subject.end : span.end].strip(_AROUND_A_NAME + ".\n")
    if (
        thing.start < trigger.end
        or thing.start - trigger.end > _TO_ITS_CUE
        or not COMMAS.isdisjoint(text[trigger.end : thing.start])
        or not (between in COMMAS if between else not grammar.has_spaces)
        or not goes_on[:1].isalnum()
    ):
        return {}
    return {thing: Role.TARGET, subject: trigger.doer}


def _is_opened(scene: Scene, chain: Chain) -> bool:
    """Return whether its sentence begins with a preposition, and not right before it: "With debts to X"."""
    start = scene.span.start
    words = scene.text[start : chain.start].split()
    return len(words) > 2 and (
        any(hit.start == start for hit in scene.words("negation"))
        or any(
            words[0] in scene.grammar.before.get(key, ())
            for key in ("party", "sell.actor", "acquisition.party")
        )
    )


def is_introduced(scene: Scene, chain: Chain) -> bool:
    """Return whether words before a chain say what it is to somebody else: "the maker of", "advised by"."""
    left = scene.text[max(chain.start - _MARKER, 0) : chain.start].rstrip()
    words = (scene.grammar.before.get(key, ()) for key in ("none", "owned", "party"))
    return any(
        " " in word and len(word.rpartition(" ")[2]) <= _A_PREPOSITION + 1
        for forms in words
        for word in ending_with(forms, left)
    )


def opened_with(scene: Scene) -> frozenset[Name]:
    """Return whom a sentence begins with and leaves behind a comma: "After X, Y closes", "Selon X, Y achète Z"."""
    names = scene.names
    openers = folded_particles("opener", scene.language)
    if not openers or len(names) < 2 or names[1].end > scene.trigger.start:
        return frozenset()
    text = scene.text
    before = text[scene.span.start : names[0].start].strip(_AROUND_A_NAME)
    gap = text[names[0].end : names[1].start]
    is_opened = before in openers and not COMMAS.isdisjoint(gap)
    return frozenset({names[0]}) if is_opened else frozenset()


def without_its_aside(scene: Scene, chain: Chain) -> list[Chain]:
    """Return a pair of names that only a comma parts as two where a word beside them is of one alone.

    "The maker of X, Y, buys Z", "Advised by X, Y sells Z", "X shuts, Y among its creditors".
    """
    grammar = scene.grammar
    if grammar.order != "svo" or len(chain.names) != 2:
        return [chain]
    first, second = (Chain((name,)) for name in chain.names)
    text = scene.text
    if text[first.end : second.start].strip(_AROUND_A_NAME) not in COMMAS:
        return [chain]
    apart = scene.trigger.start - second.end
    is_aside = (
        (0 <= apart <= _TO_ITS_VERB and is_introduced(scene, first))
        or (0 <= apart <= _TO_ITS_CUE and _is_opened(scene, first))
    ) or marks_behind(grammar, "none", text[second.end : second.end + _MARKER])
    return [first, second] if is_aside else [chain]


def without_earlier(scene: Scene, chains: list[Chain]) -> list[Chain]:
    """Return chains without the one of two that a word takes out: "After X, it is Y's turn: Russia …"."""
    if len(chains) != 2:
        return chains
    return [chain for chain in chains if not is_before_it(beside_of(scene, chain), chain, chains)]


def is_before_it(beside: Beside, chain: Chain, chains: Sequence[Chain]) -> bool:
    """Return whether a sentence begins with whom the same happened to before: "After Y, Russia blocks X"."""
    if chain is not chains[0] or len(chains) < 2 or not beside.marked_by("besides"):
        return False
    scene = beside.scene
    begins = " " not in scene.text[scene.span.start : chain.start].strip()
    return begins and (
        scene.grammar.is_verb_last or scene.text[chain.end : chain.end + 1] in COMMAS
    )
