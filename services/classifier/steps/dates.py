"""Dates: the day on which an event took or takes effect, where the story tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from services.classifier.document import Candidate, Document, Segment, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.spoken_days import days_from_now, spoken_days
from services.classifier.lexicon.written_dates import FoundDate, written_dates

_YEAR = re.compile(r"\d{4}|\d{2,3}\s?年")
_WIRE = re.compile(r"\s?[讯電电訊]")
"""Behind a day at a story's beginning: the agency sent it then."""
_FAR = 140
"""How many characters from the trigger a date may stand and still be its date."""
_FAR_OF_SPOKEN = 90
_FURTHER = 8
"""Among how many sentences the one date of a story is looked for."""
_FAR_OF_DEAL = 70
"""A deal's date is that of its newest stage only; other dates stand around in plenty."""
_DAY = len("2024-01-31")
_STALE_DAYS = 5
"""How old what a story tells as said may be."""
_OPENING = 5
_PLACE_WORDS = 4
_DATELINE = 45
"""How far from its beginning a text may name its own day, in brackets."""


def date_of(document: Document, *, grammar: Grammar) -> Document:
    """Return the document with the date of every candidate whose sentences tell one."""
    return document.but(
        candidates=tuple(_dated(document, found, grammar) for found in document.candidates),
    )


def _dated(document: Document, candidate: Candidate, grammar: Grammar) -> Candidate:
    if candidate.stage == "rumoured":
        return candidate
    in_front = [
        trigger
        for trigger in candidate.triggers
        if document.sentences[trigger.sentence].segment <= Segment.LEAD
    ]
    found = (
        _nearest(document, candidate, in_front or candidate.triggers, grammar)
        or _in_front(document, candidate, grammar)
        or _spoken(document, candidate, grammar)
        or _only(document, candidate, grammar)
    )
    if found is None:
        return candidate
    return candidate.but(date=found.date, date_place=(found.start, found.end))


def _nearest(
    document: Document, candidate: Candidate, triggers: Sequence[Trigger], grammar: Grammar
) -> FoundDate | None:
    """Return the date nearest to a trigger in its sentence, one with a word of effect before others.

    Of what is undone it is the one nearest to the word that says so: the other is when it began.
    """
    best: tuple[float, FoundDate] | None = None
    for trigger in triggers:
        span = document.sentences[trigger.sentence]
        undone = _undone(document, candidate, trigger.sentence)
        if candidate.stage == "reversed" and undone is None:
            continue
        for found in dates_in(document, span.start, span.end, grammar):
            if len(found.date) < _DAY and (
                _is_since(document.folded.text, found, grammar)
                or (trigger.event_type == "acquisition" and not _has_year(document, found))
            ):
                continue
            distance = _distance(trigger, found)
            if undone is not None:
                distance = _gap(undone, found)
            if distance > (_FAR_OF_DEAL if trigger.event_type == "acquisition" else _FAR):
                continue
            if _is_history(document, trigger, found, grammar):
                continue
            is_day = len(found.date) == _DAY
            rank = distance - (80 if is_day else 60) * found.has_marker - 40 * is_day
            rank += 30 * (span.segment > Segment.LEAD)
            if best is None or rank < best[0]:
                best = (rank, found)
    return best[1] if best else None


def _undone(document: Document, candidate: Candidate, sentence: int) -> tuple[int, int] | None:
    """Return the place of a word that says, in a sentence, that something is undone."""
    if candidate.stage != "reversed":
        return None
    if candidate.stage_place and document.sentence_at(candidate.stage_place[0]) == sentence:
        return candidate.stage_place
    hits = (
        *(hit for hit in document.words_in("stage", sentence) if hit.meaning.name == "reversed"),
        *(hit for hit in document.words_in("cue", sentence) if hit.meaning.stage == "reversed"),
    )
    return (hits[0].start, hits[0].end) if hits else None


def _gap(place: tuple[int, int], found: FoundDate) -> float:
    start, end = place
    gap = found.start - end if found.start >= end else max(start - found.end, 0)
    return gap + 80 * found.has_marker  # Takes back what a word like "from" counts for.


def _is_since(text: str, found: FoundDate, grammar: Grammar) -> bool:
    """Return whether a month is when something began: "in force since April 2016"."""
    return (
        text[max(found.start - 12, 0) : found.start]
        .rstrip()
        .endswith(grammar.dates.since or ("\0",))
    )


def _is_history(document: Document, trigger: Trigger, found: FoundDate, grammar: Grammar) -> bool:
    """Return whether a date stands in a clause beside the trigger's that tells what was before.

    "Defied the ban that has been in force since April 2016".
    """
    start, end = document.clause_of(trigger.sentence, found.start)
    if start <= trigger.start < end:
        return False
    text = document.folded.text
    if text.startswith(tuple(f"{word} " for word in grammar.relative), start):
        return True
    return _is_beside_past(document, trigger.sentence, found)


def _in_front(document: Document, candidate: Candidate, grammar: Grammar) -> FoundDate | None:
    """Return the first day of title and lead that may be the event's, for one that is told there.

    A deal's has its year, for other dates stand around in plenty; a month alone needs a word of
    effect. A denial is told on some day, but what it denies has none.
    """
    is_deal = candidate.event_type == "acquisition"
    if candidate.focus != "main" or (candidate.stage == "rejected" and not is_deal):
        return None
    told = [
        found
        for index, span in enumerate(document.sentences[:_FURTHER])
        if span.segment <= Segment.LEAD
        for found in dates_in(document, span.start, span.end, grammar)
        if _may_be_told(document, candidate, index, found, grammar)
    ]
    days = (found for found in told if len(found.date) == _DAY)
    return next(days, told[0] if told else None)


def _may_be_told(
    document: Document, candidate: Candidate, sentence: int, found: FoundDate, grammar: Grammar
) -> bool:
    """Return whether a date of title or lead may be the event's, whose words stand elsewhere."""
    if len(found.date) < _DAY:
        if candidate.event_type == "acquisition" or not found.has_marker:
            return False
        if candidate.stage == "reversed" and _undone(document, candidate, sentence) is None:
            return False
        return not _is_since(document.folded.text, found, grammar)
    if candidate.event_type == "acquisition" and not _has_year(document, found):
        return False
    if found.has_marker:
        return True
    is_first = document.sentences[max(sentence - 1, 0)].segment < Segment.LEAD
    is_opening = is_first and found.start - document.sentences[sentence].start <= _OPENING
    return not is_opening and not _is_beside_past(document, sentence, found)


def _spoken(document: Document, candidate: Candidate, grammar: Grammar) -> FoundDate | None:
    """Return the weekday or "today" beside a trigger in title or lead, where the story has its date.

    A closing takes effect on another day than it is told on, and so does what is only proposed.
    """
    published = document.published
    is_told = candidate.event_type == "acquisition" or (
        candidate.event_type == "ban" and candidate.stage != "proposed"
    )
    if published is None or candidate.focus != "main" or not is_told:
        return None
    text = document.folded.text
    for trigger in candidate.triggers:
        span = document.sentences[trigger.sentence]
        if span.segment > Segment.LEAD:
            continue
        for found in spoken_days(text, span.start, span.end, published=published, grammar=grammar):
            if _distance(trigger, found) <= _FAR_OF_SPOKEN and not _is_history(
                document, trigger, found, grammar
            ):
                return found
    return _spoken_of(document, candidate, published, grammar)


def _spoken_of(
    document: Document, candidate: Candidate, published: date, grammar: Grammar
) -> FoundDate | None:
    """Return the weekday beside a word for a deal's stage in a sentence of the lead without a trigger.

    "The contract was signed on Tuesday".
    """
    if candidate.event_type != "acquisition" or candidate.stage == "proposed":
        return None
    text = document.folded.text
    for index, span in enumerate(document.sentences[:_FURTHER]):
        if span.segment != Segment.LEAD or document.words_in("background", index):
            continue
        stages = [
            hit for hit in document.words_in("stage", index) if hit.meaning.name == candidate.stage
        ]
        for found in spoken_days(text, span.start, span.end, published=published, grammar=grammar):
            if any(_gap_to(hit.start, hit.end, found) <= _FAR_OF_SPOKEN for hit in stages):
                return found
    return None


def _gap_to(start: int, end: int, found: FoundDate) -> int:
    return max(found.start - end, start - found.end, 0)


def _only(document: Document, candidate: Candidate, grammar: Grammar) -> FoundDate | None:
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
    for index, span in enumerate(document.sentences[:_FURTHER]):
        for found in dates_in(document, span.start, span.end, grammar):
            is_own = document.published is not None and found.date == document.published.isoformat()
            if is_own and not (found.has_marker or _is_today(document, found, grammar)):
                continue
            if _is_beside_past(document, index, found):
                continue
            days.setdefault(found.date, found)
    [only] = days.values() if len(days) == 1 else [None]
    if only is None or len(only.date) < _DAY or not _has_year(document, only):
        return None
    return only


def _is_today(document: Document, found: FoundDate, grammar: Grammar) -> bool:
    """Return whether "today" goes before a date: "இன்று (18.04.2024)"."""
    before = document.folded.text[max(found.start - 20, 0) : found.start].rstrip(" (")
    today = tuple(form for form, days in grammar.dates.spoken_days.items() if days == 0)
    return before.endswith(today or ("\0",))


def _has_year(document: Document, found: FoundDate) -> bool:
    return _YEAR.search(document.folded.text, found.start, found.end) is not None


def _is_beside_past(document: Document, sentence: int, found: FoundDate) -> bool:
    """Return whether a word for what was before ("earlier", "in 2019") stands in a date's clause."""
    start, end = document.clause_of(sentence, found.start)
    past = document.words_in("background", sentence)
    return any(start <= hit.start < end for hit in past)


def _distance(trigger: Trigger, found: FoundDate) -> float:
    if found.start >= trigger.end:
        return found.start - trigger.end
    return max(trigger.start - found.end, 0) + 10


def dates_in(document: Document, start: int, end: int, grammar: Grammar) -> Sequence[FoundDate]:
    """Return the dates between two places of the folded text; bare years and deadlines are none."""
    place = ("dates", start, end)
    if place not in document.seen:
        document.seen[place] = tuple(_dates_in(document, start, end, grammar))
    return document.seen[place]  # type: ignore[return-value]  # as put there above


def _dates_in(document: Document, start: int, end: int, grammar: Grammar) -> Iterator[FoundDate]:
    text, published = document.folded.text, document.published
    told = [
        found
        for found in written_dates(text, start, end, published=published, grammar=grammar)
        if not _is_dateline(document, found.start, found.end)
    ]
    if published is not None:
        for found in days_from_now(text, start, end, published=published, grammar=grammar):
            yield _counted_from(told, found, published)
    yield from told


def _counted_from(told: Sequence[FoundDate], found: FoundDate, published: date) -> FoundDate:
    """Return "from today" as the day just before it that somebody says it on, if one is told.

    "The firm said on the 16th that it reopens from today": not on the day of the story.
    """
    if found.date != published.isoformat():
        return found
    said = [
        day.date
        for day in told
        if day.end <= found.start
        and len(day.date) == _DAY
        and 0 <= (published - date.fromisoformat(day.date)).days <= _STALE_DAYS
    ]
    return found._replace(date=said[-1]) if said else found


def _is_dateline(document: Document, start: int, end: int) -> bool:
    """Return whether a date is the story's own, at the beginning of its text."""
    text = document.folded.text
    first = document.folded.text.find("\n") + 1
    if not first <= start < first + _DATELINE:
        return False
    if _WIRE.match(text, end):
        return True
    if text[end : end + 3].lstrip()[:1] in {"-", "/", "|", ":"} and _is_only_place(
        text, first, start
    ):
        return True
    if "\n" in text[end : end + 2]:  # A line of its own: "By N. N., 12/01/2024".
        return True
    opens = text.rfind("(", first, start)
    closes = text.find(")", end, end + 12)
    if text[start] == "(" and text[end - 1] == ")":
        opens, closes = start, end - 1
    if opens < 0 or closes < 0 or ")" in text[opens:start]:
        return False
    return start - first < 3 or text[closes + 1 : closes + 3].strip()[:1] in {":", "-", "="}


def _is_only_place(text: str, first: int, start: int) -> bool:
    """Return whether no more than "NEW YORK, " stands before a date at the beginning of a text."""
    return len(text[first:start].split()) <= _PLACE_WORDS
