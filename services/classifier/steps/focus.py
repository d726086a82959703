"""Focus: which events a story is about, and which it tells as history."""

from __future__ import annotations

from services.classifier.document import Candidate, Document, Segment
from services.common.contracts.reading import Focus

_OFTEN = 2
"""In so many sentences a body must tell an event whose company the title names."""


def focus(document: Document) -> Document:
    """Return the document with the focus of every candidate."""
    candidates = [
        candidate.but(focus=Focus.MAIN if _leads(document, candidate) else Focus.BACKGROUND)
        for candidate in document.candidates
    ]
    if candidates and not any(candidate.focus is Focus.MAIN for candidate in candidates):
        candidates = [
            candidate.but(focus=Focus.MAIN if _fills(document, candidate) else Focus.BACKGROUND)
            for candidate in candidates
        ]
    return document.but(candidates=tuple(candidates))


def _leads(document: Document, candidate: Candidate) -> bool:
    """Return whether title or lead tell it as news."""
    return any(
        document.sentences[trigger.sentence].segment is Segment.TITLE
        or (document.sentences[trigger.sentence].segment is Segment.LEAD and not trigger.is_past)
        for trigger in candidate.triggers
    )


def _fills(document: Document, candidate: Candidate) -> bool:
    """Return whether the body tells it again and again of a company that the title names."""
    title = {
        name.company
        for name in document.names
        if document.sentences[document.sentence_at(name.start)].segment is Segment.TITLE
    }
    sentences = {trigger.sentence for trigger in candidate.triggers if not trigger.is_past}
    return len(sentences) >= _OFTEN and bool(title & set(candidate.roles))
