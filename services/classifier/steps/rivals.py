"""Rivals: of several who may buy, nobody has a side of the deal yet.

"Fujitsu sells its stake; KKR, Bain and Apollo are among the bidders."
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.candidate import Candidate, Ground
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles, particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Segment
from services.classifier.syntax.names.chains import Chain, chains_of
from services.common.contracts.reading import Role, Stage
from services.common.ids import CompanyId

_BESIDE = 24
"""So many characters from a row of names stands the word that says that they bid."""

_NEXT = 6
"""So many sentences, from the first that tells the deal, may name who bids."""

_LEAST = 2
"""So many companies make a row of rivals."""

_MANY = 3
"""So many who buy one thing, in one row and not together, are rivals while the deal is open."""

_NEXT_TO = 12
"""So many characters may part one more from the row: "A, B, and the state fund C"."""

_OPEN = frozenset({Stage.PROPOSED, Stage.RUMOURED})


def part(document: Document) -> Document:
    """Return the document with those who bid against each other as parties of the deal."""
    parted = tuple(_parted(document, event) for event in document.candidates)
    return document.but(candidates=parted)


def _parted(document: Document, event: Candidate) -> Candidate:
    if event.event_type != "acquisition" or event.stage is Stage.REVERSED:
        return event
    # Of a deal that is done or came to nothing the title names who won, or who says so.
    titled = frozenset() if event.stage in _OPEN else document.titled
    rivals = {
        name.company: name
        for chain in (
            *_rows(document, event),
            *_crowds(document, event),
            *_among_others(document, event),
        )
        for name in chain.names
        if name.company not in titled
    }
    if not rivals:
        return event
    return event.but(
        roles={**event.roles, **dict.fromkeys(rivals, Role.PARTY)},
        role_places={**rivals, **event.role_places},
        grounds={**dict.fromkeys(rivals, Ground.BORROWED), **event.grounds},
    )


def _crowds(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield the rows of several of whom each seems to buy, in an open deal: "A, B and C go on to the next round".

    Behind a sign what they want may end the row: "노르빅·젤모·픽세오, 발토 인수전 참여".
    """
    if event.stage not in _OPEN:
        return
    for index in sorted(event.sentences):
        if document.words_in("members", index) or _is_together(document, index):
            continue
        for chain in chains_of(document, document.names_in(index)):
            buyers = tuple(n for n in chain.names if event.roles.get(n.company) is Role.ACTOR)
            others = chain.companies - {name.company for name in buyers}
            if len({name.company for name in buyers}) >= _MANY and all(
                chain.names[-1].company == other and event.roles.get(other) is Role.TARGET
                for other in others
            ):
                yield Chain(buyers)


def _is_together(document: Document, sentence: int) -> bool:
    """Return whether a title, or the lead below it, says of those in the title that they bid as one."""
    if not document.in_title(sentence):
        return False
    text, words = document.folded.text, folded_particles("together", document.language)
    return any(
        word in text[span.start : span.end]
        for at, span in enumerate(document.sentences)
        if document.in_front(at)
        for word in words
    )


def _among_others(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield who may buy "and others" may, in an open deal: "노르빅 등 서너 곳 관심"."""
    others = particles("others", document.language)
    if not others or event.stage not in _OPEN:
        return
    text = document.folded.text
    for company, role in event.roles.items():
        place = event.role_places[company]
        sentence = document.sentence_at(place.start)
        if (
            role is Role.ACTOR
            and text.startswith(others, place.end)
            and not document.words_in("members", sentence)
        ):
            yield Chain((place,))


def _rows(document: Document, event: Candidate) -> Iterator[Chain]:
    """Yield the rows of rivals: several companies beside a word for bidders, none surely bought."""
    sure = {
        company
        for company, role in event.roles.items()
        if role is Role.TARGET and event.grounds.get(company, Ground.GUESSED) >= Ground.WORD
    }
    first = event.first.sentence
    for index in range(first, min(first + _NEXT, len(document.sentences))):
        words = document.words_in("bidders", index)
        if (
            not words
            or document.segment_of(index) > Segment.BODY
            or document.words_in("background", index)
        ):
            continue
        # "陣営" is a camp of several, and one of the camps that bid.
        allied = document.words_in("members", index)
        if all(any(_overlap(ally, word) for word in words) for ally in allied):
            chains = chains_of(document, document.names_in(index))
            yield from _beside(chains, words, sure)  # else they buy together


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _beside(chains: Sequence[Chain], words: Sequence[Hit], sure: set[CompanyId]) -> Iterator[Chain]:
    """Yield the rows beside a word for bidders, and who stands alone at the end of such a row."""
    end: int | None = None
    for chain in chains:
        companies = chain.companies
        is_near = any(chain.apart(word) <= _BESIDE for word in words)
        is_row = is_near and len(companies) >= _LEAST
        goes_on = (
            end is not None
            and chain.start - end <= _NEXT_TO
            and not any(end <= word.start < chain.start for word in words)
        )
        end = None
        if (is_row or goes_on) and not companies & sure:
            yield chain
            end = chain.end
