"""Dates: the day on which an event took or takes effect, where the story tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from services.classifier.days import DAY, WEEK, age_of, dates_in, is_beside_past, recent_days
from services.classifier.document import Candidate, Document, Segment, Sentence, Trigger
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.spoken_days import spoken_days
from services.classifier.lexicon.written_dates import FoundDate

_YEAR = re.compile(r"\d{4}|\d{2,3}\s?年")
_FAR = 140
"""How many characters from the trigger a date may stand and still be its date."""
_FAR_OF_SPOKEN = 90
_FURTHER = 8
"""Among how many sentences the one date of a story is looked for."""
_FAR_OF_DEAL = 70
"""A deal's date is that of its newest stage only; other dates stand around in plenty."""
_OPENING = 5
_TOLD_AT_ONCE = frozenset({"acquisition", "ban"})
"""Types whose events take effect on the day that they are told of."""


def date_of(document: Document, *, grammar: Grammar) -> Document:
    """Return the document with the date of every candidate whose sentences tell one."""
    return document.but(
        candidates=tuple(_dated(document, found, grammar) for found in document.candidates),
    )


def _dated(document: Document, candidate: Candidate, grammar: Grammar) -> Candidate:
    if candidate.stage == "rumoured" or _is_planned_ban(candidate):
        return candidate
    found = _found(document, candidate, grammar)
    if _is_ending(document, candidate):
        found = _end(document, candidate, found, grammar)
    if found is None:
        return candidate
    return candidate.but(date=found.date, date_place=(found.start, found.end))


def _found(document: Document, candidate: Candidate, grammar: Grammar) -> FoundDate | None:
    in_front = [
        trigger
        for trigger in candidate.triggers
        if document.sentences[trigger.sentence].segment <= Segment.LEAD
    ]
    nearest = _nearest(document, candidate, in_front or candidate.triggers, grammar)
    return (
        _if_new(document, candidate, nearest)
        or _if_new(document, candidate, _in_front(document, candidate, grammar))
        or _spoken(document, candidate, grammar)
        or _of_the_week(document, candidate, grammar)
        or _only(document, candidate, grammar)
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


def _of_the_week(document: Document, candidate: Candidate, grammar: Grammar) -> FoundDate | None:
    """Return the first day of the last week that a story tells, of an event that is news at once.

    Deals, bans and what is undone are: of a story with its own date their day is one of that week.
    """
    published = document.published
    if published is None or candidate.focus != "main":
        return None
    if candidate.event_type == "shutdown" and candidate.stage != "reversed":
        return None
    for index in range(min(len(document.sentences), _FURTHER)):
        days = recent_days(document, index, published, grammar, may_come=_may_come(candidate))
        if days:
            return days[0]
    return None


def _is_ending(document: Document, candidate: Candidate) -> bool:
    """Return whether an event is a closing that a story with its own date tells as decided."""
    return (
        candidate.event_type == "shutdown"
        and candidate.stage == "confirmed"
        and candidate.focus == "main"
        and document.published is not None
    )


def _end(
    document: Document, candidate: Candidate, found: FoundDate | None, grammar: Grammar
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
    told = {trigger.sentence for trigger in candidate.triggers}
    front = [
        index
        for index, span in enumerate(document.sentences[:_FURTHER])
        if span.segment <= Segment.LEAD
    ]
    for index in front:
        start, end, *_ = document.sentences[index]
        for later in dates_in(document, start, end, grammar):
            is_sure = later.has_marker or (len(later.date) == DAY and not is_marked)
            is_later = later.date > today[: len(later.date)]
            if is_sure and is_later and not is_beside_past(document, index, later):
                return later
    if found and found.has_marker:
        return found
    if found:
        return None if _is_of_telling(document, found, grammar) else found
    days = (
        day
        for index in front
        if index in told and not _is_announced(document, index)
        for day in recent_days(document, index, published, grammar, may_come=True)
        if not is_beside_past(document, index, day)
    )
    return next(days, None)


def _is_of_telling(document: Document, found: FoundDate, grammar: Grammar) -> bool:
    """Return whether a day of the last week is the one on which a closing was announced, not its own.

    Verbs come last there: "said" ends the sentence that the day opens.
    """
    published = document.published
    if published is None or len(found.date) < DAY or not 0 <= age_of(found, published) <= WEEK:
        return False
    return grammar.order == "sov" and _is_announced(document, document.sentence_at(found.start))


def _is_announced(document: Document, sentence: int) -> bool:
    """Return whether a sentence says who says it, or that it is planned: its day is that of the telling."""
    return any(
        document.words_in(layer, sentence) for layer in ("announced", "avowed", "hearsay")
    ) or any(hit.meaning.name == "proposed" for hit in document.words_in("stage", sentence))


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
            if len(found.date) < DAY and (
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
            is_day = len(found.date) == DAY
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
    # Takes back what a word like "from" counts for.
    return _gap_to(*place, found) + 80 * found.has_marker


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
    return is_beside_past(document, trigger.sentence, found)


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
    days = (found for found in told if len(found.date) == DAY)
    return next(days, told[0] if told else None)


def _may_be_told(
    document: Document, candidate: Candidate, sentence: int, found: FoundDate, grammar: Grammar
) -> bool:
    """Return whether a date of title or lead may be the event's, whose words stand elsewhere."""
    if len(found.date) < DAY:
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
    return not is_opening and not is_beside_past(document, sentence, found)


def _spoken(document: Document, candidate: Candidate, grammar: Grammar) -> FoundDate | None:
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
        for found in _spoken_in(document, candidate, span, published, grammar):
            if _distance(trigger, found) <= _FAR_OF_SPOKEN and not _is_history(
                document, trigger, found, grammar
            ):
                return found
    return _spoken_of(document, candidate, published, grammar)


def _spoken_in(
    document: Document, candidate: Candidate, span: Sentence, published: date, grammar: Grammar
) -> Iterator[FoundDate]:
    """Yield the weekdays and "today" of a sentence, as they are meant of an event."""
    return spoken_days(
        document.folded.text,
        span.start,
        span.end,
        published=published,
        grammar=grammar,
        may_come=_may_come(candidate),
    )


def _spoken_of(
    document: Document, candidate: Candidate, published: date, grammar: Grammar
) -> FoundDate | None:
    """Return the weekday beside a word for a deal's stage in a sentence of the lead without a trigger.

    "The contract was signed on Tuesday".
    """
    if candidate.event_type != "acquisition" or candidate.stage == "proposed":
        return None
    for index, span in enumerate(document.sentences[:_FURTHER]):
        if span.segment != Segment.LEAD or document.words_in("background", index):
            continue
        stages = [
            hit for hit in document.words_in("stage", index) if hit.meaning.name == candidate.stage
        ]
        for found in _spoken_in(document, candidate, span, published, grammar):
            if any(_gap_to(hit.start, hit.end, found) <= _FAR_OF_SPOKEN for hit in stages):
                return found
    return None


def _gap_to(start: int, end: int, found: FoundDate) -> int:
    """Return how many characters stand between a place and a date."""
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
            if is_beside_past(document, index, found):
                continue
            days.setdefault(found.date, found)
    [only] = days.values() if len(days) == 1 else [None]
    if only is None or len(only.date) < DAY or not _has_year(document, only):
        return None
    return only


def _is_today(document: Document, found: FoundDate, grammar: Grammar) -> bool:
    """Return whether "today" goes before a date: "இன்று (18.04.2024)"."""
    before = document.folded.text[max(found.start - 20, 0) : found.start].rstrip(" (")
    today = tuple(form for form, days in grammar.dates.spoken_days.items() if days == 0)
    return before.endswith(today or ("\0",))


def _has_year(document: Document, found: FoundDate) -> bool:
    return _YEAR.search(document.folded.text, found.start, found.end) is not None


def _distance(trigger: Trigger, found: FoundDate) -> float:
    if found.start >= trigger.end:
        return found.start - trigger.end
    return max(trigger.start - found.end, 0) + 10
