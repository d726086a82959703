"""Frames: the roles that follow from where unmarked names stand to a cue."""

from __future__ import annotations

from collections.abc import Mapping

from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.clauses.signs import has_sign
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.roles.around import Around
from services.classifier.syntax.roles.enclosing import by_enclosing
from services.classifier.syntax.roles.placing import NEAR, Placing
from services.classifier.syntax.roles.word_order import verb_last, verb_middle
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

CARRIED_OUT = frozenset({"told", "must"})
"""Frames of a ban that others than who wants it carry out."""
_OBJECT_NEXT = frozenset({"active", "passive", "noun", "sell"})
"""Frames of what may stand right before its object where nouns come first."""
_BOTH = 2


def by_place(scene: Scene, around: Around, taken: set[Role]) -> Mapping[Chain, Role]:
    """Return the roles that follow from where unmarked chains stand to the cue."""
    placing = Placing(scene, around, taken)
    grammar, frame = scene.grammar, scene.trigger.frame
    if frame in {"talks", "merge"}:
        return _all_alike(scene, around)
    if frame in CARRIED_OUT:
        return _carried_out(scene, around)
    if frame == "refuse" and grammar.order == "svo":
        return _refused(around)
    if grammar.has_nouns_first and _is_of_what_follows(placing):
        return _of_what_follows(placing)
    if around.inside:
        return by_enclosing(placing)
    return verb_last(placing) if grammar.order == "sov" else verb_middle(placing)


def _all_alike(scene: Scene, around: Around) -> dict[Chain, Role]:
    """Return the one role of all who talk or merge; who tells of a merger of others is a party to it."""
    before, inside, after = around
    role = Role.PARTY if scene.trigger.frame == "talks" else Role.TARGET
    is_of_others = role is Role.TARGET and _is_of_others(scene, before[-2:])
    rest = dict.fromkeys(before[-2:], Role.PARTY if is_of_others else role)
    return rest | dict.fromkeys([*after[:2], *inside], role)


def _is_of_others(scene: Scene, before: list[Chain]) -> bool:
    """Return whether a noun for a merger has both who merge behind it: "X studies a merger of Y with Z"."""
    behind = chains_of(
        scene.document, [name for name in scene.names if name.start >= scene.trigger.start]
    )
    merging = {company for chain in behind[:2] for company in chain.companies}
    told = {company for chain in before for company in chain.companies}
    if scene.grammar.order != "svo" or len(merging) < _BOTH or merging & told:
        return False
    words = scene.text[scene.trigger.start : behind[0].start].split()
    together = frozenset(folded_particles("with", scene.language))
    return (
        behind[0].start - min(scene.trigger.end, behind[0].start) <= NEAR
        and together.isdisjoint(words)
        and (behind[0].start > scene.trigger.end or _is_a_noun_of(scene, words))
        and not has_sign(scene.text, scene.trigger.start, behind[:2][-1].start)
    )


def _is_a_noun_of(scene: Scene, words: list[str]) -> bool:
    """Return whether a cue that goes around a name begins with a noun and "of": "fusion de X avec"."""
    return bool(words) and words[-1].split("'")[0] in folded_particles("genitive", scene.language)


def _carried_out(scene: Scene, around: Around) -> dict[Chain, Role]:
    """Return the roles of a ban that others carry out or want: what is banned, and they as parties.

    `told` goes around whom it tells ("orders X to remove Y"), `must` stands behind who has to or wants it ("X must
    remove Y", "X calls for a ban on Y"). Verb-last languages have what is banned right before or in the cue.
    """
    before, inside, after = around
    is_told = scene.trigger.frame == "told"
    if scene.grammar.order == "sov":
        row = before[-2:] + inside
        hit = row[-1:] if len(row) > 1 or not is_told else []
    else:
        row = before[-1:] + inside + after[:1]
        if is_told:
            hit = row[-1:] if after or len(inside) > 1 else []
        else:
            hit = inside[-1:] or after[:1]
    return dict.fromkeys(row, Role.PARTY) | dict.fromkeys(hit, Role.TARGET)


def _refused(around: Around) -> dict[Chain, Role]:
    """Return who refuses an offer, and whose it is."""
    before, inside, after = around
    refusing = before[-1:] or inside[:1]
    offering = after[:1] or (inside[:1] if before else [])
    return dict.fromkeys(refusing, Role.TARGET) | dict.fromkeys(offering, Role.ACTOR)


def _is_of_what_follows(placing: Placing) -> bool:
    """Return whether what a noun is about stands right behind it: "خرید X"."""
    trigger = placing.trigger
    return (
        trigger.frame in _OBJECT_NEXT
        and trigger.weight > 1
        and Role.TARGET not in placing.taken
        and placing.is_next()
    )


def _of_what_follows(placing: Placing) -> dict[Chain, Role]:
    before, inside, after = placing.around
    subject, thing = placing.sides
    subjects = () if subject is thing else (inside[:1] or before[-1:])
    return placing.unless_taken(subject, subjects) | {after[0]: thing}
