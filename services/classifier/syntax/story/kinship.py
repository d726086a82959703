"""Kinship: what owning gives those whom title or lead name beside an event."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import ends_pattern, harmless_pattern
from services.classifier.spans import Name, Segment, Trigger
from services.classifier.syntax.bystanders.makers import described_by, is_beside_its_maker
from services.classifier.syntax.bystanders.outsiders import spared_in
from services.classifier.syntax.names.chains import chains_of
from services.common.contracts.reading import Role, Stage
from services.common.ids import CompanyId

Owners = Mapping[CompanyId, CompanyId | None]
MERGED = 2
"""So many that are bought at once merge."""
_SURE = 2.0
"""What a cue weighs that tells of a ban alone; what weighs less may as well be said of one's own product."""
_OPEN = frozenset({Stage.PROPOSED, Stage.REJECTED})
"""Stages of which somebody else may still buy."""
_WITHDRAWING = frozenset({"active", "close", "store"})
"""Frames of a ban's cues that may take away what is one's own."""
_POSSESSIVE = re.compile(r"'(?:s|n?[iuü]n) (?P<what>[^,;:.()]{0,40})\Z")
"""What makes an owner say only whose a product is, up to that: "Eroğlu Holding'in markası Colin's"."""


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
    made: frozenset[CompanyId]
    """What is named only to say whose product it is: "the owner of X has ten days"."""
    bidders: frozenset[CompanyId]
    """Who by a further sentence wants it too."""

    @classmethod
    def of(cls, document: Document, event: Candidate, owners: Owners) -> Kin:
        """Return what a story names beside an event."""
        names = [
            name
            for name in document.names
            if name.company not in event.roles
            and not _is_left_alone(document, name, event.event_type)
        ]
        front = {n.company: n for n in reversed(names) if _segment_of(document, n) <= Segment.LEAD}
        below = [name for name in names if name.company not in front and _begins(document, name)]
        titled = {c for c, name in front.items() if _segment_of(document, name) is Segment.TITLE}
        sentences = event.sentences
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
            is_of_a_site=is_closing and is_of_a_site(document, event),
            is_titled=any(map(document.in_title, sentences)),
            possessors=frozenset(
                company for company, name in front.items() if _only_possesses(document, event, name)
            )
            if is_closing
            else frozenset(),
            made=frozenset(c for c, name in front.items() if is_beside_its_maker(document, name))
            if event.event_type == "ban"
            else frozenset(),
            bidders=_bidders(document, event),
        )

    @property
    def parents(self) -> set[CompanyId | None]:
        """Return who owns what the event happens to."""
        return {self.owners.get(target) for target in self.event.companies(Role.TARGET)}

    def roles(self) -> Iterator[tuple[CompanyId, Role]]:
        """Yield the roles of those who are named beside the event."""
        match self.event.event_type:
            case "shutdown":
                yield from _of_a_closing(self)
            case "ban":
                yield from _of_a_ban(self)
            case "acquisition":
                yield from _of_a_deal(self)


def _bidders(document: Document, event: Candidate) -> frozenset[CompanyId]:
    """Return who stands before a verb that buys what somebody else only bids for, or gives up: "X bids. Y wants it, too"."""
    if event.event_type != "acquisition" or not any(t.stage in _OPEN for t in event.triggers):
        return frozenset()
    told = [
        trigger
        for trigger in document.triggers
        if trigger.event_type == "acquisition" and trigger.sentence > event.first.sentence
    ]
    return frozenset(
        before[-1].company
        for trigger in told
        if trigger.frame == "active" and not (trigger.is_past or trigger.is_negated)
        for before in ([n for n in document.names_in(trigger.sentence) if n.end <= trigger.start],)
        if before and len({name.company for name in document.names_in(trigger.sentence)}) == 1
    )


def _segment_of(document: Document, name: Name) -> Segment:
    return document.segment_of(document.sentence_at(name.start))


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
    targets = event.companies(Role.TARGET)
    return frozenset(
        name.company
        for index, sentence in enumerate(document.sentences)
        if sentence.segment <= Segment.LEAD
        for chain in chains_of(document, document.names_in(index))
        if targets & chain.companies
        for name in chain.names
        if name.company not in event.apart
    )


def _is_left_alone(document: Document, name: Name, event_type: str) -> bool:
    """Return whether a sentence says that a name stays, or only who makes it: "Norvik, which runs the Pixeo app, closes …"."""
    sentence = document.sentence_at(name.start)
    is_spared = event_type == "shutdown" and name in spared_in(document, sentence)
    return is_spared or name in described_by(document, sentence, event_type)


def is_of_a_site(document: Document, event: Candidate) -> bool:
    """Return whether a plant or shops of a company close, and not the company itself."""
    for trigger in event.triggers:
        start, end = document.clause_of(trigger.sentence, trigger.start)
        for hit in document.words_in("applies", trigger.sentence):
            if event.event_type in hit.meaning.types and start <= hit.start < end:
                return True
    return False


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
    targets = kin.event.companies(Role.TARGET)
    for company in kin.front:
        is_product = kin.owners.get(company) in targets and company not in kin.made
        if company in kin.parents or is_product:
            yield company, Role.TARGET
    for company in kin.below if kin.is_titled else ():
        if company in kin.parents and company not in kin.elsewhere:
            yield company, Role.TARGET


def _of_a_deal(kin: Kin) -> Iterator[tuple[CompanyId, Role]]:
    """Yield who owns what is bought, and what is bought of who alone is named."""
    event, targets = kin.event, kin.event.companies(Role.TARGET)
    titled = kin.titled - kin.elsewhere
    for company in kin.front:
        if company in kin.parents and not is_merger(event):
            if company not in kin.bidders:
                yield company, Role.SELLER
            continue
        is_all_there_is = company in titled and set(event.roles.values()) == {Role.SELLER}
        if is_all_there_is or (kin.owners.get(company) in targets and targets == set(event.roles)):
            yield company, Role.TARGET
    for company in kin.below:
        if company in kin.parents - kin.bidders and not is_merger(event):
            yield company, Role.SELLER


def is_merger(event: Candidate, owner: CompanyId | None = None) -> bool:
    """Return whether several are bought at once, the owner of one of them aside."""
    return len(event.companies(Role.TARGET) - {owner}) >= MERGED or any(
        trigger.frame == "merge" for trigger in event.triggers
    )


def is_own_closing(document: Document, event: Candidate, owners: Owners) -> bool:
    """Return whether a ban is none, as whom nobody orders to takes what is its own away.

    "Norvik pulls its app Pixeo from the store", "Balto takes Zelmo off the market", "Zelmo takes app off the
    market": who owns the product may take it out of a store too, of others a store would.
    """
    if event.event_type != "ban" or not all(t.frame in _WITHDRAWING for t in event.triggers):
        return False
    if _is_told_to(document, event):
        return False
    if _is_of_its_owner(event, owners):
        return all(
            (trigger.weight < _SURE and trigger.frame == "active")
            or _says(document, "market", trigger)
            or _says(document, "store", trigger)
            for trigger in event.triggers
        )
    return all(
        trigger.frame != "store"
        and _says(document, "market", trigger)
        and _is_by_a_maker(document, event, trigger)
        for trigger in event.triggers
    )


def _is_told_to(document: Document, event: Candidate) -> bool:
    """Return whether title, lead or a sentence of the event name an authority."""
    sentences = event.sentences
    return any(
        document.words_in("authority", index)
        for index, sentence in enumerate(document.sentences)
        if sentence.segment <= Segment.LEAD or index in sentences
    )


def _is_of_its_owner(event: Candidate, owners: Owners) -> bool:
    targets, actors = event.companies(Role.TARGET), event.companies(Role.ACTOR)
    return bool(targets and actors) and all(owners.get(target) in actors for target in targets)


def _says(document: Document, kind: str, trigger: Trigger) -> bool:
    """Return whether a cue, or its clause behind it, has a word for where something is taken from."""
    words = ends_pattern(kind, document.language)
    _, end = document.clause_of(trigger.sentence, trigger.start)
    return words.search(document.folded.text, trigger.start, max(trigger.end, end)) is not None


def _is_by_a_maker(document: Document, event: Candidate, trigger: Trigger) -> bool:
    """Return whether a company takes away another one, or one named alone before the verb its app or service."""
    if event.companies(Role.TARGET) and event.companies(Role.ACTOR):
        return True
    things = harmless_pattern("heads", document.language)
    names = document.names_in(trigger.sentence)
    return (
        things is not None
        and things.search(document.folded.text, trigger.start, trigger.end) is not None
        and bool(names)
        and all(name.end <= trigger.start for name in names)
    )
