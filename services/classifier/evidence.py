"""Evidence: every place of a story that a report rests on, so that without them it would not be told.

The first place of a field is the one to show; further ones say the same again.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.common.contracts.reading import Evidence, Stage

Place = tuple[int, int]

MOST = 12
"""Places of one field; a story that says it more often says it still without them."""


def evidence(document: Document, candidate: Candidate) -> tuple[Evidence, ...]:
    """Return the words behind every field, the type's first; whole ones, also of a starred form."""
    found: list[Evidence] = []
    for field, places in _fields(document, candidate):
        is_name = field.startswith(("company:", "other:"))
        for start, end in dict(list(dict.fromkeys(places))[:MOST]).items():
            last = end if is_name else document.word_end(end)
            found.append(document.evidence(field, start, last))
    return tuple(found)


def _fields(document: Document, candidate: Candidate) -> Iterator[tuple[str, list[Place]]]:
    triggers = sorted(candidate.triggers, key=lambda trigger: (-trigger.score, trigger.start))
    yield "type", [(trigger.start, trigger.end) for trigger in triggers]
    if candidate.stage_place is not None and _is_told(document, candidate):
        yield "stage", [candidate.stage_place, *_of_stage(document, candidate)]
    for field, place in (
        ("date", candidate.date_place),
        ("amount", candidate.amount_place),
        ("authority", candidate.authority),
        ("scope", candidate.scope),
    ):
        if place is not None:
            yield field, [place, *_again(document, place)]
    for country, place in candidate.countries.items():
        yield "countries", [place, *_of_country(document, country)]
    for company, name in sorted(candidate.role_places.items()):
        # A subject that is left out has a place and no words: "Buys Y" behind "X is not giving up".
        own = [(name.start, name.end)] if name.start < name.end else []
        others = [(n.start, n.end) for n in document.names if n.company == company]
        yield f"company:{company}", [*own, *others]
    for stranger, (start, end, _) in sorted(candidate.others.items()):
        yield f"other:{stranger}", [(start, end), *_again(document, (start, end))]


def _is_told(document: Document, candidate: Candidate) -> bool:
    """Return whether the stage rests on words: confirmed is the default, unless a word beat another."""
    if candidate.stage is not Stage.CONFIRMED:
        return True
    sentences = candidate.sentences
    return any(
        hit.meaning.name == Stage.PROPOSED
        for sentence in sentences
        for hit in document.words_in("stage", sentence)
    )


def _of_stage(document: Document, candidate: Candidate) -> Iterator[Place]:
    """Yield the other words for the candidate's stage: cues that are one, and markers of its type."""
    for trigger in candidate.triggers:
        if trigger.stage == candidate.stage:
            yield trigger.start, trigger.end
    for _, hit in document.words_of("stage"):
        meaning = hit.meaning
        if meaning.name == candidate.stage and (
            not meaning.types or candidate.event_type in meaning.types
        ):
            yield hit.start, hit.end


def _of_country(document: Document, country: str) -> Iterator[Place]:
    for layer in ("country", "authority", "city"):
        for _, hit in document.words_of(layer):
            if hit.meaning.name == country:
                yield hit.start, hit.end


def _again(document: Document, place: Place) -> Iterator[Place]:
    """Yield where the same words stand once more."""
    text = document.folded.text
    words = text[place[0] : place[1]]
    at = text.find(words)
    while at >= 0:
        yield at, at + len(words)
        at = text.find(words, at + 1)
