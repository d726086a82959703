"""Frames: the roles that follow from where unmarked names stand to a cue."""

from __future__ import annotations

from collections.abc import Mapping

from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.spans import DEALS, NOUNS, UNDERGONE, Trigger
from services.classifier.syntax.clauses.signs import AROUND_A_VERB, has_sign
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.roles.around import Around
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role

CARRIED_OUT = frozenset({"told", "must"})
"""Frames of a ban that others than who wants it carry out."""
_ADJACENT = 2
_BOTH = 2
_FIRST_WORD = 16
"""How far from its beginning a cue may have its subject: "اشترت شركة X حصة"."""
_BEHIND_THE_CUE = 16
"""How far behind a cue its object may stand: "of the German"."""


def by_place(scene: Scene, around: Around, taken: set[Role]) -> Mapping[Chain, Role]:
    """Return the roles that follow from where unmarked chains stand to the cue."""
    grammar, trigger = scene.grammar, scene.trigger
    before, inside, after = around
    if trigger.frame in {"talks", "merge"}:
        return _all_alike(scene, around)
    if trigger.frame in CARRIED_OUT:
        return _carried_out(trigger, grammar, around)
    if trigger.frame == "refuse" and grammar.order == "svo":
        refusing = before[-1:] or inside[:1]
        offering = after[:1] or (inside[:1] if before else [])
        return dict.fromkeys(refusing, Role.TARGET) | dict.fromkeys(offering, Role.ACTOR)
    if grammar.has_nouns_first and _is_of_what_follows(trigger, after, taken):
        subject, thing = _sides(trigger)
        subjects = () if subject in taken or subject is thing else (inside[:1] or before[-1:])
        return dict.fromkeys(subjects, subject) | {after[0]: thing}
    if inside:
        return _inside(scene, around, taken)
    placed = _verb_last if grammar.order == "sov" else _verb_middle
    return placed(trigger, grammar, before, after, taken)


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
        behind[0].start - min(scene.trigger.end, behind[0].start) <= _BEHIND_THE_CUE
        and together.isdisjoint(words)
        and (behind[0].start > scene.trigger.end or _is_a_noun_of(scene, words))
        and not has_sign(scene.text, scene.trigger.start, behind[:2][-1].start)
    )


def _is_a_noun_of(scene: Scene, words: list[str]) -> bool:
    """Return whether a cue that goes around a name begins with a noun and "of": "fusion de X avec"."""
    return bool(words) and words[-1].split("'")[0] in folded_particles("genitive", scene.language)


def _carried_out(trigger: Trigger, grammar: Grammar, around: Around) -> dict[Chain, Role]:
    """Return the roles of a ban that others carry out or want: what is banned, and they as parties.

    `told` goes around whom it tells ("orders X to remove Y"), `must` stands behind who has to or wants it ("X must
    remove Y", "X calls for a ban on Y"). Verb-last languages have what is banned right before or in the cue.
    """
    before, inside, after = around
    if grammar.order == "sov":
        row = before[-2:] + inside
        hit = row[-1:] if len(row) > 1 or trigger.frame == "must" else []
    else:
        row = before[-1:] + inside + after[:1]
        if trigger.frame == "must":
            hit = inside[-1:] or after[:1]
        else:
            hit = row[-1:] if after or len(inside) > 1 else []
    return dict.fromkeys(row, Role.PARTY) | dict.fromkeys(hit, Role.TARGET)


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
    subject, thing = _sides(trigger)
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


def stands_next(scene: Scene, chain: Chain) -> bool:
    """Return whether nothing but a space parts a verb from a name behind it."""
    end = scene.document.word_end(scene.trigger.end)
    return chain.start >= end and not scene.text[end : chain.start].strip()


def _is_of_what_follows(trigger: Trigger, after: list[Chain], taken: set[Role]) -> bool:
    """Return whether what a noun is about stands right behind it: "خرید X"."""
    return (
        bool(after)
        and trigger.frame in {"active", "passive", "noun", "sell"}
        and trigger.weight > 1
        and Role.TARGET not in taken
        and after[0].start - trigger.end <= _ADJACENT
    )


def left_over(trigger: Trigger, told: set[Role]) -> Role | None:
    """Return the role of whom a relative clause is about: the one that nobody in it has.

    "Norvik, which bought Zelmo", "Zelmo, which Norvik bought"; None where its names tell both.
    """
    if trigger.frame in {"talks", "merge", "noun", "lifted"} or not told:
        return None
    subject, thing = _sides(trigger)
    sides = (thing,) if trigger.frame in UNDERGONE else (subject, thing)
    return next((role for role in sides if role not in told), None)


def _inside(scene: Scene, around: Around, taken: set[Role]) -> dict[Chain, Role]:
    """Return the roles where a cue in two parts goes around a name.

    Mostly that is its object: "stellt X ein", "ban on X lifted". But "blocks X's takeover of Y" goes
    around who wanted Y.
    """
    grammar, trigger = scene.grammar, scene.trigger
    before, inside, after = around
    if len(inside) > 1 and trigger.stage and _is_of_a_deal(trigger):
        return {inside[0]: Role.ACTOR, inside[-1]: Role.TARGET}
    subject, _ = _sides(trigger)
    if len(inside) > 1 and grammar.is_verb_last and not before and trigger.frame == "active":
        # "Am Montag stellte X Y ein": both stand behind the verb.
        return {inside[0]: subject, inside[-1]: Role.TARGET}
    if trigger.frame == "active" and (off := _bought_off(scene, around, taken)):
        return off
    has_thing = trigger.frame == "active" or Role.TARGET in taken
    if (has_thing and _is_subject_inside(trigger, grammar, before, inside)) or _is_possessor(
        trigger, after, taken
    ):
        things = () if Role.TARGET in taken else after[:1]
        return dict.fromkeys(inside, subject) | dict.fromkeys(things, Role.TARGET)
    if trigger.frame == "joins":
        # "X được Y mua lại", "X becomes Y's subsidiary": around who does it.
        things = () if Role.TARGET in taken else before[-1:]
        return dict.fromkeys(inside, Role.ACTOR) | dict.fromkeys(things, Role.TARGET)
    subjects = before[-1:] if _takes_subject(trigger) else []
    return dict.fromkeys(inside, Role.TARGET) | dict.fromkeys(
        subjects, Role.SELLER if subject is Role.SELLER else Role.ACTOR
    )


def _bought_off(scene: Scene, around: Around, taken: set[Role]) -> dict[Chain, Role]:
    """Return the sides of a verb that goes around who had what is bought: "kauft X die Sparte Y ab"."""
    before, inside, after = around
    is_named = before and _is_possessor(scene.trigger, after, taken)
    if not (is_named or _is_bought_from(scene, around)):
        return {}
    things = after[:1] if is_named and Role.TARGET not in taken else ()
    return (
        dict.fromkeys(before[-1:], scene.trigger.doer)
        | dict.fromkeys(inside, Role.SELLER)
        | dict.fromkeys(things, Role.TARGET)
    )


def _is_bought_from(scene: Scene, around: Around) -> bool:
    """Return whether a cue goes on behind the one name with what, without a name, is bought: "kauft X die Kette ab"."""
    grammar, trigger = scene.grammar, scene.trigger
    off = folded_particles("bought_off", scene.language)
    if not off or around.after or len(around.inside) != 1 or not _is_of_a_deal(trigger):
        return False
    things = scene.text[around.inside[0].end : trigger.end].split()
    clause = scene.text[trigger.end : scene.clause[1]].rstrip(AROUND_A_VERB).split()
    return len(things) > 1 and things[0] in grammar.articles and clause[-1:] == list(off)


def _is_subject_inside(
    trigger: Trigger, grammar: Grammar, before: list[Chain], inside: list[Chain]
) -> bool:
    """Return whether a verb that comes first goes on to its object behind who does it.

    "اشترت X شركة": X buys.
    """
    return (
        grammar.is_verb_first
        and not before
        and not trigger.is_past
        and trigger.event_type == "acquisition"
        and trigger.frame in DEALS
        and inside[0].start - trigger.start <= _FIRST_WORD
    )


def _is_of_a_deal(trigger: Trigger) -> bool:
    """Return whether a cue in two parts goes around the names of a deal as its noun has them."""
    return trigger.event_type == "acquisition" and trigger.frame in {*NOUNS, "active"}


def _is_possessor(trigger: Trigger, after: list[Chain], taken: set[Role]) -> bool:
    """Return whether a name that a deal's cue goes around stands before what is bought."""
    if not _is_of_a_deal(trigger) or Role.ACTOR in taken:
        return False
    return Role.TARGET in taken or any(
        chain.start - trigger.end <= _BEHIND_THE_CUE for chain in after[:1]
    )


def _takes_subject(trigger: Trigger) -> bool:
    """Return whether who stands before a cue that goes around its object does it.

    Of the nouns of bans that is not so: "X's ban on Y lifted".
    """
    return trigger.event_type != "ban" or trigger.frame in {"active", "store"}


def _verb_middle(
    trigger: Trigger, grammar: Grammar, before: list[Chain], after: list[Chain], taken: set[Role]
) -> dict[Chain, Role]:
    left, right = before[-1:], after[:1]
    if trigger.frame in NOUNS and left and not right:
        return _before_a_noun(trigger, before, taken)
    subject, thing = _sides(trigger)
    if Role.TARGET not in taken and _tells_both_sides(trigger, left, right):
        return {left[0]: Role.ACTOR, right[0]: Role.TARGET}
    if trigger.frame in UNDERGONE or (trigger.frame in NOUNS and subject is Role.TARGET):
        chosen = left or right
        return {} if Role.TARGET in taken and not left else dict.fromkeys(chosen, Role.TARGET)
    has_one_side = not (left and right)
    if has_one_side and (
        trigger.frame == "close" or (trigger.event_type == "shutdown" and Role.TARGET not in taken)
    ):
        return dict.fromkeys([*left, *right], Role.TARGET)
    if _is_inverted(trigger, grammar, before, after, taken):
        return dict.fromkeys(after[:1], subject) | dict.fromkeys(
            () if thing in taken else after[1:2], thing
        )
    # "Y by X bought": where a word marks who does it, who is named first is what it is done to.
    is_object = subject is Role.ACTOR and subject in taken and thing not in taken and not right
    placed = dict.fromkeys(left, thing if is_object else subject)
    if Role.TARGET not in taken or thing is not Role.TARGET:
        placed |= dict.fromkeys(right, thing)
    return placed


def _tells_both_sides(trigger: Trigger, left: list[Chain], right: list[Chain]) -> bool:
    """Return whether a closing says who closes what: "X exits Y", "X announces closure of Y".

    Not "X closure hits Y".
    """
    if trigger.event_type != "shutdown" or not (left and right):
        return False
    is_told_of = trigger.stage is not None or trigger.start - left[0].end > _ADJACENT
    return trigger.frame == "close" or (
        trigger.frame == "noun" and is_told_of and right[0].start - trigger.end <= _BEHIND_THE_CUE
    )


def _is_inverted(
    trigger: Trigger, grammar: Grammar, before: list[Chain], after: list[Chain], taken: set[Role]
) -> bool:
    """Return whether the subject stands right behind its verb: "Kauft X Y?", "تستحوذ X على Y".

    Behind a noun it does where a word marks what is bought: "رفض استحواذ X على Y".
    """
    if trigger.event_type != "acquisition" or trigger.frame not in {"active", "sell", "noun"}:
        return False
    if before or not after or after[0].start - trigger.end > _ADJACENT:
        return False
    subject, thing = _sides(trigger)
    is_verb = trigger.frame != "noun"
    has_object = thing in taken or (len(after) > 1 and is_verb)
    # Where verbs come first one alone stands there for who does it, but in "which bought X".
    is_bought = grammar.is_verb_first and trigger.frame == "active" and not trigger.is_past
    has_object = has_object or is_bought
    return subject not in taken and has_object


def _before_a_noun(trigger: Trigger, before: list[Chain], taken: set[Role]) -> dict[Chain, Role]:
    """Return the roles of names that only stand before a noun.

    Right before it stands its object ("the Fitbit deal", "TikTok ban"); names in a row are equals ("A
    and B call off their wedding").
    """
    subject, thing = _sides(trigger)
    last = before[-1]
    if subject in taken and thing not in taken:
        return {last: thing}
    if thing in taken and subject not in taken:
        return {last: subject}  # "X drops plan to buy Y": a word marks Y
    if trigger.start - last.end <= _ADJACENT or len(last.names) > 1:
        return {last: Role.TARGET} | dict.fromkeys(before[-2:-1], subject)
    return {last: subject}


def _verb_last(
    trigger: Trigger,
    grammar: Grammar,
    before: list[Chain],
    after: list[Chain],
    taken: set[Role],
) -> dict[Chain, Role]:
    subject, thing = _sides(trigger)
    is_verb = trigger.event_type == "acquisition" and trigger.frame in DEALS
    if grammar.has_turned_denials and is_verb and len(before) == 1 and after and not taken:
        return {before[0]: subject, after[0]: thing}  # "टाटा नहीं खरीदेगी एयर इंडिया"
    if trigger.frame == "joins" and before and after and not taken:
        return {before[-1]: subject, after[0]: thing}  # "of X ten percent now belongs to Y"
    if trigger.event_type == "shutdown":
        subject = Role.ACTOR  # who closes is told where what is closed is, too
    if len(before) >= 2 and not taken:
        return {before[0]: subject, before[-1]: thing}
    if before:
        # Who sells is named, what is sold often is not: "X sells its cement business".
        is_seller = trigger.frame == "sell" and subject not in taken and not after
        free = subject if is_seller or thing in taken else thing
        placed = {before[-1]: free}
        if after and free is thing:
            placed[after[0]] = subject
        return placed
    if after and not {subject, thing} <= taken:
        # A headline may put who does it last: "to Y goes the business of X" has its buyer marked.
        is_subject = (trigger.frame == "sell" and subject not in taken) or (
            trigger.event_type == "acquisition" and thing in taken
        )
        is_next = after[0].start - trigger.end <= _ADJACENT
        is_subject = is_subject or (trigger.frame == "active" and thing in taken and is_next)
        return {after[0]: subject if is_subject else thing}
    return {}


def _sides(trigger: Trigger) -> tuple[Role, Role]:
    """Return the roles of who does it and of what it is done to."""
    if trigger.frame == "sell":
        return Role.SELLER, Role.TARGET
    if trigger.frame in {"refuse", "joins"}:
        return Role.TARGET, Role.ACTOR
    if trigger.event_type != "acquisition" and trigger.frame in {"noun", "close"}:
        return Role.TARGET, Role.TARGET
    return Role.ACTOR, Role.TARGET
