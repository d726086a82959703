"""Scope: what a ban or a closing is limited to, in words that are the same in every language."""

from __future__ import annotations

from services.classifier.candidate import Candidate
from services.classifier.document import Document


def limit(document: Document) -> Document:
    """Return the document with the scope of every ban and closing that is told with one.

    It is the name of an entry of the languages' `applies` ("government devices", "plant"), so that
    reports of one event agree in all languages.
    """
    return document.but(
        candidates=tuple(_limited(document, candidate) for candidate in document.candidates)
    )


def _limited(document: Document, candidate: Candidate) -> Candidate:
    """Return a candidate with the first scope in a clause of its cues, those of the title first."""
    for trigger in sorted(candidate.triggers, key=lambda trigger: trigger.start):
        if not document.in_front(trigger.sentence):
            continue
        start, end = document.clause_of(trigger.sentence, trigger.start)
        for hit in document.words_in("applies", trigger.sentence):
            if candidate.event_type in hit.meaning.types and start <= hit.start < end:
                return candidate.but(scope=(hit.start, hit.end), scope_name=hit.meaning.name)
    return candidate
