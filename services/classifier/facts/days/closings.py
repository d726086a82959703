"""Closings: the day on which a closing takes effect, rather than the one that it is told on."""

from __future__ import annotations

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.facts.days.told import (
    DAY,
    FURTHER,
    WEEK,
    age_of,
    dates_in,
    is_beside_past,
    recent_days,
)
from services.classifier.lexicon.written_dates import FoundDate
from services.classifier.spans import Segment


def is_closing_decided(document: Document, candidate: Candidate) -> bool:
    """Return whether an event is a closing that a story with its own date tells as decided."""
    return (
        candidate.event_type == "shutdown"
        and candidate.stage == "confirmed"
        and candidate.focus == "main"
        and document.published is not None
    )


def end_of_closing(
    document: Document, candidate: Candidate, found: FoundDate | None
) -> FoundDate | None:
    """Return when a closing takes effect: rather a day or month to come than one that it was told on.

    A day of the week that was counts where title or lead tell the closing and nobody announces it.
    """
    published = document.published
    if published is None:
        return found
    today = published.isoformat()
    if found and found.date > today[: len(found.date)]:
        return found
    is_marked = found is not None and found.has_marker
    told = candidate.sentences
    front = [
        index
        for index, span in enumerate(document.sentences[:FURTHER])
        if span.segment <= Segment.LEAD
    ]
    for index in front:
        start, end, *_ = document.sentences[index]
        for later in dates_in(document, start, end):
            is_sure = later.has_marker or (len(later.date) == DAY and not is_marked)
            is_later = later.date > today[: len(later.date)]
            if is_sure and is_later and not is_beside_past(document, index, later):
                return later
    if found and found.has_marker:
        return found
    if found:
        return None if _is_of_telling(document, found) else found
    days = (
        day
        for index in front
        if index in told and not _is_announced(document, index)
        for day in recent_days(document, index, published, may_come=True)
        if not is_beside_past(document, index, day)
    )
    return next(days, None)


def _is_of_telling(document: Document, found: FoundDate) -> bool:
    """Return whether a day of the last week is the one on which a closing was announced, not its own.

    Verbs come last there: "said" ends the sentence that the day opens.
    """
    published = document.published
    if published is None or len(found.date) < DAY or not 0 <= age_of(found, published) <= WEEK:
        return False
    return document.grammar.order == "sov" and _is_announced(
        document, document.sentence_at(found.start)
    )


def _is_announced(document: Document, sentence: int) -> bool:
    """Return whether a sentence says who says it, or that it is planned: its day is that of the telling."""
    return any(
        document.words_in(layer, sentence) for layer in ("announced", "avowed", "hearsay")
    ) or any(hit.meaning.name == "proposed" for hit in document.words_in("stage", sentence))
