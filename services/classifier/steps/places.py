"""Places: where a ban or a closing applies, and which authority is behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from services.classifier.document import Candidate, Document, Segment
from services.classifier.lexicon.words import Hit


def locate(document: Document) -> Document:
    """Return the document with countries and authority of every candidate.

    Deals have a country only where a unit there is sold; its words ("the Indian business") stand in
    the trigger's clause.
    """
    return replace(
        document, candidates=tuple(_located(document, found) for found in document.candidates)
    )


def _located(document: Document, candidate: Candidate) -> Candidate:
    authority = _authority(document, candidate)
    authority_place = (authority.start, authority.end) if authority else None
    if candidate.event_type == "acquisition":
        return replace(
            candidate, authority=authority_place if candidate.stage != "confirmed" else None
        )
    if any(document.words_in("worldwide", trigger.sentence) for trigger in candidate.triggers):
        return replace(candidate, authority=authority_place)
    countries = _countries(document, candidate)
    if not countries and authority is not None and authority.meaning.name:
        countries = {authority.meaning.name: (authority.start, authority.end)}
    return replace(
        candidate,
        countries=countries,
        authority=authority_place if candidate.event_type == "ban" else None,
    )


def _authority(document: Document, candidate: Candidate) -> Hit | None:
    hits = [
        hit
        for trigger in candidate.triggers
        for hit in document.words_in("authority", trigger.sentence)
    ]
    return next((hit for hit in hits if hit.meaning.name), hits[0] if hits else None)


def _countries(document: Document, candidate: Candidate) -> dict[str, tuple[int, int]]:
    """Return the countries of the nearest place that names any: trigger, title, lead."""
    sentences = list(dict.fromkeys(trigger.sentence for trigger in candidate.triggers))
    in_front = [
        index
        for index, sentence in enumerate(document.sentences[:8])
        if sentence.segment <= Segment.LEAD
    ]
    near = [index for index in sentences if index in in_front] or sentences[:2]
    found = _named(document, near)
    if not found and any(index in in_front for index in sentences):
        found = _named(document, in_front)
    return found or _named(document, sentences)


def _named(document: Document, sentences: Iterable[int]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for sentence in sentences:
        for hit in document.words_in("country", sentence):
            found.setdefault(hit.meaning.name, (hit.start, hit.end))
    return found
