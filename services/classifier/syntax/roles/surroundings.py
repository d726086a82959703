"""Surroundings: who has which role around one cue.

What stands beside a name decides first ("by X", "X-কে"), then where it stands to the cue, then what is usual
for the type.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from services.classifier.candidate import Ground
from services.classifier.spans import Name
from services.classifier.syntax.bystanders.contrasts import is_set_aside, parted
from services.classifier.syntax.clauses.openings import (
    is_in_an_opening,
    is_introduced,
    sides_behind_a_verb,
    sides_of_an_opening,
    without_its_aside,
)
from services.classifier.syntax.clauses.signs import AROUND_A_VERB
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
from services.classifier.syntax.roles.around import Around
from services.classifier.syntax.roles.bids import (
    begins_with_verb,
    bidder_first,
    sides_by_shareholders,
    sides_of_a_bid,
    sides_of_a_contest,
    whom_it_is_allowed,
)
from services.classifier.syntax.roles.frames import by_place
from services.classifier.syntax.roles.neighbours import chains_near
from services.classifier.syntax.roles.pacts import sides_of_a_pact
from services.classifier.syntax.roles.relatives import of_a_relative_clause
from services.classifier.syntax.roles.sales import sides_of_a_sale, sides_of_an_owner, what_is_sold
from services.classifier.syntax.roles.sellers import (
    company_of_sellers,
    is_bought_from,
    owners_that_sell,
)
from services.classifier.syntax.roles.stakes import sides_of_a_stake
from services.classifier.syntax.roles.topics import colon_topic, has_topic_alone, sides_of_a_topic
from services.classifier.syntax.roles.verb_forms import (
    have_it_done,
    is_impersonal,
    is_participle,
    sides_of_an_inversion,
)
from services.classifier.syntax.roles.word_order import at_its_end
from services.classifier.syntax.roles.wording import wording_of
from services.classifier.syntax.scene import Scene
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_GROUNDS = {"talks": Ground.TALKS, "refuse": Ground.WORD}
"""How sure a place is that has its own ground: who answers an offer is clear, whatever the offer's noun says."""
_AUXILIARY = 7
"""How long a verb behind the one that ends a clause is: "gekauft hatten"."""
_MARKER = 32


def roles_around(scene: Scene, apart: set[CompanyId]) -> Iterator[tuple[Name, Role, Ground]]:
    """Yield who has which role by a cue; add to `apart` whom words beside their names leave out."""
    if taking := takers(scene):
        yield from ((name, Role.ACTOR, Ground.WORD) for name in taking)
        if any(start <= scene.trigger.start < end for start, end in taking.values()):
            return
    near = parted(scene, chains_near(scene))
    chains = of_its_own(scene, near)
    yield from _told_at_once(scene, chains) or _told_each(scene, chains, apart)


def _told_at_once(scene: Scene, chains: list[Chain]) -> list[tuple[Name, Role, Ground]]:
    """Return the roles of all that a construct tells as a whole, none where the cue stands in no such one."""
    if scene.trigger.event_type == "ban" and (topic := colon_topic(scene, chains)):
        return list(_each({topic: Role.TARGET}, Ground.PLACE))
    if len(scene.names) < 2:
        return []
    sides = (
        sides_of_a_topic(scene)
        or sides_of_an_opening(scene)
        or sides_behind_a_verb(scene)
        or sides_of_an_inversion(scene, chains)
        or sides_of_an_owner(scene)
        or sides_of_a_contest(scene.grammar, scene.trigger, chains)
        or sides_by_shareholders(scene)
    )
    return list(_each(sides, Ground.WORD))


def _told_each(
    scene: Scene, chains: Sequence[Chain], apart: set[CompanyId]
) -> Iterator[tuple[Name, Role, Ground]]:
    """Yield the roles that the words beside each name give, then those that the places left give."""
    trigger = scene.trigger
    alliance = _alliance(scene)
    yield from _each(alliance, Ground.WORD)
    chains = [
        part for chain in _without(chains, alliance) for part in without_its_aside(scene, chain)
    ]
    around = Around.of(trigger, chains)
    marked, owned, asides = wording_of(scene, chains)
    if shares_its_subject(scene, around.before):
        around = around._replace(before=without_object(around.before, marked, asides))
    marked |= bidder_first(scene.grammar, trigger, marked, chains)
    if has_others := len(scene.names) > 1:
        marked |= sides_of_a_stake(scene, chains)
        marked |= sides_of_a_pact(scene, chains, marked)
    apart.update(_left_out(scene, chains, marked, asides))
    if has_others:
        marked |= company_of_sellers(scene, chains, marked)
    marked |= what_is_sold(scene, chains, marked)
    if has_others:
        marked |= owners_that_sell(scene)
    marked |= _sides_of_its_noun(scene, around, asides)
    taken = {*marked.values(), *alliance.values()}
    used = asides | marked.keys()
    if has_topic_alone(scene, [c for c in chains if c not in used]):
        taken.add(Role.TARGET)  # what it buys has no name here
    free = _free(scene, around, asides, marked)
    placed = _placed(scene, free, taken)
    marked |= whom_it_is_allowed(scene, around.before, {**placed, **marked})
    ground = _GROUNDS.get(trigger.frame, Ground.PLACE)
    yield from _each(marked, Ground.WORD)
    yield from _each(placed, ground)
    taken |= set(placed.values())
    yield from of_a_relative_clause(scene, chains, taken, ground)
    has_both = trigger.frame == "merge" and len({n.company for c in owned for n in c.names}) > 1
    if (trigger.frame == "sell" or has_both) and Role.TARGET not in taken:
        yield from _each(dict.fromkeys(owned, Role.TARGET), Ground.PLACE)


def _each(roles: Mapping[Chain, Role], ground: Ground) -> Iterator[tuple[Name, Role, Ground]]:
    """Yield every name of chains with its chain's role."""
    for chain, role in roles.items():
        for name in chain.names:
            yield name, role, ground


def _alliance(scene: Scene) -> dict[Chain, Role]:
    """Return what the members of an alliance do that buys or sells."""
    allied = members(scene)
    return dict.fromkeys(allied, role_of_an_alliance(scene.trigger, allied)) if allied else {}


def _without(chains: Sequence[Chain], others: Collection[Chain]) -> Sequence[Chain]:
    """Return chains without the names of others."""
    if not others:
        return chains
    gone = {name for chain in others for name in chain.names}
    left = (tuple(name for name in chain.names if name not in gone) for chain in chains)
    return [Chain(names) for names in left if names]


def _left_out(
    scene: Scene, chains: Sequence[Chain], marked: Mapping[Chain, Role], asides: Collection[Chain]
) -> Iterator[CompanyId]:
    """Yield whom words beside their names leave out of the event."""
    for chain in (*asides, *[chain for chain, role in marked.items() if role is Role.PARTY]):
        if _is_left_out(scene, chain, chains):
            yield from chain.companies


def _is_left_out(scene: Scene, chain: Chain, chains: Sequence[Chain]) -> bool:
    """Return whether words beside a chain say that it is no side which the event still lacks."""
    grammar = scene.grammar
    text = scene.text
    return (
        is_introduced(scene, chain)
        or is_in_an_opening(scene, chain, chains)
        or is_set_aside(text, grammar, chain)
        or marks_behind(grammar, "none", text[chain.end : chain.end + _MARKER])
    )


def _sides_of_its_noun(
    scene: Scene, around: Around, asides: Collection[Chain]
) -> dict[Chain, Role]:
    """Return the roles that the noun of a deal gives to what stands behind it."""
    after = [chain for chain in around.after if chain not in asides]
    others = around.before[-1:] + around.inside
    return sides_of_a_sale(scene, others, after) or sides_of_a_bid(scene, after)


def _free(
    scene: Scene, around: Around, asides: Collection[Chain], marked: Mapping[Chain, Role]
) -> Around:
    """Return the chains to which no word gives or denies a role and that the cue may be about."""
    told = {*asides, *marked}
    before, inside, after = (
        [chain for chain in side if chain not in told] if told else side for side in around
    )
    if (before or around.inside) and is_over(scene):
        after = []
    elif before or marked:
        after = [c for c in after if not is_beyond(scene, c)]
    return Around(before, inside, after)


def _placed(scene: Scene, free: Around, taken: set[Role]) -> Mapping[Chain, Role]:
    """Return the roles that names without a marker before, behind and within a cue have by their place."""
    before, inside, after = free
    if after and (
        _ends_with_its_seller(scene)
        if inside
        else Role.SELLER not in taken and is_bought_from(scene, after[0])
    ):
        return {
            **dict.fromkeys(before[-1:], Role.ACTOR),
            **dict.fromkeys(inside, Role.TARGET),
            after[0]: Role.SELLER,
        }
    if begins_with_verb(scene) and not (after or inside or Role.ACTOR in taken):
        return dict.fromkeys(before[-1:], Role.ACTOR)
    if have_it_done(scene, before, after):
        return {before[-1]: Role.ACTOR, after[0]: Role.TARGET}
    placed = (
        _placed_before_its_verb(scene, before, taken) if not (after or inside) else {}
    ) or by_place(scene, free, taken)
    if set(placed.values()) == {Role.ACTOR} and is_impersonal(scene):
        return dict.fromkeys(placed, Role.TARGET)
    if Role.ACTOR in placed.values() and is_participle(scene):
        return dict.fromkeys(placed, Role.TARGET)  # "X barred from selling Y"
    return placed


def _placed_before_its_verb(
    scene: Scene, before: list[Chain], taken: set[Role]
) -> Mapping[Chain, Role]:
    """Return the roles of names before a verb that ends their clause, in languages where it may."""
    if not scene.grammar.is_verb_last or not before:
        return {}
    text = scene.text
    start, end = scene.clause
    rest = text[scene.trigger.end : end].split(",", 1)[0].strip(AROUND_A_VERB)
    if len(rest) > _AUXILIARY or " " in rest:
        return {}
    before = [part for chain in before for part in _parted(chain, start)]
    clause = [chain for chain in before if chain.start >= start]
    words = scene.cue.split()
    is_infinitive = not scene.grammar.infinitive.isdisjoint(words)
    outside = [chain for chain in before if chain.start < start]
    return at_its_end(scene.trigger, clause, outside, taken, is_infinitive=is_infinitive)


def _parted(chain: Chain, at: int) -> list[Chain]:
    """Return a row of names in two where a clause begins within it: "verbietet X, Y zu kaufen"."""
    sides = ([n for n in chain.names if n.start < at], [n for n in chain.names if n.start >= at])
    return [Chain(tuple(side)) for side in sides if side]


def _ends_with_its_seller(scene: Scene) -> bool:
    """Return whether the last word of a verb that goes around what is bought marks who sells it.

    "X neemt Y over van Z".
    """
    if scene.trigger.event_type != "acquisition" or scene.trigger.frame != "active":
        return False
    words = scene.cue.split()
    return words[-1] in scene.grammar.before.get("active.seller", ())
