"""Enclosing: the roles where a cue in two parts goes around a name.

Mostly that is its object: "stellt X ein", "ban on X lifted". But "blocks X's takeover of Y" goes around who
wanted Y.
"""

from __future__ import annotations

from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import DEALS, NOUNS, Trigger
from services.classifier.syntax.clauses.signs import AROUND_A_VERB
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.roles.placing import Placing
from services.common.contracts.reading import Role

_FIRST_WORD = 16
"""How far from its beginning a cue may have its subject: "اشترت شركة X حصة"."""


def by_enclosing(placing: Placing) -> dict[Chain, Role]:
    """Return the roles around a cue that goes around a name."""
    trigger = placing.trigger
    before, inside, after = placing.around
    if len(inside) > 1 and _has_both_sides(placing):
        return {inside[0]: Role.ACTOR, inside[-1]: Role.TARGET}
    if trigger.frame == "active" and (off := _bought_off(placing)):
        return off
    if _is_subject(placing) or _is_possessor(placing):
        subject, _ = placing.sides
        return dict.fromkeys(inside, subject) | placing.unless_taken(Role.TARGET, after[:1])
    if trigger.frame == "joins":
        # "X được Y mua lại", "X becomes Y's subsidiary": around who does it.
        bought = placing.unless_taken(Role.TARGET, before[-1:])
        return dict.fromkeys(inside, Role.ACTOR) | bought
    doers = before[-1:] if _takes_subject(trigger) else []
    return dict.fromkeys(inside, Role.TARGET) | dict.fromkeys(doers, trigger.doer)


def _has_both_sides(placing: Placing) -> bool:
    """Return whether who does it and what it is done to both stand within: "Am Montag stellte X Y ein"."""
    trigger = placing.trigger
    if trigger.stage and _is_of_a_deal(trigger):
        return True
    return placing.grammar.is_verb_last and not placing.around.before and trigger.frame == "active"


def _bought_off(placing: Placing) -> dict[Chain, Role]:
    """Return the sides of a verb that goes around who had what is bought: "kauft X die Sparte Y ab"."""
    before, inside, after = placing.around
    is_named = bool(before) and _is_possessor(placing)
    if not (is_named or _is_bought_from(placing)):
        return {}
    things = placing.unless_taken(Role.TARGET, after[:1]) if is_named else {}
    return (
        dict.fromkeys(before[-1:], placing.trigger.doer)
        | dict.fromkeys(inside, Role.SELLER)
        | things
    )


def _is_bought_from(placing: Placing) -> bool:
    """Return whether a cue goes on behind the one name with what, without a name, is bought: "kauft X die Kette ab"."""
    (scene, (_, inside, after), _), trigger = placing, placing.trigger
    off = folded_particles("bought_off", scene.language)
    if not off or after or len(inside) != 1 or not _is_of_a_deal(trigger):
        return False
    things = scene.text[inside[0].end : trigger.end].split()
    clause = scene.text[trigger.end : scene.clause[1]].rstrip(AROUND_A_VERB).split()
    return len(things) > 1 and things[0] in scene.grammar.articles and clause[-1:] == list(off)


def _is_subject(placing: Placing) -> bool:
    """Return whether a verb that comes first goes on to its object behind who does it.

    "اشترت X شركة": X buys.
    """
    trigger = placing.trigger
    return (
        placing.grammar.is_verb_first
        and not placing.around.before
        and not trigger.is_past
        and trigger.event_type == "acquisition"
        and trigger.frame in DEALS
        and (trigger.frame == "active" or Role.TARGET in placing.taken)
        and placing.around.inside[0].start - trigger.start <= _FIRST_WORD
    )


def _is_possessor(placing: Placing) -> bool:
    """Return whether a name that a deal's cue goes around stands before what is bought."""
    if not _is_of_a_deal(placing.trigger) or Role.ACTOR in placing.taken:
        return False
    return Role.TARGET in placing.taken or placing.is_near()


def _is_of_a_deal(trigger: Trigger) -> bool:
    """Return whether a cue in two parts goes around the names of a deal as its noun has them."""
    return trigger.event_type == "acquisition" and trigger.frame in {*NOUNS, "active"}


def _takes_subject(trigger: Trigger) -> bool:
    """Return whether who stands before a cue that goes around its object does it.

    Of the nouns of bans that is not so: "X's ban on Y lifted".
    """
    return trigger.event_type != "ban" or trigger.frame in {"active", "store"}
