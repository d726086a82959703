"""Kinship: what owning gives those whom title or lead name beside an event."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.spans import Name, Segment, Trigger
from services.classifier.syntax.bystanders.makers import described_by, is_beside_its_maker
from services.classifier.syntax.bystanders.outsiders import spared_in
from services.classifier.syntax.names.chains import chains_of
from services.common.contracts.reading import Role, Stage
from services.common.ids import CompanyId

Owners = Mapping[CompanyId, CompanyId | None]
MERGED = 2
"""So many that are bought at once merge."""
_OPEN = frozenset({Stage.PROPOSED, Stage.REJECTED})
"""Stages of which somebody else may still buy."""
_POSSESSIVE = re.compile(r"'(?:s|n?[iuü]n) (?P<what>[^,;:.()]{0,40})\Z")
"""What makes an owner say only whose a product is, up to that: "Eroğlu Holding'in markası Colin's"."""


@dataclass(frozen=True, slots=True)
class Kin:
    """An event and the names beside it that have no role in it yet."""

    document: Document
    event: Candidate
    owners: Owners
    front: Mapping[CompanyId, Name]
    """Those of title and lead."""
    below: Mapping[CompanyId, Name]
    """Those that begin a sentence of the body that is not about the past."""
    elsewhere: frozenset[CompanyId]
    """Who has a role in another event of the story."""

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
        others = [other for other in document.candidates if other is not event]
        return cls(
            document=document,
            event=event,
            owners=owners,
            front=front,
            below={name.company: name for name in reversed(below)},
            elsewhere=frozenset(company for other in others for company in other.roles),
        )

    @property
    def parents(self) -> set[CompanyId | None]:
        """Return who owns what the event happens to."""
        return {self.owners.get(target) for target in self.event.companies(Role.TARGET)}

    @property
    def titled(self) -> set[CompanyId]:
        """Return those of the title."""
        document = self.document
        return {c for c, name in self.front.items() if _segment_of(document, name) is Segment.TITLE}

    def roles(self) -> Iterator[tuple[CompanyId, Role]]:
        """Yield the roles of those who are named beside the event."""
        if given := _GIVEN.get(self.event.event_type):
            yield from given(self)


def _is_left_alone(document: Document, name: Name, event_type: str) -> bool:
    """Return whether a sentence says that a name stays, or only who makes it: "Norvik, which runs the Pixeo app, closes …"."""
    sentence = document.sentence_at(name.start)
    is_spared = event_type == "shutdown" and name in spared_in(document, sentence)
    return is_spared or name in described_by(document, sentence, event_type)


def _segment_of(document: Document, name: Name) -> Segment:
    return document.segment_of(document.sentence_at(name.start))


def _begins(document: Document, name: Name) -> bool:
    """Return whether a name is the first one of a sentence that is not about the past."""
    sentence = document.sentence_at(name.start)
    return name == document.names_in(sentence)[0] and not document.words_in("background", sentence)


def _of_a_closing(kin: Kin) -> Iterator[tuple[CompanyId, Role]]:
    """Yield the owner of what is closed, and its other brands; who closes alone closes what is titled."""
    document, event, titled, parents = kin.document, kin.event, kin.titled, kin.parents
    in_rows, is_site = _in_rows(document, event), is_of_a_site(document, event)
    for company, name in kin.front.items():
        if _only_possesses(document, event, name):
            continue
        if company in parents:
            is_told = company in titled or document.sentence_at(name.start) in event.sentences
            if is_told or not (is_site or company in kin.elsewhere):
                yield company, Role.ACTOR
        elif company in in_rows or (kin.owners.get(company) in event.roles and company in titled):
            yield company, Role.TARGET


def _of_a_ban(kin: Kin) -> Iterator[tuple[CompanyId, Role]]:
    """Yield who makes what is banned, and what they make; not what only says who somebody is: "the owner of X"."""
    document, event, parents = kin.document, kin.event, kin.parents
    targets = event.companies(Role.TARGET)
    for company, name in kin.front.items():
        if company in parents or (
            kin.owners.get(company) in targets and not is_beside_its_maker(document, name)
        ):
            yield company, Role.TARGET
    if any(map(document.in_title, event.sentences)):
        for company in kin.below:
            if company in parents and company not in kin.elsewhere:
                yield company, Role.TARGET


def _of_a_deal(kin: Kin) -> Iterator[tuple[CompanyId, Role]]:
    """Yield who owns what is bought, and what is bought of who alone is named."""
    event, titled = kin.event, kin.titled - kin.elsewhere
    targets, bidders = event.companies(Role.TARGET), _bidders(kin.document, event)
    owning: set[CompanyId | None] = set() if is_merger(event) else kin.parents
    is_sold_alone = set(event.roles.values()) == {Role.SELLER}
    is_bought_alone = targets == set(event.roles)
    for company in (*kin.front, *kin.below):
        if company in owning:
            if company not in bidders:
                yield company, Role.SELLER
        elif company in kin.front and (
            (is_sold_alone and company in titled)
            or (is_bought_alone and kin.owners.get(company) in targets)
        ):
            yield company, Role.TARGET


_GIVEN: Mapping[str, Callable[[Kin], Iterator[tuple[CompanyId, Role]]]] = {
    "shutdown": _of_a_closing,
    "ban": _of_a_ban,
    "acquisition": _of_a_deal,
}
"""What owning gives by the type of an event."""


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


def _only_possesses(document: Document, event: Candidate, owner: Name) -> bool:
    """Return whether an owner's name goes on with "'s" and what of it the event happens to."""
    text = document.folded.text
    return any(
        name.company in event.roles and _POSSESSIVE.match(text[owner.end : name.start])
        for name in document.names_in(document.sentence_at(owner.start))
        if name.start > owner.end
    )


def _bidders(document: Document, event: Candidate) -> frozenset[CompanyId]:
    """Return who stands before a verb that buys what somebody else only bids for, or gives up: "X bids. Y wants it, too"."""
    if not any(trigger.stage in _OPEN for trigger in event.triggers):
        return frozenset()
    bids = [
        trigger
        for trigger in document.triggers
        if trigger.event_type == "acquisition"
        and trigger.frame == "active"
        and trigger.sentence > event.first.sentence
        and not (trigger.is_past or trigger.is_negated)
    ]
    return frozenset(
        bidder.company for bid in bids if (bidder := _alone_before(document, bid)) is not None
    )


def _alone_before(document: Document, trigger: Trigger) -> Name | None:
    """Return who stands before a cue whose sentence names nobody else."""
    names = document.names_in(trigger.sentence)
    if len({name.company for name in names}) != 1:
        return None
    return next((name for name in reversed(names) if name.end <= trigger.start), None)


def is_of_a_site(document: Document, event: Candidate) -> bool:
    """Return whether a plant or shops of a company close, and not the company itself."""
    for trigger in event.triggers:
        start, end = document.clause_of(trigger.sentence, trigger.start)
        for hit in document.words_in("applies", trigger.sentence):
            if event.event_type in hit.meaning.types and start <= hit.start < end:
                return True
    return False


def is_merger(event: Candidate, owner: CompanyId | None = None) -> bool:
    """Return whether several are bought at once, the owner of one of them aside."""
    return len(event.companies(Role.TARGET) - {owner}) >= MERGED or any(
        trigger.frame == "merge" for trigger in event.triggers
    )
