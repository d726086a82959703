"""Surroundings: who has which role around one cue.

What stands beside a name decides first ("by X", "X-কে"), then where it stands to the cue, then what is usual
for the type.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple, Self

from services.classifier.document import Document, Ground, Name, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.syntax.bystanders.contrasts import is_set_aside, parted
from services.classifier.syntax.clauses.openings import (
    is_in_an_opening,
    is_introduced,
    sides_behind_a_verb,
    sides_of_an_opening,
    without_its_aside,
)
from services.classifier.syntax.clauses.takers import takers
from services.classifier.syntax.clauses.verbs import (
    is_beyond,
    is_over,
    of_its_own,
    shares_its_subject,
    without_object,
)
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.names.markers import marks_behind
from services.classifier.syntax.roles.alliances import members, role_of_an_alliance
from services.classifier.syntax.roles.bids import (
    begins_with_verb,
    bidder_first,
    sides_of_a_bid,
    sides_of_a_contest,
    whom_it_is_allowed,
)
from services.classifier.syntax.roles.frames import at_its_end, by_place
from services.classifier.syntax.roles.neighbours import chains_near, names_near
from services.classifier.syntax.roles.pacts import sides_of_a_pact
from services.classifier.syntax.roles.relatives import of_a_relative_clause
from services.classifier.syntax.roles.sales import sides_of_a_sale, sides_of_an_owner, what_is_sold
from services.classifier.syntax.roles.sellers import company_of_sellers, owners_that_sell
from services.classifier.syntax.roles.stakes import sides_of_a_stake
from services.classifier.syntax.roles.topics import colon_topic, has_topic_alone, sides_of_a_topic
from services.classifier.syntax.roles.verb_forms import (
    have_it_done,
    is_impersonal,
    is_participle,
    sides_of_an_inversion,
)
from services.classifier.syntax.roles.wording import wording_of
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_GROUNDS = {"talks": Ground.TALKS, "refuse": Ground.WORD}
"""How sure a place is that has its own ground: who answers an offer is clear, whatever the offer's noun says."""
_AROUND_A_VERB = " ,.;:!?\"'-–\n"
_AUXILIARY = 7
"""How long a verb behind the one that ends a clause is: "gekauft hatten"."""
_MARKER = 32


class _Around(NamedTuple):
    """The chains before, within and behind a cue."""

    before: list[Chain]
    inside: list[Chain]
    after: list[Chain]

    @classmethod
    def of(cls, trigger: Trigger, chains: Sequence[Chain]) -> Self:
        """Return where chains stand to a cue."""
        return cls(
            [chain for chain in chains if chain.end <= trigger.start],
            [c for c in chains if c.end > trigger.start and c.start < trigger.end],
            [chain for chain in chains if chain.start >= trigger.end],
        )


def roles_around(
    document: Document, grammar: Grammar, trigger: Trigger, apart: set[CompanyId]
) -> Iterator[tuple[Name, Role, Ground]]:
    """Yield who has which role by a cue; add to `apart` whom words beside their names leave out."""
    taking = takers(document, grammar, trigger)
    yield from ((name, Role.ACTOR, Ground.WORD) for name in taking)
    if any(start <= trigger.start < end for start, end in taking.values()):
        return
    near = parted(document, grammar, trigger, chains_near(document, grammar, trigger))
    chains = of_its_own(document, grammar, trigger, near)
    yield from _told_at_once(document, grammar, trigger, chains) or _told_each(
        document, grammar, trigger, chains, apart
    )


def _told_at_once(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> list[tuple[Name, Role, Ground]]:
    """Return the roles of all that a construct tells as a whole, none where the cue stands in no such one."""
    if trigger.event_type == "ban" and (topic := colon_topic(document, grammar, trigger, chains)):
        return list(_each({topic: Role.TARGET}, Ground.PLACE))
    sides = (
        sides_of_a_topic(document, grammar, trigger)
        or sides_of_an_opening(document, grammar, trigger)
        or sides_behind_a_verb(document, grammar, trigger)
        or sides_of_an_inversion(document, grammar, trigger, chains)
        or sides_of_an_owner(document, trigger)
        or sides_of_a_contest(grammar, trigger, chains)
    )
    return list(_each(sides, Ground.WORD))


def _told_each(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    chains: Sequence[Chain],
    apart: set[CompanyId],
) -> Iterator[tuple[Name, Role, Ground]]:
    """Yield the roles that the words beside each name give, then those that the places left give."""
    alliance = _alliance(document, grammar, trigger)
    yield from _each(alliance, Ground.WORD)
    chains = [
        part
        for chain in _without(chains, alliance)
        for part in without_its_aside(document, grammar, trigger, chain)
    ]
    around = _Around.of(trigger, chains)
    marked, owned, asides = wording_of(document, grammar, trigger, chains)
    if shares_its_subject(document, grammar, trigger, around.before):
        around = around._replace(before=without_object(around.before, marked, asides))
    marked |= bidder_first(grammar, trigger, marked, chains)
    marked |= sides_of_a_stake(document, grammar, trigger, chains)
    marked |= sides_of_a_pact(document, grammar, trigger, chains, marked)
    apart.update(_left_out(document, grammar, trigger, chains, marked, asides))
    marked |= company_of_sellers(document, grammar, trigger, chains, marked)
    marked |= what_is_sold(document, grammar, trigger, chains, marked)
    marked |= owners_that_sell(document, grammar, trigger)
    marked |= _sides_of_its_noun(document, grammar, trigger, around, asides)
    taken = {*marked.values(), *alliance.values()}
    used = asides | marked.keys()
    if has_topic_alone(document, grammar, trigger, [c for c in chains if c not in used]):
        taken.add(Role.TARGET)  # what it buys has no name here
    free = _free(document, grammar, trigger, around, asides, marked)
    placed = _placed(document, grammar, trigger, free, taken)
    marked |= whom_it_is_allowed(document, grammar, trigger, around.before, {**placed, **marked})
    ground = _GROUNDS.get(trigger.frame, Ground.PLACE)
    yield from _each(marked, Ground.WORD)
    yield from _each(placed, ground)
    taken |= set(placed.values())
    yield from of_a_relative_clause(document, grammar, trigger, chains, taken, ground)
    if trigger.frame == "sell" and Role.TARGET not in taken:
        yield from _each(dict.fromkeys(owned, Role.TARGET), Ground.PLACE)


def _each(roles: Mapping[Chain, Role], ground: Ground) -> Iterator[tuple[Name, Role, Ground]]:
    """Yield every name of chains with its chain's role."""
    for chain, role in roles.items():
        yield from ((name, role, ground) for name in chain.names)


def _alliance(document: Document, grammar: Grammar, trigger: Trigger) -> dict[Chain, Role]:
    """Return what the members of an alliance do that buys or sells."""
    if trigger.event_type != "acquisition":
        return {}
    allied = members(document, grammar, trigger, names_near(document, grammar, trigger))
    return dict.fromkeys(allied, role_of_an_alliance(trigger, allied))


def _without(chains: Sequence[Chain], others: Collection[Chain]) -> list[Chain]:
    """Return chains without the names of others."""
    gone = {name for chain in others for name in chain.names}
    left = (tuple(name for name in chain.names if name not in gone) for chain in chains)
    return [Chain(names) for names in left if names]


def _left_out(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    chains: Sequence[Chain],
    marked: Mapping[Chain, Role],
    asides: Collection[Chain],
) -> Iterator[CompanyId]:
    """Yield whom words beside their names leave out of the event."""
    told = (*asides, *(chain for chain, role in marked.items() if role is Role.PARTY))
    for chain in told:
        if _is_left_out(document, grammar, trigger, chain, chains):
            yield from (name.company for name in chain.names)


def _is_left_out(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    chain: Chain,
    chains: Sequence[Chain],
) -> bool:
    """Return whether words beside a chain say that it is no side which the event still lacks."""
    text = document.folded.text
    return (
        is_introduced(document, grammar, chain)
        or is_in_an_opening(document, grammar, trigger, chain, chains)
        or is_set_aside(text, grammar, chain)
        or marks_behind(grammar, "none", text[chain.end : chain.end + _MARKER])
    )


def _sides_of_its_noun(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    around: _Around,
    asides: Collection[Chain],
) -> dict[Chain, Role]:
    """Return the roles that the noun of a deal gives to what stands behind it."""
    after = [chain for chain in around.after if chain not in asides]
    others = around.before[-1:] + around.inside
    return sides_of_a_sale(document, grammar, trigger, others, after) or sides_of_a_bid(
        document, grammar, trigger, after
    )


def _free(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    around: _Around,
    asides: Collection[Chain],
    marked: Mapping[Chain, Role],
) -> _Around:
    """Return the chains to which no word gives or denies a role and that the cue may be about."""
    before, inside, after = (
        [chain for chain in side if chain not in asides and chain not in marked] for side in around
    )
    if (before or around.inside) and is_over(document, grammar, trigger):
        after = []
    elif before or marked:
        after = [c for c in after if not is_beyond(document, grammar, trigger, c)]
    return _Around(before, inside, after)


def _placed(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    free: _Around,
    taken: set[Role],
) -> Mapping[Chain, Role]:
    """Return the roles that names without a marker before, behind and within a cue have by their place."""
    before, inside, after = free
    if inside and after and _ends_with_its_seller(document, grammar, trigger):
        return {
            **dict.fromkeys(before[-1:], Role.ACTOR),
            **dict.fromkeys(inside, Role.TARGET),
            after[0]: Role.SELLER,
        }
    if begins_with_verb(document, trigger) and not (after or inside or Role.ACTOR in taken):
        return dict.fromkeys(before[-1:], Role.ACTOR)
    if have_it_done(document, trigger, before, after):
        return {before[-1]: Role.ACTOR, after[0]: Role.TARGET}
    placed = (
        _placed_before_its_verb(document, grammar, trigger, before, taken)
        if not (after or inside)
        else {}
    ) or by_place(trigger, grammar, before, after, inside, taken)
    if set(placed.values()) == {Role.ACTOR} and is_impersonal(document, trigger):
        return dict.fromkeys(placed, Role.TARGET)
    if Role.ACTOR in placed.values() and is_participle(document, trigger):
        return dict.fromkeys(placed, Role.TARGET)  # "X barred from selling Y"
    return placed


def _placed_before_its_verb(
    document: Document, grammar: Grammar, trigger: Trigger, before: list[Chain], taken: set[Role]
) -> Mapping[Chain, Role]:
    """Return the roles of names before a verb that ends their clause, in languages where it may."""
    if not grammar.is_verb_last or not before:
        return {}
    text = document.folded.text
    start, end = document.clause_of(trigger.sentence, trigger.start)
    rest = text[trigger.end : end].split(",", 1)[0].strip(_AROUND_A_VERB)
    if len(rest) > _AUXILIARY or " " in rest:
        return {}
    before = [part for chain in before for part in _parted(chain, start)]
    clause = [chain for chain in before if chain.start >= start]
    words = text[trigger.start : trigger.end].split()
    is_infinitive = not grammar.infinitive.isdisjoint(words)
    outside = [chain for chain in before if chain.start < start]
    return at_its_end(trigger, clause, outside, taken, is_infinitive=is_infinitive)


def _parted(chain: Chain, at: int) -> list[Chain]:
    """Return a row of names in two where a clause begins within it: "verbietet X, Y zu kaufen"."""
    sides = ([n for n in chain.names if n.start < at], [n for n in chain.names if n.start >= at])
    return [Chain(tuple(side)) for side in sides if side]


def _ends_with_its_seller(document: Document, grammar: Grammar, trigger: Trigger) -> bool:
    """Return whether the last word of a verb that goes around what is bought marks who sells it.

    "X neemt Y over van Z".
    """
    if trigger.event_type != "acquisition" or trigger.frame != "active":
        return False
    words = document.folded.text[trigger.start : trigger.end].split()
    return words[-1] in grammar.before.get("active.seller", ())
