"""Weigh: how sure a report is, with the arithmetic that says why."""

from __future__ import annotations

from services.classifier.document import Candidate, Document, Ground, Segment
from services.common.contracts.reading import Role

# A fixed table until there are enough labelled stories to fit one. Each line is added where it
# holds; the sum is cut to LEAST..MOST.
_BASE = 0.45
_IN_TITLE = 0.2
_IN_LEAD = 0.12
_IN_BOTH = 0.08
_CLEAR_CUE = 0.1
_MARKED_ROLE = 0.05
_HAS_TARGET = 0.05
_WEAK = -0.15
LEAST, MOST = 0.2, 0.97


def weigh(document: Document) -> Document:
    """Return the document with the confidence of every candidate."""
    return document.but(
        candidates=tuple(_weighed(document, found) for found in document.candidates)
    )


def _weighed(document: Document, candidate: Candidate) -> Candidate:
    segments = {document.sentences[trigger.sentence].segment for trigger in candidate.triggers}
    best = max(trigger.score for trigger in candidate.triggers)
    terms = [("base", _BASE)]
    if Segment.TITLE in segments:
        terms.append(("cue in title", _IN_TITLE))
    if Segment.LEAD in segments:
        terms.append(("cue in lead", _IN_LEAD))
    if {Segment.TITLE, Segment.LEAD} <= segments:
        terms.append(("cue in both", _IN_BOTH))
    if best >= 3:
        terms.append(("clear cue", _CLEAR_CUE))
    if best < 2:
        terms.append(("vague cues only", _WEAK))
    if Ground.WORD in candidate.grounds.values():
        terms.append(("a role by the word beside it", _MARKED_ROLE))
    if Role.TARGET in candidate.roles.values():
        terms.append(("has a target", _HAS_TARGET))
    confidence = round(min(max(sum(value for _, value in terms), LEAST), MOST), 2)
    return candidate.but(
        confidence=confidence,
        arithmetic=tuple(f"{name} {value:+.2f}" for name, value in terms),
    )
