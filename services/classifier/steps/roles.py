"""Roles: says who does what in every sentence that has triggers.

What stands beside a name decides first ("by X", "X-কে"), then where it stands to the cue, then what
is usual for the type. The result is one candidate per sentence and type.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from operator import attrgetter

from services.classifier.alliances import members
from services.classifier.anaphora import borrowed, referred
from services.classifier.apart import is_impersonal, without_asides, without_next_clause
from services.classifier.appositions import in_apposition
from services.classifier.bystanders import is_denied, parted, stands_apart
from services.classifier.chains import COMMAS, Chain, chains_of, is_and, joined
from services.classifier.deals import (
    begins_with_verb,
    forbids,
    has_thing_alone,
    role_of_an_alliance,
    sellers_of_units,
    sides_of_a_bid,
    sides_of_a_sale,
    sides_of_a_stake,
    sides_within_a_noun,
    stakes_that_are_sold,
    what_is_sold,
    whom_it_is_allowed,
)
from services.classifier.document import Candidate, Document, Ground, Name, Segment, Trigger
from services.classifier.frames import NOUNS, at_its_end, by_place, left_over
from services.classifier.halves import hit_behind, of_its_half, with_owners
from services.classifier.lexicon.grammar import Grammar
from services.classifier.markers import (
    Beside,
    beside_of,
    ends_with_word,
    is_aside,
    is_owned,
    is_plain,
    is_second_seller,
    marked_role,
    marks_behind,
)
from services.classifier.outsiders import outsiders
from services.classifier.spared import spared_in
from services.classifier.subjects import subject_before
from services.common.contracts.reading import Role, Stage
from services.common.ids import CompanyId

_AROUND_A_TOPIC = ' "\u2019)」』'
_COLONS = frozenset({":", "：", "|"})
_TOPIC_DISTANCE = 6
_TO_ITS_CLAUSE = 2
_TWO = 2
_GROUNDS = {"talks": Ground.TALKS, "refuse": Ground.WORD}
"""How sure a place is that has its own ground: who answers an offer is clear, whatever the offer's noun says."""
_VERBS = frozenset({"active", "close", "sell", "passive", "sold"})
_AROUND_A_VERB = " ,.;:!?\"'-–\n"
_CLOSING_QUOTES = "\"'»”’」』)"
_PARTS = frozenset(",،、;؛،")
_TO_ITS_VERB = 3
_A_VERB = 3
"""How long at least what is told of a name is."""
_AUXILIARY = 7
"""How long a verb behind the one that ends a clause is: "gekauft hatten"."""
_SENTENCE_GOES_ON = (", ", "; ", " - ", " – ")
_HAS_SHARE = re.compile(r"\d+ ?%|\d+ (?:per|proc|pour|por)")
_A_PREPOSITION = 3
_MARKER = 32
_TO_ITS_CUE = 12
_REACH = 160
_GOES_ON = ("에 ", "에도 ", "로 ", "으로 ", ",", "、")
"""How far from the cue a name may stand to be part of it."""


def assign(document: Document, *, grammar: Grammar) -> Document:
    """Return the document with one candidate for every sentence and type that has triggers."""
    grouped: dict[tuple[int, str], list[Trigger]] = defaultdict(list)
    for trigger in document.triggers:
        grouped[trigger.sentence, trigger.event_type].append(trigger)
    candidates = tuple(
        _candidate(document, grammar, triggers) for _, triggers in sorted(grouped.items())
    )
    return document.but(candidates=referred(document, candidates))


def _candidate(document: Document, grammar: Grammar, triggers: list[Trigger]) -> Candidate:
    triggers = sorted(triggers, key=attrgetter("start"))
    event_type = triggers[0].event_type
    found: dict[CompanyId, tuple[Role, Name, Ground]] = {}
    names = document.names_in(triggers[0].sentence)
    weightiest = sorted(
        triggers, key=lambda trigger: (not _names_somebody(document, trigger), *_standing(trigger))
    )
    sold = stakes_that_are_sold(grammar, triggers)
    apart: set[CompanyId] = set()
    for trigger in weightiest if names else ():
        is_forbidden = forbids(trigger, triggers) and has_thing_alone(found)
        for name, told, ground in _roles_around(document, grammar, trigger, apart):
            role = Role.SELLER if told is Role.ACTOR and trigger in sold else told
            role = Role.ACTOR if is_forbidden and told is Role.TARGET else role
            if name.company not in found or found[name.company][2] < ground:
                found[name.company] = (role, name, ground)
    for company in _told_of_before(document, triggers, found):
        del found[company]
        apart.add(company)
    if not found:
        for name, role, ground in borrowed(document, grammar, triggers[0]):
            found.setdefault(name.company, (role, name, ground))
    return Candidate(
        event_type=event_type,
        triggers=tuple(triggers),
        roles={company: role for company, (role, _, _) in found.items()},
        role_places={company: name for company, (_, name, _) in found.items()},
        grounds={company: ground for company, (_, _, ground) in found.items()},
        apart=frozenset(apart - {c for c, (role, _, _) in found.items() if role is not Role.PARTY}),
    )


def _told_of_before(
    document: Document,
    triggers: Sequence[Trigger],
    found: Mapping[CompanyId, tuple[Role, Name, Ground]],
) -> list[CompanyId]:
    """Return who has a part only in what was before: "after buying Y in 2021, X sells Z".

    What is new must have somebody that it happens to: "after talks to buy Y X signs the deal".
    """
    if all(trigger.is_past for trigger in triggers):
        return []
    here = {document.clause_of(t.sentence, t.start) for t in triggers if not t.is_past}
    old = {
        (start, end)
        for start, end in {document.clause_of(t.sentence, t.start) for t in triggers if t.is_past}
        if document.folded.text[start - 2 : start - 1] in COMMAS
        or any(
            start <= p.start < end for p in document.words_in("background", triggers[0].sentence)
        )
    } - here
    earlier = {
        company: role
        for company, (role, name, _) in found.items()
        if any(start <= name.start < end for start, end in old)
    }
    new = {role for company, (role, _, _) in found.items() if company not in earlier}
    return (
        [company for company, role in earlier.items() if role in new] if Role.TARGET in new else []
    )


def _standing(trigger: Trigger) -> tuple[bool, bool, float, bool]:
    """Return what tells which of several cues says first who does what: an answer to an offer, then news."""
    is_answer = trigger.frame == "refuse"
    return not is_answer, trigger.is_past, -trigger.weight, trigger.frame in NOUNS


def _names_somebody(document: Document, trigger: Trigger) -> bool:
    """Return whether the clause of a cue has a name; "Billion deal: X buys Y" tells who behind its colon."""
    start, end = document.clause_of(trigger.sentence, trigger.start)
    return any(start <= name.start < end for name in document.names_in(trigger.sentence))


def _roles_around(
    document: Document, grammar: Grammar, trigger: Trigger, apart: set[CompanyId]
) -> Iterator[tuple[Name, Role, Ground]]:
    """Yield who has which role by a cue; add to `apart` whom words beside their names leave out."""
    near = parted(document, grammar, trigger, _chains_near(document, grammar, trigger))
    chains = _of_its_own(document, grammar, trigger, near)
    if trigger.event_type == "ban" and (topic := _colon_topic(document, grammar, trigger, chains)):
        yield from ((name, Role.TARGET, Ground.PLACE) for name in topic.names)
        return
    allied = (
        members(document, grammar, trigger, _names_near(document, trigger))
        if trigger.event_type == "acquisition"
        else []
    )
    alliance = role_of_an_alliance(trigger, allied)
    if allied:
        yield from ((name, alliance, Ground.WORD) for chain in allied for name in chain.names)
        chains = _without(chains, allied)
    chains = [
        part for chain in chains for part in _without_its_aside(document, grammar, trigger, chain)
    ]
    before = [chain for chain in chains if chain.end <= trigger.start]
    after = [chain for chain in chains if chain.start >= trigger.end]
    inside = [c for c in chains if c.end > trigger.start and c.start < trigger.end]
    marked, owned, asides = _marked(document, grammar, trigger, chains)
    if _shares_its_subject(document, grammar, trigger, before):
        before = _without_object(before, marked, asides)
    sides = [c for c in after if c not in asides]
    marked |= _bidder_first(grammar, trigger, marked, chains)
    marked |= sides_of_a_stake(document, grammar, trigger, chains)
    told = (*asides, *(chain for chain, role in marked.items() if role is Role.PARTY))
    text = document.folded.text
    apart.update(
        name.company
        for chain in told
        if _is_introduced(document, grammar, chain)
        or _is_in_an_opening(document, grammar, trigger, chain, chains)
        or is_denied(text, grammar, chain)
        or marks_behind(grammar, "none", text[chain.end : chain.end + _MARKER])
        for name in chain.names
    )
    marked |= what_is_sold(document, grammar, trigger, chains, marked)
    if pair := sides_within_a_noun(document, trigger, before):
        marked = pair | {c: role for c, role in marked.items() if role is Role.SELLER}
        asides |= {chain for chain in before if chain not in marked}
    marked |= sides_of_a_sale(document, grammar, trigger, before[-1:] + inside, sides) or (
        sides_of_a_bid(document, grammar, trigger, sides)
    )
    taken = set(marked.values()) | ({alliance} if allied else set())
    used = asides | marked.keys()
    if _has_topic_alone(document, grammar, trigger, [c for c in chains if c not in used]):
        taken.add(Role.TARGET)  # what it buys has no name here
    free_before = [chain for chain in before if chain not in used]
    is_over = bool(free_before or inside) and _is_over(document, grammar, trigger)
    is_told = bool(free_before or marked)
    free_after = [
        chain
        for chain in after
        if chain not in used
        and not is_over
        and not (is_told and _is_beyond(document, grammar, trigger, chain))
    ]
    free_inside = [chain for chain in inside if chain not in used]
    placed = _placed(document, grammar, trigger, (free_before, free_after, free_inside), taken)
    marked |= whom_it_is_allowed(document, grammar, trigger, before, {**placed, **marked})
    for chain, role in marked.items():
        yield from ((name, role, Ground.WORD) for name in chain.names)
    ground = _GROUNDS.get(trigger.frame, Ground.PLACE)
    for chain, role in placed.items():
        yield from ((name, role, ground) for name in chain.names)
    yield from _of_a_relative_clause(
        document, grammar, trigger, chains, {*taken, *placed.values()}, ground
    )
    if trigger.frame == "sell" and Role.TARGET not in taken | set(placed.values()):
        yield from ((name, Role.TARGET, Ground.PLACE) for chain in owned for name in chain.names)


def _bidder_first(
    grammar: Grammar, trigger: Trigger, marked: Mapping[Chain, Role], chains: Sequence[Chain]
) -> dict[Chain, Role]:
    """Return who bids, where a verb-last sentence begins with whom the bid is from: "X'ten Y'ye teklif"."""
    if grammar.order != "sov" or trigger.stage != Stage.PROPOSED or trigger.frame != "active":
        return {}
    if not chains or marked.get(chains[0]) is not Role.SELLER or Role.ACTOR in marked.values():
        return {}
    return {chains[0]: Role.ACTOR}


def _of_its_own(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> list[Chain]:
    """Return chains without those that another verb of the sentence is about."""
    after = [chain for chain in chains if chain.start >= trigger.end]
    if not after or all(chain.end > trigger.start for chain in chains):
        return chains
    strange = _of_another_verb(document, grammar, trigger, after)
    return [chain for chain in chains if chain not in strange] if strange else chains


def _of_another_verb(
    document: Document, grammar: Grammar, trigger: Trigger, after: Sequence[Chain]
) -> Sequence[Chain]:
    """Return the names behind a cue that have a verb of their own: "X shuts its shops and Y buys Z".

    In verb-last languages a name behind a verb, and behind a sign or "and", begins what follows.
    """
    if trigger.frame in NOUNS or trigger.frame in {"talks", "merge", "refuse"}:
        return ()
    text = document.folded.text
    if grammar.order == "sov":
        return after if _begins_anew(document, trigger, after) else ()
    verbs = {
        other.start
        for other in document.triggers
        if other.sentence == trigger.sentence
        and other.event_type != trigger.event_type
        and other.frame in _VERBS
    }
    for at, chain in enumerate(after):
        gap = text[trigger.end : chain.start].split()
        is_joined = bool(gap) and _is_and(gap[-1])
        has_verb = not verbs.isdisjoint(range(chain.end, chain.end + _TO_ITS_VERB))
        if is_joined and (has_verb or (not at and len(gap) == 1)):
            return after[at:]
    return ()


def _begins_anew(document: Document, trigger: Trigger, after: Sequence[Chain]) -> bool:
    """Return whether names behind a verb-last cue begin a clause: "X kapandı, Y büyüyor".

    Who stands alone there may be who bought: "X satıldı, alıcı Y".
    """
    text = document.folded.text
    gap = text[document.word_end(trigger.end) : after[0].start].lstrip(_CLOSING_QUOTES)
    words = gap.split(None, 1)
    if gap[:1] not in _PARTS and not (words and gap[:1] == " " and _is_and(words[0])):
        return False
    end = document.sentences[trigger.sentence].end
    rest = text[after[-1].end : end].partition(" ")[2].strip(_AROUND_A_VERB)
    return trigger.event_type != "acquisition" or len(rest) > _A_VERB


def _is_and(word: str) -> bool:
    """Return whether a word is "and", or the letter for it that Arabic glues to a name."""
    return word == "و" or is_and(word)


def _placed(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    free: tuple[list[Chain], list[Chain], list[Chain]],
    taken: set[Role],
) -> Mapping[Chain, Role]:
    """Return the roles that names without a marker before, behind and within a cue have by their place."""
    before, after, inside = free
    if inside and after and _ends_with_its_seller(document, grammar, trigger):
        return {
            **dict.fromkeys(before[-1:], Role.ACTOR),
            **dict.fromkeys(inside, Role.TARGET),
            after[0]: Role.SELLER,
        }
    if begins_with_verb(document, trigger) and not (after or inside or Role.ACTOR in taken):
        return dict.fromkeys(before[-1:], Role.ACTOR)
    placed = (
        _placed_before_its_verb(document, grammar, trigger, before, taken)
        if not (after or inside)
        else {}
    ) or by_place(trigger, grammar, before, after, inside, taken)
    if set(placed.values()) == {Role.ACTOR} and is_impersonal(document, trigger):
        return dict.fromkeys(placed, Role.TARGET)
    return placed


def _of_a_relative_clause(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    chains: Sequence[Chain],
    told: set[Role],
    ground: Ground,
) -> Iterator[tuple[Name, Role, Ground]]:
    """Yield whom a relative clause is about, with the role that nobody in it has."""
    antecedent = _antecedent(document, grammar, trigger)
    left = left_over(trigger, told) if antecedent else None
    if antecedent and antecedent not in chains and left is not None:
        yield from ((name, left, ground) for name in antecedent.names)


def _is_beyond(document: Document, grammar: Grammar, trigger: Trigger, chain: Chain) -> bool:
    """Return whether a name behind a cue belongs to what comes of the event: "젤모 폐업에 발토 비상".

    Of bans and closings, in verb-last languages and in Chinese, where a comma begins what comes of it.
    """
    if trigger.event_type == "acquisition":
        return False
    gap = document.folded.text[trigger.end : chain.start]
    if grammar.order == "sov":
        return gap.startswith(_GOES_ON)
    return document.language == "zh" and "," in gap


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


def _ends_with_its_seller(document: Document, grammar: Grammar, trigger: Trigger) -> bool:
    """Return whether the last word of a verb that goes around what is bought marks who sells it.

    "X neemt Y over van Z".
    """
    if trigger.event_type != "acquisition" or trigger.frame != "active":
        return False
    words = document.folded.text[trigger.start : trigger.end].split()
    return words[-1] in grammar.before.get("active.seller", ())


def _without_asides(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> list[Chain]:
    """Return chains without the one of two that a word takes out: "After X, it is Y's turn: Russia …"."""
    if len(chains) != _TWO:
        return chains
    return [
        chain
        for chain in chains
        if not _is_before_it(
            document, grammar, beside_of(document, grammar, trigger, chain), chain, chains
        )
    ]


def _is_over(document: Document, grammar: Grammar, trigger: Trigger) -> bool:
    """Return whether a comma right behind a verb ends what it is about: "X macht dicht, Y springt ein"."""
    return (
        grammar.order == "svo"
        and trigger.frame in _VERBS
        and document.folded.text.startswith(_SENTENCE_GOES_ON, trigger.end)
    )


def _parted(chain: Chain, at: int) -> list[Chain]:
    """Return a row of names in two where a clause begins within it: "verbietet X, Y zu kaufen"."""
    sides = ([n for n in chain.names if n.start < at], [n for n in chain.names if n.start >= at])
    return [Chain(tuple(side)) for side in sides if side]


def _shares_its_subject(
    document: Document, grammar: Grammar, trigger: Trigger, before: Sequence[Chain]
) -> bool:
    """Return whether a verb goes on with the subject of the one before: "X bought Y and shut Z".

    Then the name right before its "and" is what the first verb is about. In a title a comma will do: "X puts
    money into Y, takes 15% of its shares".
    """
    if grammar.order != "svo" or trigger.frame not in _VERBS or not before:
        return False
    text = document.folded.text
    gap = text[before[-1].end : trigger.start]
    return is_and(gap) or (
        gap.strip() in COMMAS
        and document.sentences[trigger.sentence].segment is Segment.TITLE
        and len(before) > 1
        and COMMAS.isdisjoint(text[before[0].end : before[-1].start])
    )


def _without_object(
    before: list[Chain], marked: dict[Chain, Role], asides: set[Chain]
) -> list[Chain]:
    """Return the subject of two verbs; the name before "and" is about the first alone, but who lost a race."""
    last = before[-1]
    if marked.get(last) is not Role.PARTY:
        marked.pop(last, None)
        asides.add(last)
    return before[:1] if len(before) > 1 else []


def _antecedent(document: Document, grammar: Grammar, trigger: Trigger) -> Chain | None:
    """Return whom a relative clause with a deal is about: "Norvik, which bought Zelmo"."""
    if trigger.event_type != "acquisition":
        return None
    start, _ = document.clause_of(trigger.sentence, trigger.start)
    if start == document.sentences[trigger.sentence].start:
        return None
    if not grammar.relative or not document.folded.text.startswith(grammar.relative, start):
        return None
    names = [name for name in document.names_in(trigger.sentence) if name.end <= start]
    chains = parted(document, grammar, trigger, chains_of(document.folded.text, names))
    if not chains or start - chains[-1].end > _TO_ITS_CLAUSE:
        return None
    return chains[-1]


def _marked(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> tuple[dict[Chain, Role], list[Chain], set[Chain]]:
    """Return the roles that words beside chains tell, what is somebody's, and what has no part.

    What is somebody's ("X, the owner of Y") has none either, unless the owner sells it.
    """
    ordered = _ordered(document, grammar, trigger, chains)
    marked: dict[Chain, Role] = dict.fromkeys(ordered, Role.PARTY)
    marked |= dict.fromkeys(sellers_of_units(document, grammar, trigger, chains), Role.SELLER)
    owned: list[Chain] = []
    asides = _openings(document, grammar, trigger, chains)  # "With debts to X, Y sells Z"
    companies = {name.company for chain in chains for name in chain.names}
    apart = set(in_apposition(document, grammar, trigger, chains))
    after = [chain for chain in chains if chain.start >= trigger.end]
    has_before = any(chain.end <= trigger.start for chain in chains)
    for chain in [chain for chain in chains if chain not in {*marked, *asides}]:
        beside = beside_of(document, grammar, trigger, chain)
        if is_plain(grammar, trigger, beside):
            if chain in apart or stands_apart(document, grammar, trigger, chain, chains, beside):
                asides.add(chain)
            continue
        role = _role_by_word(document, grammar, trigger, chain, beside)
        if is_owned(grammar, beside):
            owned.append(chain)
            asides.add(chain)
        elif _tells_of_itself(grammar, trigger, beside, chain, chains):
            continue
        elif (
            is_aside(grammar, trigger, beside)
            and not _is_described(document, grammar, chain, asides)
        ) or (
            (chain in apart and role in {None, Role.ACTOR})
            or stands_apart(document, grammar, trigger, chain, chains, beside)
            or _is_before_it(document, grammar, beside, chain, chains)
        ):
            asides.add(chain)  # "via X", "parent of X", "X, the firm behind Y": takes no part
        elif role is not None:
            is_talking = trigger.frame == "talks" and len(companies) > _TWO and role is Role.ACTOR
            marked[chain] = Role.PARTY if is_talking else role  # "talks begun by A, B and C"
        elif (
            has_before
            and _may_sell(document, chain, after)
            and not _is_of_another_verb(document, trigger, chain)
            and is_second_seller(grammar, trigger, beside)
        ):
            marked[chain] = Role.SELLER  # "compra Y a Z"
    for chain in hit_behind(document, grammar, trigger, marked):
        del marked[chain]
        asides.add(chain)
    return marked, owned, asides


def _may_sell(document: Document, chain: Chain, after: Sequence[Chain]) -> bool:
    """Return whether a name stands where the seller may: behind what is bought, or before a share of it.

    "compra Y a Z", "rachète à Z 40 % de Y".
    """
    if chain in after[1:]:
        return True
    return (
        len(after) > 1
        and chain is after[0]
        and _HAS_SHARE.search(document.folded.text, chain.end, after[1].start) is not None
    )


def _is_of_another_verb(document: Document, trigger: Trigger, chain: Chain) -> bool:
    """Return whether an "and" with a verb parts a name from the cue: "compra Y y adelanta a Z"."""
    between = document.folded.text[trigger.end : chain.start]
    return any(
        is_and(f"{word} ") and not is_and(f"{following} ") and len(following) > _A_PREPOSITION
        for word, following in pairwise(between.split())
    )


def _is_described(
    document: Document, grammar: Grammar, chain: Chain, asides: Collection[Chain]
) -> bool:
    """Return whether the word before a name says what it is to the one before that: "X's rival Y"."""
    text = document.folded.text
    sentence = document.sentence_at(chain.start)
    if any(
        name in outsiders(document, sentence) and following == chain.names[0]
        for name, following in pairwise(document.names_in(sentence))
    ):
        return True
    for other in asides:
        between = text[other.end : chain.start] if other.end < chain.start else ""
        if between and marks_behind(grammar, "none", between) and COMMAS.isdisjoint(between):
            return True
    return False


def _without_its_aside(
    document: Document, grammar: Grammar, trigger: Trigger, chain: Chain
) -> list[Chain]:
    """Return a pair of names that only a comma parts as two where a word beside them is of one alone.

    "The maker of X, Y, buys Z", "Advised by X, Y sells Z", "X shuts, Y among its creditors".
    """
    if grammar.order != "svo" or len(chain.names) != _TWO:
        return [chain]
    first, second = (Chain((name,)) for name in chain.names)
    text = document.folded.text
    if text[first.end : second.start].strip(_AROUND_A_TOPIC) not in COMMAS:
        return [chain]
    apart = trigger.start - second.end
    is_aside = (
        (0 <= apart <= _TO_ITS_VERB and _is_introduced(document, grammar, first))
        or (0 <= apart <= _TO_ITS_CUE and _is_opened(document, grammar, first))
    ) or marks_behind(grammar, "none", text[second.end : second.end + _MARKER])
    return [first, second] if is_aside else [chain]


def _is_opened(document: Document, grammar: Grammar, chain: Chain) -> bool:
    """Return whether its sentence begins with a preposition, and not right before it: "With debts to X"."""
    sentence = document.sentence_at(chain.start)
    start = document.sentences[sentence].start
    words = document.folded.text[start : chain.start].split()
    return len(words) > _TWO and (
        any(hit.start == start for hit in document.words_in("negation", sentence))
        or any(
            words[0] in grammar.before.get(key, ())
            for key in ("party", "sell.actor", "acquisition.party")
        )
    )


def _openings(
    document: Document, grammar: Grammar, trigger: Trigger, chains: Sequence[Chain]
) -> set[Chain]:
    return {c for c in chains if _is_in_an_opening(document, grammar, trigger, c, chains)}


def _is_in_an_opening(
    document: Document,
    grammar: Grammar,
    trigger: Trigger,
    chain: Chain,
    chains: Sequence[Chain],
) -> bool:
    """Return whether a name ends what a preposition begins, and the subject stands behind its comma."""
    if grammar.order != "svo" or not _is_opened(document, grammar, chain):
        return False
    text = document.folded.text
    return any(
        chain.end <= other.start
        and other.end <= trigger.start
        and trigger.start - other.end <= _TO_ITS_CUE
        and text[chain.end : other.start].strip(_AROUND_A_TOPIC) in COMMAS
        for other in chains
    )


def _is_introduced(document: Document, grammar: Grammar, chain: Chain) -> bool:
    """Return whether words before a chain say what it is to somebody else: "the maker of", "advised by"."""
    left = document.folded.text[max(chain.start - _MARKER, 0) : chain.start].rstrip()
    words = (grammar.before.get(key, ()) for key in ("none", "owned", "party"))
    return any(
        " " in word and len(word.rpartition(" ")[2]) <= _A_PREPOSITION + 1
        for forms in words
        for word in forms
        if ends_with_word(left, word)
    )


def _is_before_it(
    document: Document, grammar: Grammar, beside: Beside, chain: Chain, chains: Sequence[Chain]
) -> bool:
    """Return whether a sentence begins with whom the same happened to before: "After Y, Russia blocks X"."""
    if chain is not chains[0] or len(chains) < _TWO or not beside.marked_by(grammar, "besides"):
        return False
    sentence = document.sentences[document.sentence_at(chain.start)]
    begins = " " not in document.folded.text[sentence.start : chain.start].strip()
    return begins and (
        grammar.is_verb_last or document.folded.text[chain.end : chain.end + 1] in COMMAS
    )


def _tells_of_itself(
    grammar: Grammar, trigger: Trigger, beside: Beside, chain: Chain, chains: Sequence[Chain]
) -> bool:
    """Return whether a company says what it does itself: "X informó que compra Y".

    An outlet that says so stands before whom it tells of.
    """
    if grammar.order != "svo" or trigger.event_type == "ban" or chain.end > trigger.start:
        return False
    is_next = not any(chain.end <= other.start < trigger.start for other in chains)
    said = grammar.before.get("none", ())
    return (
        is_next
        and beside.marked_by(grammar, "none") > 0
        and not any(ends_with_word(left, word) for left in beside.lefts for word in said)
    )


def _ordered(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> list[Chain]:
    """Return who is told to take something out of a store: "orders Apple to remove X".

    Who alone is named is what is taken out: "orders X removed".
    """
    if trigger.frame != "store" or len(chains) == 1:
        return []
    told = [
        chain
        for chain in chains
        if beside_of(document, grammar, trigger, chain).marked_by(grammar, "ordered")
    ]
    return told if len(told) < len(chains) else []


def _role_by_word(
    document: Document, grammar: Grammar, trigger: Trigger, chain: Chain, beside: Beside
) -> Role | None:
    """Return the role that the words beside a chain give it, None where they belong to another clause.

    A relative pronoun behind a name makes it the subject of the cue, whatever it is in its own clause:
    "se desprende de Y, que pasa a manos de X". Who refuses an offer stands before the cue: "the board
    of Y rejects the offer of X".
    """
    role = marked_role(grammar, trigger, beside)
    if role is not Role.ACTOR or chain.end > trigger.start or trigger.event_type != "acquisition":
        return role
    if grammar.order != "svo":
        is_answer = trigger.frame == "refuse" and not beside.marked_by(grammar, "refuse.actor")
        return Role.TARGET if is_answer else role
    if trigger.frame == "refuse" and any(
        name.start >= trigger.start for name in document.names_in(trigger.sentence)
    ):
        return Role.TARGET
    between = document.folded.text[chain.end : trigger.start].strip(" ,")
    return None if between in grammar.pronouns else role


def _without(chains: Sequence[Chain], others: Sequence[Chain]) -> list[Chain]:
    """Return chains without the names of others."""
    gone = {name for chain in others for name in chain.names}
    left = (tuple(name for name in chain.names if name not in gone) for chain in chains)
    return [Chain(names) for names in left if names]


def _has_topic_alone(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> bool:
    """Return whether the only name of a verb-last deal is its topic: "X、EV企業を買収"."""
    if grammar.order != "sov" or trigger.event_type != "acquisition" or len(chains) != 1:
        return False
    [chain] = chains
    behind = document.folded.text[chain.end : trigger.start].lstrip(_AROUND_A_TOPIC)
    return (
        trigger.frame in {"active", "noun"}
        and behind[:1] in COMMAS
        and len(behind) > _TOPIC_DISTANCE
    )


def _colon_topic(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> Chain | None:
    """Return who stands alone before the colon behind which a ban is told: "X: Nepal bans the app"."""
    chains = _without_asides(document, grammar, trigger, chains)
    if len(chains) != 1:
        return None
    start, _ = document.clause_of(trigger.sentence, trigger.start)
    sign = document.folded.text[chains[0].end : start + 1].strip(_AROUND_A_TOPIC)
    return chains[0] if chains[0].end <= start and sign in _COLONS else None


def _chains_near(document: Document, grammar: Grammar, trigger: Trigger) -> list[Chain]:
    """Return the chains of the trigger's clause; of its sentence where the clause names nobody."""
    names = without_next_clause(document, trigger.end, _names_near(document, trigger))
    names = without_asides(document, grammar, trigger, names)
    start, end = document.clause_of(trigger.sentence, trigger.start)
    _, end = document.clause_of(trigger.sentence, max(trigger.end - 1, trigger.start))
    in_clause = [name for name in names if start <= name.start < end]
    if not in_clause and _goes_on_about_others(document, trigger, names, end):
        return []
    if in_clause and (subject := subject_before(document, grammar, trigger, names)):
        between = [name for name in names if subject[-1].end <= name.start < start]
        sellers = [name for name in between if _is_seller(document, grammar, trigger, name)]
        in_clause = [*subject, *sellers, *in_clause]
    articles = grammar.articles if grammar.order == "svo" else frozenset()
    if not in_clause and document.folded.text[end - 1 : end + 1].strip()[:1] == ";":
        names = [
            name for name in names if name.end <= start
        ]  # what a semicolon parts is told for itself
    near = of_its_half(document, grammar, trigger, in_clause or names)
    chains = chains_of(document.folded.text, near, articles)
    if trigger.event_type == "ban":
        if grammar.order == "sov":
            chains = with_owners(document, trigger, chains)
        return joined(document.folded.text, chains)
    if grammar.order == "sov" and trigger.frame != "merge":
        return _without_topic(document, grammar, trigger, chains)
    return chains


def _goes_on_about_others(
    document: Document, trigger: Trigger, names: Sequence[Name], end: int
) -> bool:
    """Return whether a clause that begins a lead tells what befell whom the title names.

    "X blocked. Since the regulator cut access on Monday, Y has won users."
    """
    sentence = document.sentences[trigger.sentence]
    return (
        sentence.segment is Segment.LEAD
        and document.clause_of(trigger.sentence, trigger.start)[0] == sentence.start
        and all(name.start >= end for name in names)
        and any(
            other.event_type == trigger.event_type
            and document.sentences[other.sentence].segment is Segment.TITLE
            for other in document.triggers
        )
        and bool(document.titled - {name.company for name in names})
    )


def _names_near(document: Document, trigger: Trigger) -> list[Name]:
    """Return the names of the cue's sentence, of its half in a headline where it names somebody."""
    is_kept = trigger.event_type == "acquisition"
    spared = frozenset() if is_kept else spared_in(document, trigger.sentence)
    aside = outsiders(document, trigger.sentence)
    names = [
        name
        for name in document.names_in(trigger.sentence)
        if abs(name.start - trigger.start) <= _REACH and name not in spared and name not in aside
    ]
    if trigger.event_type == "shutdown" and document.language in {"ko", "ja"}:
        names = _without_bought(document, trigger, names)
    start, end = document.half_of(trigger.sentence, trigger.start)
    return [name for name in names if start <= name.start < end] or names


def _without_bought(document: Document, trigger: Trigger, names: list[Name]) -> list[Name]:
    """Return names without what another verb before the last of them is about: "X를 사들이고 Y는 접는다"."""
    before = [name for name in names if name.end <= trigger.start]
    deals = [
        other
        for other in document.triggers
        if other.sentence == trigger.sentence
        and other.event_type == "acquisition"
        and before
        and other.end <= before[-1].start
    ]
    return [
        name
        for name in names
        if not any(0 <= deal.start - name.end <= _TOPIC_DISTANCE for deal in deals)
    ]


def _is_seller(document: Document, grammar: Grammar, trigger: Trigger, name: Name) -> bool:
    beside = beside_of(document, grammar, trigger, Chain((name,)))
    return marked_role(grammar, trigger, beside) is Role.SELLER


def _without_topic(
    document: Document, grammar: Grammar, trigger: Trigger, chains: list[Chain]
) -> list[Chain]:
    """Return chains of a verb-last sentence, its topic apart: "X、Yを買収" is no list of two.

    Of those that close a marker behind Y must say so, or X and Y may be two that close.
    """
    topic = chains[0].topic(document.folded.text) if chains else None
    if topic is None:
        return chains
    rest = Chain(chains[0].names[len(topic.names) :])
    is_marked = marked_role(grammar, trigger, beside_of(document, grammar, trigger, rest))
    if is_marked or (trigger.event_type == "acquisition" and trigger.frame != "passive"):
        return [topic, rest, *chains[1:]]
    return chains
