"""Verbs: which of a sentence's verbs its names belong to, the cue or another one.

"X shuts its shops and Y buys Z": Y is not shut. "X bought Y and shut Z": nor is Y.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.shared_words import particles
from services.classifier.spans import NOUNS, VERBS, Segment
from services.classifier.syntax.clauses.signs import AROUND_A_VERB, CLAUSE_SIGN
from services.classifier.syntax.names.chains import COMMAS, Chain
from services.classifier.syntax.names.conjunctions import is_and
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

_CLOSING_QUOTES = "\"')"
_COMMAS = tuple(COMMAS)
_TO_ITS_VERB = 3
_A_VERB = 3
"""How long at least what is told of a name is."""
_GOES_ON = re.compile(r" [^\W\d_]")
_SENTENCE_GOES_ON = (", ", "; ", " - ")


def of_its_own(scene: Scene, chains: list[Chain]) -> list[Chain]:
    """Return chains without those that another verb of the sentence is about."""
    after = [chain for chain in chains if chain.start >= scene.trigger.end]
    if not after or all(chain.end > scene.trigger.start for chain in chains):
        return chains
    strange = _of_another_verb(scene, after)
    return [chain for chain in chains if chain not in strange] if strange else chains


def _of_another_verb(scene: Scene, after: Sequence[Chain]) -> Sequence[Chain]:
    """Return the names behind a cue that have a verb of their own: "X shuts its shops and Y buys Z", "X leaves, Y buys".

    In verb-last languages a name behind a verb, and behind a sign or "and", begins what follows.
    """
    trigger = scene.trigger
    if trigger.frame in NOUNS or trigger.frame in {"talks", "merge", "refuse"}:
        return ()
    text = scene.text
    if scene.grammar.order == "sov":
        return after if _begins_anew(scene, after) else ()
    verbs = {
        other.start
        for other in scene.triggers
        if other.event_type != trigger.event_type and other.frame in VERBS
    }
    for at, chain in enumerate(after):
        gap = text[scene.document.word_end(trigger.end) : chain.start].split()
        is_joined = bool(gap) and is_and(gap[-1], scene.language)
        has_verb = not verbs.isdisjoint(range(chain.end, chain.end + _TO_ITS_VERB))
        is_behind_comma = text[trigger.end : chain.start].rstrip().endswith(_COMMAS)
        is_next = is_joined and not at and len(gap) == 1
        if is_next or (has_verb and (is_joined or is_behind_comma)):
            return after[at:]
    return ()


def _begins_anew(scene: Scene, after: Sequence[Chain]) -> bool:
    """Return whether names behind a verb-last cue begin a clause: "X kapandı, Y büyüyor".

    Who stands alone there may be who bought: "X satıldı, alıcı Y".
    """
    text = scene.text
    gap = text[scene.document.word_end(scene.trigger.end) : after[0].start].lstrip(_CLOSING_QUOTES)
    words = gap.split(None, 1)
    if not CLAUSE_SIGN.match(gap) and not (
        words and gap[:1] == " " and is_and(words[0], scene.language)
    ):
        return False
    end = scene.span.end
    rest = text[after[-1].end : end].partition(" ")[2].strip(AROUND_A_VERB)
    return scene.trigger.event_type != "acquisition" or len(rest) > _A_VERB


def shares_its_subject(scene: Scene, before: Sequence[Chain]) -> bool:
    """Return whether a verb goes on with the subject of the one before: "X bought Y and shut Z".

    Then the name right before its "and" is what the first verb is about. In a title a comma will do: "X puts
    money into Y, takes 15% of its shares".
    """
    if scene.grammar.order != "svo" or scene.trigger.frame not in VERBS or not before:
        return False
    text = scene.text
    gap = text[before[-1].end : scene.trigger.start]
    return is_and(gap, scene.language) or (
        gap.strip() in COMMAS
        and scene.span.segment is Segment.TITLE
        and len(before) > 1
        and COMMAS.isdisjoint(text[before[0].end : before[-1].start])
    )


def without_object(
    before: list[Chain], marked: dict[Chain, Role], asides: set[Chain]
) -> list[Chain]:
    """Return the subject of two verbs; the name before "and" is about the first alone, but who lost a race."""
    last = before[-1]
    if marked.get(last) is not Role.PARTY:
        marked.pop(last, None)
        asides.add(last)
    return before[:1] if len(before) > 1 else []


def is_over(scene: Scene) -> bool:
    """Return whether a comma right behind a verb ends what it is about: "X macht dicht, Y springt ein"."""
    return (
        scene.grammar.order == "svo"
        and scene.trigger.frame in VERBS
        and scene.text.startswith(_SENTENCE_GOES_ON, scene.trigger.end)
    )


def is_beyond(scene: Scene, chain: Chain) -> bool:
    """Return whether a name behind a cue belongs to what comes of the event: "젤모 폐업에 발토 비상".

    Of bans and closings: a comma begins what comes of it, in languages whose verb stands in the middle only where
    it goes on behind the name: "X leaves Italy, Y triumphs", not "X closes its site, Y".
    """
    if scene.trigger.event_type == "acquisition":
        return False
    text = scene.text
    gap = text[scene.trigger.end : chain.start]
    if scene.grammar.order == "sov":
        return gap.startswith((",", "、", *particles("follows", scene.language)))
    if Trait.DENSE in scene.grammar.traits:
        return "," in gap
    goes_on = _GOES_ON.match(text, chain.end) is not None
    return goes_on and gap.strip() not in _COMMAS and gap.rstrip().endswith(_COMMAS)
