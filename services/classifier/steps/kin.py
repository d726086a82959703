"""Kin: gives owners and products of one family the roles in an event that owning gives them.

Who closes its own service is the actor; who owns what others buy is the seller; the maker of what is
banned is hit with it. What a title or a lead names beside such an event has a part in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import DEALS, Name, Trigger
from services.classifier.syntax.bystanders.makers import is_beside_its_maker
from services.classifier.syntax.clauses.signs import has_sign
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import begun_by_and
from services.classifier.syntax.story.kinship import (
    MERGED,
    Kin,
    Owners,
    is_merger,
    is_own_closing,
)
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_CLOSING = "\"') "

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
            _with_its_kin(document, event, owners, titled) for event in document.candidates
        )
    )


def _with_its_kin(
    document: Document, event: Candidate, owners: Owners, titled: frozenset[CompanyId]
) -> Candidate:
    event = _with_makers(document, event, owners)
    event = _without_known_products(document, event, owners)
    event = _hit(document, event)
    event = _related(document, event, owners)
    event = _without_folded_in(document, event, owners)
    event = _within_family(event, owners, titled, _rows(document, event))
    return _with_buyer(document, event)


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
    if all(name.company in event.roles for name in document.names):
        return event
    if not document.leads_with(event):
        return event
    kin = Kin.of(document, event, owners)
    found = dict(kin.roles())
    named = {**kin.below, **kin.front}
    return event.with_parts(
        {named[company]: role for company, role in found.items()}, Ground.FAMILY
    )


def _hit(document: Document, event: Candidate) -> Candidate:
    """Return a ban that an authority imposes with the one that its title names as hit, not as who bans.

    "X stays in the store: regulator halts its sale", "Kenya clamps down on X, blocks app".
    """
    if event.event_type != "ban" or list(event.roles.values()) != [Role.ACTOR]:
        return event
    if document.titled.isdisjoint(event.roles):
        return event
    is_hit = all(
        trigger.frame != "store"
        and (
            document.words_in("authority", trigger.sentence)
            or _loses_a_licence(document, trigger)
            or any(
                0 < trigger.start - state.end <= _TO_ITS_VERB or _opens(document, trigger, state)
                for state in document.countries_in(trigger.sentence)
            )
        )
        for trigger in event.triggers
    )
    return event.all_as(Role.TARGET) if is_hit else event


def _loses_a_licence(document: Document, trigger: Trigger) -> bool:
    """Return whether a licence is taken away behind a sign that parts it from the name: "X crashes, licence revoked"."""
    text = document.folded.text
    words = folded_particles("licence", document.language)
    return any(word in text[trigger.start : trigger.end] for word in words) and all(
        _is_parted(document, name, trigger) for name in document.names_in(trigger.sentence)
    )


def _is_parted(document: Document, name: Name, trigger: Trigger) -> bool:
    """Return whether a sign, or in dense scripts a space, stands between a name and a cue behind it."""
    text, start, end = document.folded.text, name.end, trigger.start
    is_dense = Trait.DENSE in document.grammar.traits
    return start <= end and (has_sign(text, start, end) or (is_dense and " " in text[start:end]))


def _opens(document: Document, trigger: Trigger, state: Hit) -> bool:
    """Return whether a state is what a sentence begins with, and its verb stands behind a comma.

    Not the home of a name behind it, nor where it is that a company bans something: "India: X blocks VPN apps".
    """
    text = document.folded.text
    name = next(
        (n for n in reversed(document.names_in(trigger.sentence)) if n.end <= trigger.start), None
    )
    return (
        state.meaning.frame == "countries"
        and state.start == document.sentences[trigger.sentence].start
        and name is not None
        and ":" not in text[state.end : name.start]
        and _is_parted(document, name, trigger)
    )


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


def _without_known_products(document: Document, event: Candidate, owners: Owners) -> Candidate:
    """Return a deal without the products by which it names a maker that is told elsewhere.

    "Norvik buys Pixeo maker", and below it "Norvik pays 2 billion for Zelmo": Zelmo is bought.
    """
    if event.event_type != "acquisition":
        return event
    roles, places, grounds = dict(event.roles), dict(event.role_places), dict(event.grounds)
    for product, role in event.roles.items():
        if role is not Role.TARGET or not is_beside_its_maker(document, places[product]):
            continue
        maker = owners.get(product)
        named = _in_front(document, maker) if maker is not None else None
        if named is None and (is_merger(event) or len(event.companies(role)) == 1):
            continue  # "X and toy maker Y merge"
        ground = grounds.pop(product)
        del roles[product], places[product]
        if maker is not None and named is not None and roles.get(maker) is not Role.ACTOR:
            roles[maker], places[maker], grounds[maker] = role, named, ground
    return event.but(roles=roles, role_places=places, grounds=grounds)


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
    if event.event_type != "acquisition":
        return event
    folded = [
        pair[0] for pair in _pairs(event, owners) if _is_folded_in(document, event, pair, owners)
    ]
    return (
        event.but(roles={**event.roles, **dict.fromkeys(folded, Role.PARTY)}) if folded else event
    )


def _within_family(
    event: Candidate,
    owners: Owners,
    titled: frozenset[CompanyId],
    rows: frozenset[tuple[CompanyId, CompanyId]],
) -> Candidate:
    """Return an event in which an owner and its product have the roles that owning gives them.

    Not where both are bought in a row: "X bids for Y and its Z".
    """
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
            if roles[owner] is Role.TARGET and is_merger(event, owner) and not has_buyer:
                # Its units merge, or it and its unit do.
                is_apart = len(event.companies(Role.TARGET) - {owner}) >= MERGED
                roles[owner] = Role.PARTY if is_apart else Role.TARGET
            elif roles[owner] is Role.TARGET and has_buyer and (owner, product) in rows:
                continue
            elif roles[owner] is Role.TARGET or (has_buyer and roles[owner] is not Role.ACTOR):
                roles[owner] = Role.SELLER
                grounds[owner] = Ground.FAMILY
    if is_closing and list(roles.values()) == [Role.ACTOR]:
        # Of a closing that names one company only, that company is what is closed.
        roles = dict.fromkeys(roles, Role.TARGET)
    return event.but(roles=roles, grounds=grounds)


def _is_folded_in(
    document: Document, event: Candidate, pair: tuple[CompanyId, CompanyId], owners: Owners
) -> bool:
    """Return whether a product is its buyer's own and merged with what that buys.

    A sentence of its own says so: where others buy what the watchlist knows as theirs by now, it is bought.
    """
    product, owner = pair
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


def _rows(document: Document, event: Candidate) -> frozenset[tuple[CompanyId, CompanyId]]:
    """Return which companies an "and" joins in a sentence that tells an event, in their order."""
    text = document.folded.text
    return frozenset(
        (first.company, second.company)
        for sentence in event.sentences
        for first, second in pairwise(document.names_in(sentence))
        for gap in (text[first.end : second.start],)
        for begun in (begun_by_and(gap, document.language),)
        if begun and (not gap[begun:].strip() or gap[begun:].strip() in document.grammar.articles)
    )


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
    if event.event_type != "acquisition" or not {Role.SELLER, Role.TARGET} <= known:
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
    if Role.ACTOR in known or len(left) != 1:
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
