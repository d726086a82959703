"""Deals: what the cues of a deal say of its sides beyond where the names stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from services.classifier.document import Document, Ground, Name, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.sandhi import plain_ending
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.chains import BEFORE_A_NAME, Chain
from services.classifier.syntax.frames import stands_next
from services.classifier.syntax.markers import beside_of, ends_with_word, holds, marked_role
from services.common.contracts.reading import Role, Stage
from services.common.ids import CompanyId

_HANDED_ON = frozenset({"passive", "sold", "joins"})
_TAKES = frozenset({"active", "noun"})
_RIGHT_BEHIND = 2
_A_MARK = 5
"""So long are a name's mark and the spaces around it."""
_AROUND_A_MARK = ' "«„“「『《'
_CLOSING = "\"'»”"
_AN_ENDING = 3
_OF_WHOM = 14
"""So far behind an owner stands whose: "owner of the retailer X"."""
_A_COPULA = 2
"""So many words are "is", and an article."""
_STAKE = 24
"""How much text a word for a stake may fill."""
_ITS_VERB = 4
"""So much later begins a contract that a verb which sells stands before: "양도하는 주식매매계약"."""
_TO_WHOSE = 3
"""So many words are "a stake in"."""
CONTEST = 3
"""So many companies a contest has at least: two who want the third."""


def stakes_that_are_sold(grammar: Grammar, triggers: Sequence[Trigger]) -> list[Trigger]:
    """Return the cues for a stake that a verb which sells goes with: "X ने पूरी हिस्सेदारी बेच दी" buys nothing.

    They overlap, or the verb stands right beside: of languages whose verbs come last.
    """
    if grammar.order != "sov":
        return []
    sells = [trigger for trigger in triggers if trigger.frame == "sell"]
    return [
        trigger
        for trigger in triggers
        if trigger.frame == "active"
        and trigger.event_type == "acquisition"
        and any(
            trigger.start <= sell.start <= trigger.end + _RIGHT_BEHIND
            or sell.end <= trigger.start <= sell.end + _ITS_VERB
            for sell in sells
        )
    ]


def sides_of_an_owner(document: Document, trigger: Trigger) -> dict[Chain, Role]:
    """Return the sides of a sentence that says who owns something now: "The new owner of X is Y"."""
    owners = folded_particles("owner", document.language)
    text = document.folded.text
    if trigger.event_type != "acquisition" or not any(
        owner in text[trigger.start : trigger.end] for owner in owners
    ):
        return {}
    names = document.names_in(trigger.sentence)
    if len(names) != 2 or names[0].start < trigger.start:
        return {}
    thing, owner = names
    copula = text[thing.end : owner.start].split()
    is_right_behind = thing.start - trigger.end <= _OF_WHOM
    is_that = bool(copula) and copula[0] in folded_particles("copula", document.language)
    if not (is_right_behind and is_that) or len(copula) > _A_COPULA:
        return {}
    return {Chain((thing,)): Role.TARGET, Chain((owner,)): Role.ACTOR}


def sides_of_a_contest(
    grammar: Grammar, trigger: Trigger, chains: Sequence[Chain]
) -> dict[Chain, Role]:
    """Return who is party to a contest, and what is wanted; empty where nobody else wants it.

    In every word order a row of names wants what stands alone. Of names that all stand alone the nearest to the
    cue is wanted, on the side where objects stand: "X vies with Y for Z".
    """
    if trigger.frame != "rivals":
        return {}
    alone = [chain for chain in chains if len({name.company for name in chain.names}) == 1]
    rows = [chain for chain in chains if chain not in alone]
    if not alone or not (rows or len(alone) >= CONTEST):
        return {}
    is_first = grammar.order == "sov"
    wanted = min(
        alone,
        key=lambda chain: ((chain.end <= trigger.start) is not is_first, _apart(chain, trigger)),
    )
    rivals = rows or [chain for chain in alone if chain != wanted]
    return dict.fromkeys(rivals, Role.PARTY) | {wanted: Role.TARGET}


def _apart(chain: Chain, trigger: Trigger) -> int:
    return max(chain.start - trigger.end, trigger.start - chain.end)


def forbids(trigger: Trigger, triggers: Sequence[Trigger]) -> bool:
    """Return whether a cue says that a deal is forbidden which another cue behind it tells."""
    return not trigger.weight or (
        trigger.frame == "noun"
        and trigger.stage == Stage.REJECTED
        and any(other.start >= trigger.end and other.stage is None for other in triggers)
    )


def has_thing_alone(found: Mapping[CompanyId, tuple[Role, Name, Ground]]) -> bool:
    """Return whether what is bought is known and who buys is not: "verbietet X, Y zu übernehmen"."""
    roles = {role for role, _, _ in found.values()}
    return Role.TARGET in roles and Role.ACTOR not in roles


def role_of_an_alliance(trigger: Trigger, members: Sequence[Chain]) -> Role:
    """Return what members of an alliance do: who stands before a verb that sells sells."""
    is_before = all(chain.end <= trigger.start for chain in members)
    return Role.SELLER if trigger.frame == "sell" and is_before else Role.ACTOR


def sides_of_a_bid(
    document: Document, grammar: Grammar, trigger: Trigger, after: Sequence[Chain]
) -> dict[Chain, Role]:
    """Return who bids and for whom behind the noun of a deal that fails: "veta la opa de X sobre Y".

    The first name may as well be what was to be bought, "la compra de Y", so the second must tell.
    """
    if len(after) < 2 or trigger.frame != "noun" or trigger.stage is None:
        return {}
    first, second = (beside_of(document, grammar, trigger, chain) for chain in after[:2])
    cue = document.folded.text[trigger.start : trigger.end]
    is_of = any(cue.endswith(f" {word}") for word in grammar.before.get("bid.actor", ()))
    is_bid = (
        (
            first.marked_by(grammar, "bid.actor")
            or (is_of and after[0].start - trigger.end <= _RIGHT_BEHIND)
        )
        and second.marked_by(grammar, "bid.target")
        and marked_role(grammar, trigger, second) in {None, Role.TARGET}
    )
    return {after[0]: Role.ACTOR, after[1]: Role.TARGET} if is_bid else {}


def bidder_first(
    grammar: Grammar, trigger: Trigger, marked: Mapping[Chain, Role], chains: Sequence[Chain]
) -> dict[Chain, Role]:
    """Return who bids, where a verb-last sentence begins with whom the bid is from: "X'ten Y'ye teklif"."""
    if grammar.order != "sov" or trigger.stage != Stage.PROPOSED or trigger.frame != "active":
        return {}
    if not chains or marked.get(chains[0]) is not Role.SELLER or Role.ACTOR in marked.values():
        return {}
    return {chains[0]: Role.ACTOR}


def sides_of_a_sale(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    others: Sequence[Chain],
    after: Sequence[Chain],
) -> dict[Chain, Role]:
    """Return the sides of a sale that fails: "blocks the sale of X to Y", "X renonce à vendre Y à Z"."""
    if trigger.frame != "noun" or trigger.stage is None or trigger.event_type != "acquisition":
        return {}
    cue = document.folded.text[trigger.start : trigger.end].split()
    if not after or set(grammar.sale).isdisjoint(cue):
        return {}
    sides = {after[0]: Role.TARGET}
    for chain in after[1:2]:
        if beside_of(document, grammar, trigger, chain).marked_by(grammar, "sell.actor"):
            sides[chain] = Role.ACTOR
    return sides | dict.fromkeys(others[-1:], Role.SELLER)


def sides_of_a_stake(
    document: Document, grammar: Grammar, trigger: Trigger, chains: Sequence[Chain]
) -> dict[Chain, Role]:
    """Return whose stake in whom changes hands: "تشتري حصة X في Y", "سهم X در Y را خرید"."""
    stakes = grammar.before.get("stake", ())
    if not stakes or trigger.event_type != "acquisition":
        return {}
    text = document.folded.text
    for owner, thing in pairwise(chains):
        left = text[max(owner.start - _STAKE, 0) : owner.start].rstrip(BEFORE_A_NAME)
        within = _without_ending(text[owner.end : thing.start])
        if within in grammar.scope and any(ends_with_word(left, word) for word in stakes):
            return {owner: Role.SELLER, thing: Role.TARGET}
    return {}


def _without_ending(gap: str) -> str:
    """Return what parts two names without the ending and the quotes of the first."""
    ending, _, word = gap.partition(" ")
    return word.strip(BEFORE_A_NAME) if len(ending.strip(_CLOSING)) <= _AN_ENDING else gap.strip()


def begins_with_verb(document: Document, trigger: Trigger) -> bool:
    """Return whether a cue for a deal that fails begins with who gives it up: "drops its bid for".

    Before its noun stands what was to be bought: "the X deal collapses".
    """
    return (
        trigger.frame == "noun"
        and trigger.stage == Stage.REJECTED
        and any(
            hit.start == trigger.start
            and hit.end < trigger.end  # what is as long names the deal first: "merger … is off"
            and hit.meaning.name == Stage.REJECTED
            for hit in document.words_in("stage", trigger.sentence)
        )
    )


def whom_it_is_allowed(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    before: Sequence[Chain],
    roles: Mapping[Chain, Role],
) -> dict[Chain, Role]:
    """Return who is allowed or forbidden to buy in a verb-last language: "X को Y खरीदने की अनुमति".

    The same mark makes X what is bought where nobody else is.
    """
    if grammar.order != "sov" or trigger.frame not in {"active", "noun"}:
        return {}
    if trigger.event_type != "acquisition" or Role.ACTOR in roles.values():
        return {}
    things = [chain for chain in before if roles.get(chain) is Role.TARGET]
    if len(things) < 2:
        return {}
    beside = beside_of(document, grammar, trigger, things[0])
    return {things[0]: Role.ACTOR} if beside.marked_by(grammar, "sell.actor") else {}


def what_is_sold(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    chains: Sequence[Chain],
    marked: Mapping[Chain, Role],
) -> dict[Chain, Role]:
    """Return what a verb-last sentence sells whose mark may also be the buyer's: "X-কে বেচে দিল Y".

    It opens the clause or stands behind who sells, right before the verb, and nothing else is sold.
    """
    if grammar.order != "sov" or trigger.frame != "sell" or Role.TARGET in marked.values():
        return {}
    if len(chains) > 2:
        return {}
    text = document.folded.text
    start, end = document.clause_of(trigger.sentence, trigger.start)
    if any(marked.get(chain) is Role.SELLER for chain in chains) and any(
        chain not in marked for chain in chains
    ):
        return {}
    for at, chain in enumerate(chains):
        if marked.get(chain) is not Role.ACTOR or chain.end > trigger.start:
            continue
        begun = chains[at - 1].end if at else start
        is_bare = max(chain.start - begun, trigger.start - chain.end) <= _A_MARK
        words = text[trigger.start : end]
        if is_bare and not any(word in words for word in (*grammar.unit, *grammar.money.percent)):
            return {chain: Role.TARGET}
    return {}


def sellers_of_units(
    document: Document, grammar: Grammar, trigger: Trigger, chains: Sequence[Chain]
) -> Iterator[Chain]:
    """Yield whose the unit is that is bought, where both have names: "收购诺维克旗下皮克西奥", "buys X's Y"."""
    if trigger.event_type == "acquisition":
        for holder, unit in pairwise(chains):
            if holds(document, grammar, holder.end, unit.start) or (
                _has(document, holder, unit)
                and _is_dealt_in(document, grammar, trigger, unit, [holder, unit], chains)
            ):
                yield holder


def _has(document: Document, holder: Chain, unit: Chain) -> bool:
    """Return whether nothing but a mark of whose it is parts two names; a row of names has nothing."""
    if len(holder.names) > 1:
        return False
    text = document.folded.text
    gap = text[holder.end : unit.start].strip(_AROUND_A_MARK)
    mark = plain_ending(text[holder.start : holder.end], gap)
    return mark in folded_particles("owned_by", document.language)


def _is_dealt_in(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    unit: Chain,
    pair: Sequence[Chain],
    chains: Sequence[Chain],
) -> bool:
    """Return whether what is somebody's changes hands, and is not who buys: "X's Y buys Z".

    In verb-last languages it stands where the noun's object does, too, "X의 Y 인수": so a third must buy.
    """
    if grammar.order == "svo":
        if trigger.frame in _HANDED_ON:
            return unit.end <= trigger.start
        return trigger.frame in _TAKES and _is_object(document, grammar, trigger, pair[0])
    if _is_told_to_be_done(document, trigger, unit):
        return False
    beside = beside_of(document, grammar, trigger, unit)
    return (
        trigger.frame in _HANDED_ON | {"active"}
        and marked_role(grammar, trigger, beside) is not Role.ACTOR
        and any(
            other.end <= trigger.start or stands_next(document, trigger, other)
            for other in chains
            if other not in pair
        )
    )


def _is_object(document: Document, grammar: Grammar, trigger: Trigger, chain: Chain) -> bool:
    """Return whether nothing but words of its object parts a cue from a name: "buys a stake in X", not "a rival of X"."""
    # the second half of a verb stands behind its object: "neemt Norviks Zelmo over"
    is_parted = trigger.end > chain.start
    end = document.word_end(trigger.start if is_parted else trigger.end)
    gap = document.folded.text[end : chain.start]
    words = gap.strip(_AROUND_A_MARK).split()
    is_of = bool(words) and words[-1] in (
        *grammar.scope,
        *folded_particles("of_whom", document.language),
    )
    is_rival = any(
        trigger.start <= word.start < chain.start
        for word in document.words_in("rivals", trigger.sentence)
    )
    is_plain = not words or (trigger.frame == "active" and len(gap) <= _A_MARK)
    return end <= chain.start and not is_rival and (is_plain or (is_of and len(words) <= _TO_WHOSE))


def _is_told_to_be_done(document: Document, trigger: Trigger, thing: Chain) -> bool:
    """Return whether who is marked as an owner does what another tells: "Norvik'in Zelmo'yu satın aldığını"."""
    text = document.folded.text
    ending = text[thing.end : trigger.start].split(" ", 1)[0]
    verb = text[trigger.start : document.word_end(trigger.end)]
    return ending in folded_particles("done_to", document.language) or verb.endswith(
        folded_particles("in_doing", document.language)
    )
