"""Additions: what a further sentence adds to an event that another one tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles, harmless_pattern
from services.classifier.syntax.names.chains import Chain, chains_of
from services.classifier.syntax.story.kinship import Owners
from services.common.contracts.reading import Role, Stage
from services.common.ids import CompanyId

APART = 3.0
"""What a later sentence must weigh to open an event of its own in the story."""
_AT_ONCE = 2
"""So many characters behind its beginning a sentence's first word may stand."""
_BARE = 2.0
"""What words for shares weigh at most where no verb says what becomes of them."""
_OWN = 12
"""So far before words for shares a word for whose they are may begin."""
_VAGUE = 1.0
"""What a word for a deal weighs that blockers took back, or that is hardly one."""


class Addition(NamedTuple):
    """What a further sentence tells beside an event that it may tell more of."""

    document: Document
    event: Candidate
    told: Candidate
    owners: Owners


def joined(addition: Addition) -> Candidate:
    """Return an event with a sentence of title or lead: its roles count where the event has none like it."""
    addition = _without_opening(addition)
    _, event, told, _ = addition
    buyer, passed_over = _the_buyer(event, told), _passed_over(addition)
    roles = {one: Role.ACTOR if one == buyer else role for one, role in told.roles.items()}
    shared = _shared(event, told, roles)
    added = {
        company: role
        for company, role in roles.items()
        if (company not in passed_over or told.roles[company] is Role.SELLER)
        and not (role is Role.SELLER and _sold_then(event, told))
        and (company in shared or _has_part(addition, company, role))
    }
    return _with(addition, added)


def supported(addition: Addition) -> Candidate:
    """Return an event with a sentence that hardly tells one, or that stands further down: it adds a side at most."""
    document, event, told, _ = addition
    return _with_sellers(document, _with(addition, _shared(event, told, told.roles)), told)


def _with(addition: Addition, added: Mapping[CompanyId, Role]) -> Candidate:
    document, event, told, _ = addition
    if _is_of_a_loser(event, told) or _is_of_a_holding(document, event, told):
        return event
    return event.but(
        triggers=(*event.triggers, *told.triggers),
        apart=(event.apart | told.apart) - event.roles.keys() - added.keys(),
    ).with_roles_of(told, added)


def _shared(
    event: Candidate, told: Candidate, roles: Mapping[CompanyId, Role]
) -> dict[CompanyId, Role]:
    """Return the sides that a sentence adds which is about what the event is about."""
    if not _tells_more(event, told):
        return {}
    return {
        company: role
        for company, role in roles.items()
        if company not in event.roles and _is_another_side(event, role)
    }


def _without_opening(addition: Addition) -> Addition:
    """Return a sentence of a deal without those of the deal that it opens after: "After the sale of Y to Z, X may sell W".

    Whom the event is about is named behind them, and one of them has a part that somebody else has in the event.
    """
    document, event, told, _ = addition
    sentence = told.triggers[0].sentence
    if event.event_type != "acquisition":
        return addition
    things = event.companies(Role.TARGET)
    chains = chains_of(document, document.names_in(sentence))
    at = next((at for at, chain in enumerate(chains) if things & chain.companies), 0)
    opening = {company for chain in chains[:at] for company in chain.companies}
    opening -= event.roles.keys()
    held = set(event.roles.values())
    if not opening or not _is_after(document, sentence, chains[at - 1], chains[at].start):
        return addition
    if not any(told.roles.get(company) in held for company in opening):
        return addition
    return addition._replace(told=told.without(opening).but(apart=told.apart | opening))


def _is_after(document: Document, sentence: int, last: Chain, end: int) -> bool:
    """Return whether a sentence opens with "after" and a deal up to a place; verb-last behind the `last` names of it."""
    start = document.sentences[sentence].start
    is_behind = document.grammar.order == "sov"
    return document.has_cue(sentence, start, end) and any(
        last.end <= word.start < end if is_behind else word.start - start <= _AT_ONCE
        for layer in ("after", "background")
        for word in document.words_in(layer, sentence)
    )


def _sold_then(event: Candidate, told: Candidate) -> bool:
    """Return whether a sentence tells from whom a seller had it: "X may sell Y. The firm, bought from Z in 2017, …"."""
    return told.is_past and not event.is_past and Role.SELLER in event.roles.values()


def stages_of(candidate: Candidate) -> set[str]:
    """Return the stages that the cues of a candidate are themselves."""
    return {trigger.stage for trigger in candidate.triggers if trigger.stage is not None}


def _with_sellers(document: Document, event: Candidate, told: Candidate) -> Candidate:
    """Return a deal with those of whom its lead says "the shares come from X", if nobody sells yet."""
    if (
        event.event_type != "acquisition"
        or Role.SELLER in event.roles.values()
        or not document.in_front(told.triggers[0].sentence)
    ):
        return event
    sellers = {
        company: role
        for company, role in told.roles.items()
        if role is Role.SELLER
        and told.grounds[company] is Ground.WORD
        and company not in event.roles
    }
    return event.with_roles_of(told, sellers)


def _has_part(addition: Addition, company: CompanyId, role: Role) -> bool:
    """Return whether a sentence gives a company a role in the event that it has not, or not as surely.

    Who bans nobody and is banned in the next sentence is banned: "X ordered off the shelves".
    """
    _, event, told, _ = addition
    if company not in event.roles:
        return not _is_apart(addition, company)
    is_hit = (
        event.event_type == "ban"
        and role is Role.TARGET
        and event.roles[company] is Role.ACTOR
        and Role.TARGET not in event.roles.values()
    )
    is_still_sold = role is Role.ACTOR and _is_the_thing(addition.document, event, company)
    return is_hit or (told.grounds[company] > event.grounds[company] and not is_still_sold)


def _is_the_thing(document: Document, event: Candidate, company: CompanyId) -> bool:
    """Return whether a title tells a deal of a company alone, and by its own words somebody else's part.

    "X may sell Y. It looks at options for Y, including a sale".
    """
    return (
        event.event_type == "acquisition"
        and document.in_title(event.first.sentence)
        and len(set(event.roles.values())) > 1
        and event.companies(Role.TARGET) == {company}
        and event.grounds[company] > Ground.BORROWED
    )


def _is_another_side(event: Candidate, role: Role) -> bool:
    """Return whether nobody has a role in the event that one may have, or it is that of a mere party."""
    return role is Role.PARTY or (
        role in {Role.ACTOR, Role.SELLER} and role not in event.roles.values()
    )


def _is_apart(addition: Addition, company: CompanyId) -> bool:
    """Return whether a company is told to have no part, or has its role by too little."""
    document, event, told, _ = addition
    ground = told.grounds[company]
    is_in_place_of_authority = (
        told.roles[company] is Role.ACTOR
        and ground < Ground.WORD
        and Role.TARGET in event.roles.values()
        and _is_by_authority(document, told)
    )
    return (
        (company in event.apart and ground <= Ground.BORROWED)
        or is_in_place_of_authority
        or _is_only_near(addition, company)
    )


def _is_of_a_loser(event: Candidate, candidate: Candidate) -> bool:
    """Return whether a sentence tells of somebody else who did not get what others have agreed on.

    "A fund gave up", "The offer of Zelmo was not accepted".
    """
    sides = set(event.roles.values())
    return (
        event.event_type == "acquisition"
        and {Role.ACTOR, Role.TARGET} <= sides
        and len(set(candidate.roles.values())) == 1
        and set(candidate.roles.values()) <= {Role.ACTOR, Role.TARGET}
        and event.roles.keys().isdisjoint(candidate.roles)
        and Stage.REJECTED not in stages_of(event)
        and (
            stages_of(candidate) == {Stage.REJECTED}
            or all(trigger.is_negated for trigger in candidate.triggers)
        )
    )


def _is_of_a_holding(document: Document, event: Candidate, candidate: Candidate) -> bool:
    """Return whether a sentence only tells of shares that a buyer has of others: "X bids for Y. Its stake in Z …"."""
    shares, text = harmless_pattern("shares", document.language), document.folded.text
    its = frozenset(folded_particles("its", document.language))
    return (
        shares is not None
        and {Role.ACTOR, Role.TARGET} <= set(event.roles.values())
        and bool(candidate.companies(Role.TARGET))
        and event.roles.keys().isdisjoint(candidate.companies(Role.TARGET))
        and candidate.companies(Role.ACTOR) <= event.companies(Role.ACTOR)
        and all(
            trigger.weight <= _BARE
            and trigger.stage is None
            and shares.search(text, trigger.start, trigger.end)
            and its.intersection(text[max(trigger.start - _OWN, 0) : trigger.end].split())
            for trigger in candidate.triggers
        )
    )


def _tells_more(event: Candidate, candidate: Candidate) -> bool:
    """Return whether a sentence is about what the event is about, and is no news of its own.

    In a body "X bought Y" tells an older deal of Y; a vague word alone tells nothing.
    """
    things = event.companies(Role.TARGET) or set(event.roles)
    weight = max(trigger.score for trigger in candidate.triggers)
    if event.event_type == "shutdown":
        # "X will stop Y": who is said to close the very thing that title or lead said is closed.
        return bool(things) and things == candidate.companies(Role.TARGET)
    return (
        event.event_type == "acquisition"
        and bool(things & set(candidate.roles))
        and _VAGUE < weight < APART
    )


def _the_buyer(event: Candidate, candidate: Candidate) -> CompanyId | None:
    """Return whom alone a lead names beside a deal of which the title names what was to be bought.

    "Authority stops the sale of X. It says that the purchase of the cement maker by Y would …"
    """
    if event.event_type != "acquisition" or set(event.roles.values()) != {Role.TARGET}:
        return None
    if len(candidate.roles) != 1 or any(
        trigger.frame not in {"active", "noun"}
        for trigger in (*event.triggers, *candidate.triggers)
    ):
        return None
    [(company, role)] = candidate.roles.items()
    is_placed = candidate.grounds[company] is Ground.PLACE
    return company if role is Role.TARGET and is_placed and company not in event.roles else None


def _passed_over(addition: Addition) -> frozenset[CompanyId]:
    """Return whom a title that tells both sides of a deal names without a part in it."""
    document, event, *_ = addition
    if event.event_type != "acquisition" or not {Role.ACTOR, Role.TARGET} <= set(
        event.roles.values()
    ):
        return frozenset()
    return frozenset(
        name.company
        for sentence in event.sentences
        if document.in_title(sentence)
        for name in document.names_in(sentence)
        if name.company not in event.roles
    )


def _is_by_authority(document: Document, candidate: Candidate) -> bool:
    """Return whether a sentence names the authority that bans, and so no company that does."""
    return candidate.event_type == "ban" and all(
        document.words_in("authority", trigger.sentence) and trigger.frame != "store"
        for trigger in candidate.triggers
    )


def _is_only_near(addition: Addition, company: CompanyId) -> bool:
    """Return whether a sentence that tells no event names whom a ban or a closing would hit besides, as its own names nobody.

    "Y shuts its mill. X's lorries stood at the gates. The company …"; not what those who close own.
    """
    document, event, told, owners = addition
    if event.event_type == "acquisition" or told.grounds[company] > Ground.BORROWED:
        return False
    is_filled = told.roles[company] in event.roles.values() or event.event_type == "shutdown"
    sentence = document.sentence_at(told.role_places[company].start)
    return (
        is_filled
        and owners.get(company) not in event.roles
        and not document.words_in("cue", sentence)
    )
