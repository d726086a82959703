"""Kin: gives owners and products of one family the roles in an event that owning gives them.

Who closes its own service is the actor; who owns what others buy is the seller; the maker of what is
banned is hit with it. What a title or a lead names beside such an event has a part in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.spans import DEALS, Name
from services.classifier.syntax.bystanders.makers import is_beside_its_maker
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import begun_by_and
from services.classifier.syntax.rulings.hits import is_hit
from services.classifier.syntax.story.kinship import (
    MERGED,
    Kin,
    Owners,
    is_merger,
)
from services.classifier.syntax.story.own_closings import is_own_closing
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_CLOSING = "\"') "

_PRESENTED = 60
"""So many characters behind its maker's comma a product stands by which the maker is presented."""


def relate(document: Document, *, owners: Owners) -> Document:
    """Return the document with the roles of every event's owners and products."""
    document = _with_own_closings(document, owners)
    return document.but(
        candidates=tuple(_with_its_kin(document, event, owners) for event in document.candidates)
    )


def _with_its_kin(document: Document, event: Candidate, owners: Owners) -> Candidate:
    is_deal = event.event_type == "acquisition"
    if is_deal:
        event = _with_makers(document, event, owners)
        event = _without_known_products(document, event, owners)
    elif is_hit(document, event):
        event = event.all_as(Role.TARGET)
    event = _related(document, event, owners)
    if event.event_type == "shutdown":
        return _closed_by_its_owner(event, owners)
    if is_deal:
        event = _without_folded_in(document, event, owners)
    event = _within_family(document, event, owners)
    return _with_buyer(document, event) if is_deal else event


def _with_own_closings(document: Document, owners: Owners) -> Document:
    """Return the document in which who "bans" nothing but what is its own closes it: "X switches off its app Y"."""
    own = [event for event in document.candidates if is_own_closing(document, event, owners)]
    if not own:
        return document
    is_told = any(event.event_type == "shutdown" for event in document.candidates)
    return document.but(
        candidates=tuple(
            _as_a_closing(event) if event in own else event
            for event in document.candidates
            if not (event in own and is_told)
        )
    )


def _as_a_closing(event: Candidate) -> Candidate:
    return event.but(
        event_type="shutdown",
        triggers=tuple(trigger._replace(event_type="shutdown") for trigger in event.triggers),
    )


def _related(document: Document, event: Candidate, owners: Owners) -> Candidate:
    """Return an event that title or lead tell, with the kin and the things that they name beside it."""
    if not document.leads_with(event) or all(n.company in event.roles for n in document.names):
        return event
    kin = Kin.of(document, event, owners)
    named = {**kin.below, **kin.front}
    return event.with_parts({named[company]: role for company, role in kin.roles()}, Ground.FAMILY)


def _with_makers(document: Document, event: Candidate, owners: Owners) -> Candidate:
    """Return a deal in which a maker has the part of the products by which its sentence presents it.

    "Ferrero, the firm behind Nutella and Tic Tac, buys Kellogg": products that follow their maker in a
    sentence have no part beside it; nor is what is bought the game of whom somebody buys.
    """
    told = event
    for product, role in event.roles.items():
        maker, place = owners.get(product), event.role_places[product]
        if maker is None or role not in {Role.ACTOR, Role.TARGET}:
            continue
        before = _before(document, maker, place)
        if (
            before is None
            or told.roles.get(maker, role) is not role
            or not _presents(document, before, place)
        ):
            continue
        if maker not in told.roles:
            told = told.with_parts({before: role}, event.grounds[product])
        told = told.without({product})
    return told


def _without_known_products(document: Document, event: Candidate, owners: Owners) -> Candidate:
    """Return a deal without the products by which it names a maker that is told elsewhere.

    "Norvik buys Pixeo maker", and below it "Norvik pays 2 billion for Zelmo": Zelmo is bought.
    """
    told = event
    for product, role in event.roles.items():
        if role is not Role.TARGET or not is_beside_its_maker(document, event.role_places[product]):
            continue
        maker = owners.get(product)
        named = _in_front(document, maker) if maker is not None else None
        if named is None and (is_merger(event) or len(event.companies(role)) == 1):
            continue  # "X and toy maker Y merge"
        told = told.without({product})
        if named is not None and told.roles.get(named.company) is not Role.ACTOR:
            told = told.with_parts({named: role}, event.grounds[product])
    return told


def _in_front(document: Document, company: CompanyId) -> Name | None:
    """Return the first name of a company in title or lead."""
    return next(
        (
            name
            for name in document.names
            if name.company == company and document.in_front(document.sentence_at(name.start))
        ),
        None,
    )


def _before(document: Document, company: CompanyId, place: Name) -> Name | None:
    """Return the last name of a company before a place in its sentence."""
    names = document.names_in(document.sentence_at(place.start))
    return next((n for n in reversed(names) if n.company == company and n.end <= place.start), None)


def _presents(document: Document, maker: Name, product: Name) -> bool:
    """Return whether a comma right behind a maker's name begins what is said of it up to a product."""
    text = document.folded.text
    behind = text[maker.end : product.start].lstrip(_CLOSING)
    return behind[:1] in COMMAS and len(behind) <= _PRESENTED


def _without_folded_in(document: Document, event: Candidate, owners: Owners) -> Candidate:
    """Return a deal in which what its buyer merges with what it buys is a party: "X buys Z. X Shop becomes part of it"."""
    folded = [
        product
        for product, owner in _pairs(event, owners)
        if _is_folded_in(document, event, product, owner, owners)
    ]
    return event.but(roles={**event.roles, **dict.fromkeys(folded, Role.PARTY)})


def _is_folded_in(
    document: Document, event: Candidate, product: CompanyId, owner: CompanyId, owners: Owners
) -> bool:
    """Return whether a product is its buyer's own and merged with what that buys.

    A sentence of its own says so: where others buy what the watchlist knows as theirs by now, it is bought.
    """
    bought = event.companies(Role.TARGET)
    if (
        product not in bought
        or owner not in event.companies(Role.ACTOR)
        or all(owners.get(other) == owner for other in bought)
    ):
        return False
    sentence = document.sentence_at(event.role_places[product].start)
    frames = {cue.frame for cue in event.triggers if cue.sentence == sentence}
    return not document.in_title(sentence) and bool(frames) and frames.isdisjoint(DEALS)


def _closed_by_its_owner(event: Candidate, owners: Owners) -> Candidate:
    """Return a closing of products by their owners; who alone is named closes and is what is closed."""
    roles, grounds = dict(event.roles), dict(event.grounds)
    for product, owner in _pairs(event, owners):
        roles[product], roles[owner] = Role.TARGET, Role.ACTOR
        grounds[owner] = Ground.FAMILY
    if list(roles.values()) == [Role.ACTOR]:
        roles = dict.fromkeys(roles, Role.TARGET)
    return event.but(roles=roles, grounds=grounds)


def _within_family(document: Document, event: Candidate, owners: Owners) -> Candidate:
    """Return a deal or a ban in which an owner and its product have the roles that owning gives them."""
    roles, grounds = dict(event.roles), dict(event.grounds)
    for product, owner in _pairs(event, owners):
        if roles[product] is Role.ACTOR and roles[owner] is Role.ACTOR:
            # One of a family acts: the one that the title names, or else the owner.
            titled = document.titled
            roles[owner if product in titled and owner not in titled else product] = Role.PARTY
        elif event.event_type == "acquisition" and roles[product] is Role.TARGET:
            has_buyer = any(role is Role.ACTOR for c, role in roles.items() if c != owner)
            if roles[owner] is Role.TARGET and is_merger(event, owner) and not has_buyer:
                # Its units merge, or it and its unit do.
                if len(event.companies(Role.TARGET) - {owner}) >= MERGED:
                    roles[owner] = Role.PARTY
            elif (
                not (has_buyer and _are_in_a_row(document, event, owner, product))
                if roles[owner] is Role.TARGET
                else has_buyer and roles[owner] is not Role.ACTOR
            ):
                roles[owner], grounds[owner] = Role.SELLER, Ground.FAMILY
    return event.but(roles=roles, grounds=grounds)


def _are_in_a_row(
    document: Document, event: Candidate, first: CompanyId, second: CompanyId
) -> bool:
    """Return whether an "and" joins two companies in a sentence that tells an event: "X bids for Y and its Z"."""
    articles = document.grammar.articles
    for sentence in event.sentences:
        for one, other in pairwise(document.names_in(sentence)):
            gap = document.folded.text[one.end : other.start]
            begun = begun_by_and(gap, document.language)
            rest = gap[begun:].strip()
            if (
                (one.company, other.company) == (first, second)
                and begun
                and (not rest or rest in articles)
            ):
                return True
    return False


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

    "ByteDance may sell TikTok in India to a rival, Glance", but not "X sells Y after Z is banned".
    """
    known = set(event.roles.values())
    if Role.ACTOR in known or not {Role.SELLER, Role.TARGET} <= known:
        return event
    first = event.first.sentence
    told = _told_there(document, first, event.event_type)
    left = {
        name.company: name
        for name in document.names_in(first)
        if event.roles.get(name.company, Role.PARTY) is Role.PARTY
        and name.company not in event.apart
        and name.company not in told
    }
    if len(left) != 1:
        return event
    return event.with_parts(dict.fromkeys(left.values(), Role.ACTOR), Ground.PLACE)


def _told_there(document: Document, sentence: int, event_type: str) -> set[CompanyId]:
    """Return whom a sentence tells of in an event of another type."""
    return {
        company
        for other in document.candidates
        if other.event_type != event_type
        and any(trigger.sentence == sentence for trigger in other.triggers)
        for company in other.roles
    }
