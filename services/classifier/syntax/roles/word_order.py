"""Word order: the roles of names before and behind a cue, by where a language's verbs stand."""

from __future__ import annotations

from collections.abc import Mapping

from services.classifier.spans import DEALS, NOUNS, UNDERGONE, Trigger
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.roles.placing import ADJACENT, Placing, sides_of
from services.common.contracts.reading import Role


def verb_middle(placing: Placing) -> dict[Chain, Role]:
    """Return the roles of names around a cue between who does it and what it is done to."""
    trigger, (before, _, after) = placing.trigger, placing.around
    left, right = before[-1:], after[:1]
    subject, thing = placing.sides
    if trigger.frame in NOUNS and left and not right:
        return _before_a_noun(placing)
    if _tells_both_sides(placing):
        return {left[0]: Role.ACTOR, right[0]: Role.TARGET}
    if trigger.frame in UNDERGONE or (trigger.frame in NOUNS and subject is Role.TARGET):
        return dict.fromkeys(left, Role.TARGET) or placing.unless_taken(Role.TARGET, right)
    if not (left and right) and _closes_alone(placing):
        return dict.fromkeys([*left, *right], Role.TARGET)
    if _is_inverted(placing):
        return dict.fromkeys(right, subject) | placing.unless_taken(thing, after[1:2])
    # "Y by X bought": where a word marks who does it, who is named first is what it is done to.
    taken = placing.taken
    is_object = subject is Role.ACTOR and subject in taken and thing not in taken and not right
    placed = dict.fromkeys(left, thing if is_object else subject)
    if Role.TARGET not in taken or thing is not Role.TARGET:
        placed |= dict.fromkeys(right, thing)
    return placed


def _before_a_noun(placing: Placing) -> dict[Chain, Role]:
    """Return the roles of names that only stand before a noun.

    Right before it stands its object ("the Fitbit deal", "TikTok ban"); names in a row are equals ("A
    and B call off their wedding").
    """
    trigger, taken, before = placing.trigger, placing.taken, placing.around.before
    subject, thing = placing.sides
    last = before[-1]
    if (subject in taken) != (thing in taken):
        # "X drops plan to buy Y": a word marks Y.
        return {last: thing if subject in taken else subject}
    if trigger.start - last.end <= ADJACENT or len(last.names) > 1:
        return {last: Role.TARGET} | dict.fromkeys(before[-2:-1], subject)
    return {last: subject}


def _tells_both_sides(placing: Placing) -> bool:
    """Return whether a closing says who closes what: "X exits Y", "X announces closure of Y".

    Not "X closure hits Y".
    """
    trigger, (before, _, after) = placing.trigger, placing.around
    if trigger.event_type != "shutdown" or not (before and after) or Role.TARGET in placing.taken:
        return False
    is_told_of = trigger.stage is not None or trigger.start - before[-1].end > ADJACENT
    return trigger.frame == "close" or (
        trigger.frame == "noun" and is_told_of and placing.is_near()
    )


def _closes_alone(placing: Placing) -> bool:
    """Return whether who is named on one side alone is what closes."""
    trigger = placing.trigger
    return trigger.frame == "close" or (
        trigger.event_type == "shutdown" and Role.TARGET not in placing.taken
    )


def _is_inverted(placing: Placing) -> bool:
    """Return whether the subject stands right behind its verb: "Kauft X Y?", "تستحوذ X على Y".

    Behind a noun it does where a word marks what is bought: "رفض استحواذ X على Y".
    """
    trigger, (before, _, after) = placing.trigger, placing.around
    if trigger.event_type != "acquisition" or trigger.frame not in {"active", "sell", "noun"}:
        return False
    subject, thing = placing.sides
    if before or not placing.is_next() or subject in placing.taken:
        return False
    has_object = thing in placing.taken or (len(after) > 1 and trigger.frame != "noun")
    # Where verbs come first one alone stands there for who does it, but in "which bought X".
    is_bought = placing.grammar.is_verb_first and trigger.frame == "active" and not trigger.is_past
    return has_object or is_bought


def verb_last(placing: Placing) -> dict[Chain, Role]:
    """Return the roles of names around a cue that mostly ends its clause."""
    trigger, taken, (before, _, after) = placing.trigger, placing.taken, placing.around
    subject, thing = placing.sides
    if before and after and not taken and _is_between(placing):
        return {before[-1]: subject, after[0]: thing}
    if trigger.event_type == "shutdown":
        subject = Role.ACTOR  # who closes is told where what is closed is, too
    if len(before) > 1 and not taken:
        return {before[0]: subject, before[-1]: thing}
    if before:
        # Who sells is named, what is sold often is not: "X sells its cement business".
        is_seller = trigger.frame == "sell" and subject not in taken and not after
        left_over = subject if is_seller or thing in taken else thing
        behind = after[:1] if left_over is thing else []
        return {before[-1]: left_over} | dict.fromkeys(behind, subject)
    if after and not {subject, thing} <= taken:
        return {after[0]: subject if _ends_with_subject(placing, subject) else thing}
    return {}


def _is_between(placing: Placing) -> bool:
    """Return whether a cue stands between its sides though verbs come last.

    "टाटा नहीं खरीदेगी एयर इंडिया", "of X ten percent now belongs to Y".
    """
    trigger = placing.trigger
    return trigger.frame == "joins" or (
        placing.grammar.has_turned_denials
        and trigger.event_type == "acquisition"
        and trigger.frame in DEALS
        and len(placing.around.before) == 1
    )


def _ends_with_subject(placing: Placing, subject: Role) -> bool:
    """Return whether a headline puts who does it last: "to Y goes the business of X" has its buyer marked."""
    trigger, (_, thing) = placing.trigger, placing.sides
    if trigger.frame == "sell" and subject not in placing.taken:
        return True
    is_of_a_deal = trigger.event_type == "acquisition"
    return thing in placing.taken and (
        is_of_a_deal or (trigger.frame == "active" and placing.is_next())
    )


def at_its_end(
    trigger: Trigger,
    clause: list[Chain],
    outside: list[Chain],
    taken: set[Role],
    *,
    is_infinitive: bool,
) -> Mapping[Chain, Role]:
    """Return the roles around a verb at the end of a clause that another holds: "dass X Y übernimmt".

    `clause` are its names, `outside` those before it, who may be the subject of an infinitive: "X
    plant, Y zu kaufen". Empty where one name alone may be either.
    """
    subject, thing = sides_of(trigger)
    if thing in taken or trigger.frame not in DEALS:
        return {}
    if len(clause) > 1:
        pair = {clause[-1]: thing}
        return pair if subject in taken else {clause[-2]: subject} | pair
    if clause and trigger.event_type == "ban":
        return {clause[0]: thing}
    if clause and is_infinitive:
        return dict.fromkeys(() if subject in taken else outside[-1:], subject) | {clause[0]: thing}
    return {}
