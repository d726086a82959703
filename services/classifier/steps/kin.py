"""Kin: gives owners and products of one family the roles in an event that owning gives them.

Who closes its own service is the actor; who owns what others buy is the seller; the maker of what is
banned is hit with it. What a title or a lead names beside such an event has a part in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.classifier.chains import COMMAS, chains_of
from services.classifier.document import Candidate, Document, Ground, Name, Segment
from services.classifier.outsiders import spared_in
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

Owners = Mapping[CompanyId, CompanyId | None]
_MERGED = 2
_SURE = 2.0
"""What a cue weighs that tells of a ban alone; what weighs less may as well be said of one's own product."""
_CLOSING = "\"')»”」』 "
_POSSESSIVE = re.compile(r"'(?:s|n?[iıuü]n) (?P<what>[^,;:.()]{0,40})\Z")
"""What makes an owner say only whose a product is, up to that: "Eroğlu Holding'in markası Colin's"."""

_TO_ITS_VERB = 2
"""So many characters part a state that bans from its verb."""

_PRESENTED = 60
"""So many characters behind its maker's comma a product stands by which the maker is presented."""


def relate(document: Document, *, owners: Owners) -> Document:
    """Return the document with the roles of every event's owners and products."""
    titled = document.titled
    document = _with_own_closings(document, owners)
    return document.but(
        candidates=tuple(
            _with_buyer(
                document,
                _within_family(
                    _related(
                        document, _hit(document, _with_makers(document, event, owners)), owners
                    ),
                    owners,
                    titled,
                ),
            )
            for event in document.candidates
        )
    )


def _with_own_closings(document: Document, owners: Owners) -> Document:
    """Return the document in which who "bans" nothing but its own product closes it: "X switches off its app Y"."""
    own = [event for event in document.candidates if _is_of_its_owner(document, event, owners)]
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


def _is_of_its_owner(document: Document, event: Candidate, owners: Owners) -> bool:
    targets, actors = _with(event, Role.TARGET), _with(event, Role.ACTOR)
    return (
        event.event_type == "ban"
        and bool(targets and actors)
        and all(owners.get(target) in actors for target in targets)
        and all(trigger.frame == "active" and trigger.weight < _SURE for trigger in event.triggers)
        and not any(document.words_in("authority", trigger.sentence) for trigger in event.triggers)
    )


def _as_a_closing(event: Candidate) -> Candidate:
    return event.but(
        event_type="shutdown",
        triggers=tuple(trigger._replace(event_type="shutdown") for trigger in event.triggers),
    )


def _segment(document: Document, name: Name) -> Segment:
    return document.sentences[document.sentence_at(name.start)].segment


@dataclass(frozen=True, slots=True)
class Kin:
    """An event and the names beside it that have no role in it yet.

    `front` are those of title and lead, `titled` those of the title, `told` those of its own sentences
    there; `below` those that begin a sentence of the body that is not about the past.
    """

    event: Candidate
    owners: Owners
    front: Mapping[CompanyId, Name]
    titled: frozenset[CompanyId]
    told: frozenset[CompanyId]
    below: Mapping[CompanyId, Name]
    rows: frozenset[CompanyId]
    elsewhere: frozenset[CompanyId]
    is_of_a_site: bool
    is_titled: bool
    possessors: frozenset[CompanyId]
    """Who is named only to say whose it is that closes."""

    @classmethod
    def of(cls, document: Document, event: Candidate, owners: Owners) -> Kin:
        """Return what a story names beside an event."""
        names = [
            name
            for name in document.names
            if name.company not in event.roles
            and (
                event.event_type != "shutdown"
                or name not in spared_in(document, document.sentence_at(name.start))
            )
        ]
        front = {n.company: n for n in reversed(names) if _segment(document, n) <= Segment.LEAD}
        below = [name for name in names if name.company not in front and _begins(document, name)]
        titled = {c for c, name in front.items() if _segment(document, name) is Segment.TITLE}
        sentences = {trigger.sentence for trigger in event.triggers}
        told = {c for c, name in front.items() if document.sentence_at(name.start) in sentences}
        others = [other for other in document.candidates if other is not event]
        is_closing = event.event_type == "shutdown"
        return cls(
            event=event,
            owners=owners,
            front=front,
            titled=frozenset(titled),
            told=frozenset(titled | told),
            below={name.company: name for name in reversed(below)},
            rows=_in_rows(document, event) if is_closing else frozenset(),
            elsewhere=frozenset(company for other in others for company in other.roles),
            is_of_a_site=is_closing and _is_of_a_site(document, event),
            is_titled=any(
                document.sentences[sentence].segment is Segment.TITLE for sentence in sentences
            ),
            possessors=frozenset(
                company for company, name in front.items() if _only_possesses(document, event, name)
            )
            if is_closing
            else frozenset(),
        )

    @property
    def parents(self) -> set[CompanyId | None]:
        """Return who owns what the event happens to."""
        return {self.owners.get(target) for target in _with(self.event, Role.TARGET)}

    def roles(self) -> Iterator[tuple[CompanyId, Role]]:
        """Yield the roles of those who are named beside the event."""
        match self.event.event_type:
            case "shutdown":
                yield from _of_a_closing(self)
            case "ban":
                yield from _of_a_ban(self)
            case "acquisition":
                yield from _of_a_deal(self)


def _only_possesses(document: Document, event: Candidate, owner: Name) -> bool:
    """Return whether an owner's name goes on with "'s" and what of it the event happens to."""
    text = document.folded.text
    return any(
        name.company in event.roles and _POSSESSIVE.match(text[owner.end : name.start])
        for name in document.names_in(document.sentence_at(owner.start))
        if name.start > owner.end
    )


def _begins(document: Document, name: Name) -> bool:
    """Return whether a name is the first one of a sentence that is not about the past."""
    sentence = document.sentence_at(name.start)
    return name == document.names_in(sentence)[0] and not document.words_in("background", sentence)


def _in_rows(document: Document, event: Candidate) -> frozenset[CompanyId]:
    """Return what title or lead name in a row with a target of the event."""
    targets = _with(event, Role.TARGET)
    return frozenset(
        name.company
        for index, sentence in enumerate(document.sentences)
        if sentence.segment <= Segment.LEAD
        for chain in chains_of(document.folded.text, document.names_in(index))
        if targets & {name.company for name in chain.names}
        for name in chain.names
        if name.company not in event.apart
    )


def _is_of_a_site(document: Document, event: Candidate) -> bool:
    """Return whether a plant or shops of a company close, and not the company itself."""
    for trigger in event.triggers:
        start, end = document.clause_of(trigger.sentence, trigger.start)
        for hit in document.words_in("applies", trigger.sentence):
            if event.event_type in hit.meaning.types and start <= hit.start < end:
                return True
    return False


def _related(document: Document, event: Candidate, owners: Owners) -> Candidate:
    """Return an event that title or lead tell, with the kin and the things that they name beside it."""
    leads = any(
        document.sentences[trigger.sentence].segment <= Segment.LEAD and not trigger.is_past
        for trigger in event.triggers
    )
    if not leads:
        return event
    kin = Kin.of(document, event, owners)
    found = dict(kin.roles())
    if not found:
        return event
    named = {**kin.below, **kin.front}
    return event.but(
        roles={**event.roles, **found},
        role_places={**event.role_places, **{company: named[company] for company in found}},
        grounds={**event.grounds, **dict.fromkeys(found, Ground.FAMILY)},
    )


def _hit(document: Document, event: Candidate) -> Candidate:
    """Return a ban that an authority imposes with the one that its title names as hit, not as who bans.

    "X stays in the store: regulator halts its sale".
    """
    if event.event_type != "ban" or list(event.roles.values()) != [Role.ACTOR]:
        return event
    if document.titled.isdisjoint(event.roles):
        return event
    by_authority = all(
        trigger.frame != "store"
        and (
            document.words_in("authority", trigger.sentence)
            or any(
                0 < trigger.start - state.end <= _TO_ITS_VERB
                for state in document.words_in("country", trigger.sentence)
            )
        )
        for trigger in event.triggers
    )
    return event.but(roles=dict.fromkeys(event.roles, Role.TARGET)) if by_authority else event


def _with_makers(document: Document, event: Candidate, owners: Owners) -> Candidate:
    """Return a deal in which a maker has the part of the products by which its sentence presents it.

    "Ferrero, the firm behind Nutella and Tic Tac, buys Kellogg": products that follow their maker in a
    sentence have no part beside it; nor is what is bought the game of whom somebody buys.
    """
    if event.event_type != "acquisition":
        return event
    if all(owners.get(product) is None for product in event.roles):
        return event
    roles, places, grounds = dict(event.roles), dict(event.role_places), dict(event.grounds)
    for product in event.roles:
        maker, role = owners.get(product), roles[product]
        if maker is None or role not in {Role.ACTOR, Role.TARGET}:
            continue
        place = event.role_places[product]
        before = _before(document, maker, place)
        if (
            before is None
            or roles.get(maker, role) is not role
            or not _presents(document, before, place)
        ):
            continue
        if maker not in roles:
            roles[maker], places[maker], grounds[maker] = role, before, grounds[product]
        del roles[product], places[product], grounds[product]
    return event.but(roles=roles, role_places=places, grounds=grounds)


def _before(document: Document, company: CompanyId, place: Name) -> Name | None:
    """Return the last name of a company before a place in its sentence."""
    names = document.names_in(document.sentence_at(place.start))
    return next((n for n in reversed(names) if n.company == company and n.end <= place.start), None)


def _presents(document: Document, maker: Name, product: Name) -> bool:
    """Return whether a comma right behind a maker's name begins what is said of it up to a product."""
    text = document.folded.text
    behind = text[maker.end : product.start].lstrip(_CLOSING)
    return behind[:1] in COMMAS and len(behind) <= _PRESENTED


def _with(event: Candidate, role: Role) -> set[CompanyId]:
    return {company for company, given in event.roles.items() if given is role}


def _of_a_closing(kin: Kin) -> Iterator[tuple[CompanyId, Role]]:
    """Yield the owner of what is closed, and its other brands; who closes alone closes what is titled."""
    for company in kin.front.keys() - kin.possessors:
        owner = kin.owners.get(company)
        if company in kin.parents:
            if company in kin.told or not (kin.is_of_a_site or company in kin.elsewhere):
                yield company, Role.ACTOR
        elif company in kin.rows or (owner in kin.event.roles and company in kin.titled):
            yield company, Role.TARGET


def _of_a_ban(kin: Kin) -> Iterator[tuple[CompanyId, Role]]:
    """Yield who makes what is banned, and what they make."""
    targets = _with(kin.event, Role.TARGET)
    for company in kin.front:
        if company in kin.parents or kin.owners.get(company) in targets:
            yield company, Role.TARGET
    for company in kin.below if kin.is_titled else ():
        if company in kin.parents and company not in kin.elsewhere:
            yield company, Role.TARGET


def _of_a_deal(kin: Kin) -> Iterator[tuple[CompanyId, Role]]:
    """Yield who owns what is bought, and what is bought of who alone is named."""
    event, targets = kin.event, _with(kin.event, Role.TARGET)
    titled = kin.titled - kin.elsewhere
    for company in kin.front:
        if company in kin.parents and not _is_merger(event):
            yield company, Role.SELLER
            continue
        is_all_there_is = company in titled and set(event.roles.values()) == {Role.SELLER}
        if is_all_there_is or (kin.owners.get(company) in targets and targets == set(event.roles)):
            yield company, Role.TARGET
    for company in kin.below:
        if company in kin.parents and not _is_merger(event):
            yield company, Role.SELLER


def _is_merger(event: Candidate, owner: CompanyId | None = None) -> bool:
    """Return whether several are bought at once, the owner of one of them aside."""
    return len(_with(event, Role.TARGET) - {owner}) >= _MERGED or any(
        trigger.frame == "merge" for trigger in event.triggers
    )


def _within_family(event: Candidate, owners: Owners, titled: frozenset[CompanyId]) -> Candidate:
    """Return an event in which an owner and its product have the roles that owning gives them."""
    roles, grounds = dict(event.roles), dict(event.grounds)
    is_closing = event.event_type == "shutdown"
    pairs = list(_pairs(event, owners))
    if not (pairs or is_closing):
        return event
    for product, owner in pairs:
        if is_closing:
            roles[product], roles[owner] = Role.TARGET, Role.ACTOR
            grounds[owner] = Ground.FAMILY
        elif roles[product] is Role.ACTOR and roles[owner] is Role.ACTOR:
            # One of a family acts: the one that the title names, or else the owner.
            roles[owner if product in titled and owner not in titled else product] = Role.PARTY
        elif event.event_type == "acquisition" and roles[product] is Role.TARGET:
            has_buyer = any(role is Role.ACTOR for c, role in roles.items() if c != owner)
            if roles[owner] is Role.TARGET and _is_merger(event, owner) and not has_buyer:
                # Its units merge, or it and its unit do.
                is_apart = len(_with(event, Role.TARGET) - {owner}) >= _MERGED
                roles[owner] = Role.PARTY if is_apart else Role.TARGET
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
        and name.company not in event.apart
    }
    if Role.ACTOR in known or len(left) != 1:
        return event
    [(company, name)] = left.items()
    return event.but(
        roles={**event.roles, company: Role.ACTOR},
        role_places={**event.role_places, company: name},
        grounds={**event.grounds, company: Ground.PLACE},
    )
