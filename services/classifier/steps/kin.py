"""Kin: gives owners and products of one family the roles in an event that owning gives them.

Who closes its own service is the actor; who owns what others buy is the seller; the maker of what is
banned is hit with it. What a title or a lead names beside such an event has a part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from services.classifier.document import Candidate, Document, Ground, Name, Segment
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

Owners = Mapping[CompanyId, CompanyId | None]
_MERGED = 2


def relate(document: Document, *, owners: Owners) -> Document:
    """Return the document with the roles of every event's owners and products."""
    front = {
        name.company: name
        for name in reversed(document.names)
        if _segment(document, name) <= Segment.LEAD
    }
    titled = {c for c, name in front.items() if _segment(document, name) is Segment.TITLE}
    return document.but(
        candidates=tuple(
            _with_buyer(
                document,
                _within_family(_related(document, event, owners, front, titled), owners, titled),
            )
            for event in document.candidates
        )
    )


def _segment(document: Document, name: Name) -> Segment:
    return document.sentences[document.sentence_at(name.start)].segment


def _related(
    document: Document,
    event: Candidate,
    owners: Owners,
    front: Mapping[CompanyId, Name],
    titled: Iterable[CompanyId],
) -> Candidate:
    """Return an event that title or lead tell, with the kin and the things that they name beside it."""
    leads = any(
        document.sentences[trigger.sentence].segment <= Segment.LEAD and not trigger.is_past
        for trigger in event.triggers
    )
    if not leads:
        return event
    elsewhere = {c for other in document.candidates if other is not event for c in other.roles}
    free = {company: name for company, name in front.items() if company not in event.roles}
    found: dict[CompanyId, Role] = {}
    if event.event_type == "shutdown":
        found = dict(_of_a_closing(event, owners, free, set(titled)))
    elif event.event_type == "ban":
        found = dict(_of_a_ban(event, owners, free))
    elif event.event_type == "acquisition":
        found = dict(_of_a_deal(event, owners, free, set(titled) - elsewhere))
    return event.but(
        roles={**event.roles, **found},
        role_places={**event.role_places, **{company: free[company] for company in found}},
        grounds={**event.grounds, **dict.fromkeys(found, Ground.FAMILY)},
    )


def _with(event: Candidate, role: Role) -> set[CompanyId]:
    return {company for company, given in event.roles.items() if given is role}


def _of_a_closing(
    event: Candidate, owners: Owners, free: Iterable[CompanyId], titled: set[CompanyId]
) -> Iterator[tuple[CompanyId, Role]]:
    """Yield the owner of what is closed, and its other brands; who closes alone closes what is titled."""
    targets, actors = _with(event, Role.TARGET), _with(event, Role.ACTOR)
    parents = {owners.get(target) for target in targets}
    for company in free:
        owner = owners.get(company)
        if company in parents:
            yield company, Role.ACTOR
        elif owner in actors & parents or (owner in event.roles and company in titled):
            yield company, Role.TARGET


def _of_a_ban(
    event: Candidate, owners: Owners, free: Iterable[CompanyId]
) -> Iterator[tuple[CompanyId, Role]]:
    """Yield who makes what is banned, and what they make."""
    targets = _with(event, Role.TARGET)
    parents = {owners.get(target) for target in targets}
    for company in free:
        if company in parents or owners.get(company) in targets:
            yield company, Role.TARGET


def _of_a_deal(
    event: Candidate, owners: Owners, free: Iterable[CompanyId], titled: set[CompanyId]
) -> Iterator[tuple[CompanyId, Role]]:
    """Yield who owns what is bought, and what is bought of who alone is named."""
    targets = _with(event, Role.TARGET)
    parents = {owners.get(target) for target in targets}
    for company in free:
        if company in parents and not _is_merger(event):
            yield company, Role.SELLER
            continue
        is_all_there_is = company in titled and set(event.roles.values()) == {Role.SELLER}
        if is_all_there_is or (owners.get(company) in targets and targets == set(event.roles)):
            yield company, Role.TARGET


def _is_merger(event: Candidate, owner: CompanyId | None = None) -> bool:
    """Return whether several are bought at once, the owner of one of them aside."""
    return len(_with(event, Role.TARGET) - {owner}) >= _MERGED or any(
        trigger.frame == "merge" for trigger in event.triggers
    )


def _within_family(event: Candidate, owners: Owners, titled: set[CompanyId]) -> Candidate:
    """Return an event in which an owner and its product have the roles that owning gives them."""
    roles, grounds = dict(event.roles), dict(event.grounds)
    is_closing = event.event_type == "shutdown"
    for product, owner in _pairs(event, owners):
        if is_closing:
            roles[product], roles[owner] = Role.TARGET, Role.ACTOR
            grounds[owner] = Ground.FAMILY
        elif roles[product] is Role.ACTOR and roles[owner] is Role.ACTOR:
            # One of a family acts: the one that the title names, or else the owner.
            roles[owner if product in titled and owner not in titled else product] = Role.PARTY
        elif event.event_type == "acquisition" and roles[product] is Role.TARGET:
            has_buyer = any(role is Role.ACTOR for c, role in roles.items() if c != owner)
            if roles[owner] is Role.TARGET and _is_merger(event, owner) and not has_buyer:
                roles[owner] = Role.PARTY  # its units merge
            elif roles[owner] is Role.TARGET or (has_buyer and roles[owner] is not Role.ACTOR):
                roles[owner] = Role.SELLER
                grounds[owner] = Ground.FAMILY
    if is_closing and list(roles.values()) == [Role.ACTOR]:
        # Of a closing that names one company only, that company is what is closed.
        roles = dict.fromkeys(roles, Role.TARGET)
    return event.but(roles=roles, grounds=grounds)


def _pairs(event: Candidate, owners: Owners) -> Iterator[tuple[CompanyId, CompanyId]]:
    """Yield the products of an event with every owner, and owner's owner, that has a part in it too."""
    for product in event.roles:
        seen: set[CompanyId] = {product}
        owner = owners.get(product)
        while owner is not None and owner not in seen:
            seen.add(owner)
            if owner in event.roles:
                yield product, owner
            owner = owners.get(owner)


def _with_buyer(document: Document, event: Candidate) -> Candidate:
    """Return a deal with its buyer, where one name is left in the sentence that tells who sells what.

    "ByteDance may sell TikTok in India to a rival, Glance".
    """
    known = set(event.roles.values())
    if event.event_type != "acquisition" or not {Role.SELLER, Role.TARGET} <= known:
        return event
    first = min(event.triggers, key=lambda trigger: trigger.start).sentence
    left = {
        name.company: name
        for name in document.names_in(first)
        if event.roles.get(name.company, Role.PARTY) is Role.PARTY
    }
    if Role.ACTOR in known or len(left) != 1:
        return event
    [(company, name)] = left.items()
    return event.but(
        roles={**event.roles, company: Role.ACTOR},
        role_places={**event.role_places, company: name},
        grounds={**event.grounds, company: Ground.PLACE},
    )
