"""Dates: the day on which an event took or takes effect, where the story tells it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.facts.days.closings import end_of_closing, is_closing_decided
from services.classifier.facts.days.nearest import (
    distance,
    gap_to,
    has_year,
    is_history,
    is_since,
    nearest_date,
    place_of_undoing,
)
from services.classifier.facts.days.told import (
    DAY,
    FURTHER,
    WEEK,
    age_of,
    dates_in,
    is_beside_past,
    recent_days,
)
from services.classifier.lexicon.spoken_days import spoken_days
from services.classifier.lexicon.written_dates import FoundDate
from services.classifier.spans import Segment, Sentence

_FAR_OF_SPOKEN = 90
_OPENING = 5
_TOLD_AT_ONCE = frozenset({"acquisition", "ban"})
"""Types whose events take effect on the day that they are told of."""


def date_of(document: Document) -> Document:
    """Return the document with the date of every candidate whose sentences tell one."""
    return document.but(
        candidates=tuple(_dated(document, found) for found in document.candidates),
    )


def _dated(document: Document, candidate: Candidate) -> Candidate:
    if candidate.stage == "rumoured" or _is_planned_ban(candidate):
        return candidate
    found = _found(document, candidate)
    if is_closing_decided(document, candidate):
        found = end_of_closing(document, candidate, found)
    if found is None:
        return candidate
    return candidate.but(date=found.date, date_place=(found.start, found.end))


def _found(document: Document, candidate: Candidate) -> FoundDate | None:
    in_front = [trigger for trigger in candidate.triggers if document.in_front(trigger.sentence)]
    nearest = nearest_date(document, candidate, in_front or candidate.triggers)
    return (
        _if_new(document, candidate, nearest)
        or _if_new(document, candidate, _in_front(document, candidate))
        or _spoken(document, candidate)
        or _of_the_week(document, candidate)
        or _only(document, candidate)
    )


def _is_planned_ban(candidate: Candidate) -> bool:
    """Return whether a ban is only put forward: the day that goes with that is none of its own."""
    return candidate.event_type == "ban" and candidate.stage == "proposed"


def _if_new(document: Document, candidate: Candidate, found: FoundDate | None) -> FoundDate | None:
    """Return a date but one that is too long ago for the news of its story: that is history.

    A closing may be told months after its day.
    """
    published = document.published
    is_old_news = candidate.event_type == "shutdown" or candidate.focus != "main"
    if found is None or published is None:
        return found
    if not _may_come(candidate) and found.date > published.isoformat()[: len(found.date)]:
        return None
    if is_old_news:
        return found
    if len(found.date) < DAY:
        return found if found.date >= f"{published - timedelta(days=WEEK):%Y-%m}" else None
    return found if age_of(found, published) <= WEEK else None


def _may_come(candidate: Candidate) -> bool:
    """Return whether what is told may hold from a day that is still to come; a deal is made when it is told."""
    return candidate.event_type != "acquisition"


def _of_the_week(document: Document, candidate: Candidate) -> FoundDate | None:
    """Return the first day of the last week that a story tells, of an event that is news at once.

    Deals, bans and what is undone are: of a story with its own date their day is one of that week.
    """
    published = document.published
    if published is None or candidate.focus != "main":
        return None
    if candidate.event_type == "shutdown" and candidate.stage != "reversed":
        return None
    for index in range(min(len(document.sentences), FURTHER)):
        days = recent_days(document, index, published, may_come=_may_come(candidate))
        if days:
            return days[0]
    return None


def _in_front(document: Document, candidate: Candidate) -> FoundDate | None:
    """Return the first day of title and lead that may be the event's, for one that is told there.

    A deal's has its year, for other dates stand around in plenty; a month alone needs a word of
    effect. A denial is told on some day, but what it denies has none.
    """
    is_deal = candidate.event_type == "acquisition"
    if candidate.focus != "main" or (candidate.stage == "rejected" and not is_deal):
        return None
    told = [
        found
        for index, span in enumerate(document.sentences[:FURTHER])
        if span.segment <= Segment.LEAD
        for found in dates_in(document, span.start, span.end)
        if _may_be_told(document, candidate, index, found)
    ]
    days = (found for found in told if len(found.date) == DAY)
    return next(days, told[0] if told else None)


def _may_be_told(document: Document, candidate: Candidate, sentence: int, found: FoundDate) -> bool:
    """Return whether a date of title or lead may be the event's, whose words stand elsewhere."""
    if len(found.date) < DAY:
        if candidate.event_type == "acquisition" or not found.has_marker:
            return False
        if (
            candidate.stage == "reversed"
            and place_of_undoing(document, candidate, sentence) is None
        ):
            return False
        return not is_since(document.folded.text, found, document.grammar)
    if candidate.event_type == "acquisition" and not has_year(document, found):
        return False
    if found.has_marker:
        return True
    is_first = document.segment_of(max(sentence - 1, 0)) < Segment.LEAD
    is_opening = is_first and found.start - document.sentences[sentence].start <= _OPENING
    return not is_opening and not is_beside_past(document, sentence, found)


def _spoken(document: Document, candidate: Candidate) -> FoundDate | None:
    """Return the weekday or "today" beside a trigger in title or lead, where the story has its date.

    A closing takes effect on another day than it is told on.
    """
    published = document.published
    is_told = candidate.event_type in _TOLD_AT_ONCE
    if published is None or candidate.focus != "main" or not is_told:
        return None
    for trigger in candidate.triggers:
        span = document.sentences[trigger.sentence]
        if span.segment > Segment.LEAD:
            continue
        for found in _spoken_in(document, candidate, span, published):
            if distance(trigger, found) <= _FAR_OF_SPOKEN and not is_history(
                document, trigger, found
            ):
                return found
    return _spoken_of(document, candidate, published)


def _spoken_in(
    document: Document, candidate: Candidate, span: Sentence, published: date
) -> Iterator[FoundDate]:
    """Yield the weekdays and "today" of a sentence, as they are meant of an event."""
    return spoken_days(
        document.folded.text,
        span.start,
        span.end,
        published=published,
        grammar=document.grammar,
        may_come=_may_come(candidate),
    )


def _spoken_of(document: Document, candidate: Candidate, published: date) -> FoundDate | None:
    """Return the weekday beside a word for a deal's stage in a sentence of the lead without a trigger.

    "The contract was signed on Tuesday".
    """
    if candidate.event_type != "acquisition" or candidate.stage == "proposed":
        return None
    for index, span in enumerate(document.sentences[:FURTHER]):
        if span.segment != Segment.LEAD or document.words_in("background", index):
            continue
        stages = [
            hit for hit in document.words_in("stage", index) if hit.meaning.name == candidate.stage
        ]
        for found in _spoken_in(document, candidate, span, published):
            if any(gap_to(hit.start, hit.end, found) <= _FAR_OF_SPOKEN for hit in stages):
                return found
    return None


def _only(document: Document, candidate: Candidate) -> FoundDate | None:
    """Return the one day with its year that the story of one event tells behind its lead."""
    others = [other for other in document.candidates if other is not candidate]
    is_deal = candidate.event_type == "acquisition"
    if any(other.event_type == candidate.event_type or not is_deal for other in others):
        return None
    if candidate.focus != "main":
        return None
    if candidate.stage == "rejected" and candidate.event_type != "acquisition":
        return None
    days: dict[str, FoundDate] = {}
    for index, span in enumerate(document.sentences[:FURTHER]):
        for found in dates_in(document, span.start, span.end):
            is_own = document.published is not None and found.date == document.published.isoformat()
            if is_own and not (found.has_marker or _is_today(document, found)):
                continue
            if is_beside_past(document, index, found):
                continue
            days.setdefault(found.date, found)
    [only] = days.values() if len(days) == 1 else [None]
    if only is None or len(only.date) < DAY or not has_year(document, only):
        return None
    return only


def _is_today(document: Document, found: FoundDate) -> bool:
    """Return whether "today" goes before a date: "இன்று (18.04.2024)"."""
    before = document.folded.text[max(found.start - 20, 0) : found.start].rstrip(" (")
    today = tuple(form for form, days in document.grammar.dates.spoken_days.items() if days == 0)
    return before.endswith(today or ("\0",))
