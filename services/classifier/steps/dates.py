"""Dates: the day on which an event took or takes effect, where the story tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from services.classifier.document import Candidate, Document, Segment, Trigger
from services.classifier.lexicon.load import Grammar

_NUMERIC = re.compile(
    r"(?<![\d/.-])(?P<y1>(?:19|20)\d\d)[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?![\d/])"
    r"|(?<![\d/.-])(?P<d2>\d{1,2})[/.-](?P<m2>\d{1,2})[/.-](?P<y2>(?:19|20)\d\d)(?!\d)"
    r"|(?P<y3>(?:19|20|25)\d\d)\s?[年년]\s?(?P<m3>\d{1,2})\s?[月월](?:\s?(?P<d3>\d{1,2})\s?[日일])?"
    r"|(?<!\d)(?P<m4>\d{1,2})\s?[月월]\s?(?P<d4>\d{1,2})\s?[日일]"
    r"|\((?P<d5>\d{1,2})/(?P<m5>\d{1,2})\)"
)
_DIGIT = re.compile(r"\d")
_FAR = 140
"""How many characters from the trigger a date may stand and still be its date."""
_FAR_OF_DEAL = 70
"""A deal's date is that of its newest stage only; other dates stand around in plenty."""


class Found(NamedTuple):
    """A date at a place; `has_marker` says that a word of effect ("from", "mulai") goes before it."""

    start: int
    end: int
    date: str
    has_marker: bool


def date_of(document: Document, *, grammar: Grammar) -> Document:
    """Return the document with the date of every candidate whose sentences tell one."""
    return document.but(
        candidates=tuple(_dated(document, found, grammar) for found in document.candidates),
    )


def _dated(document: Document, candidate: Candidate, grammar: Grammar) -> Candidate:
    if candidate.stage == "rumoured":
        return candidate
    found = _nearest(document, candidate, grammar) or _in_front(document, candidate, grammar)
    if found is None:
        return candidate
    return candidate.but(date=found.date, date_place=(found.start, found.end))


def _nearest(document: Document, candidate: Candidate, grammar: Grammar) -> Found | None:
    """Return the date nearest to a trigger in its sentence, one with a word of effect before others."""
    best: tuple[float, Found] | None = None
    for trigger in candidate.triggers:
        span = document.sentences[trigger.sentence]
        for found in dates_in(document, span.start, span.end, grammar):
            distance = _distance(trigger, found)
            if distance > (_FAR_OF_DEAL if trigger.event_type == "acquisition" else _FAR):
                continue
            rank = distance - 80 * found.has_marker - 40 * (len(found.date) == 10)
            rank += 30 * (span.segment > Segment.LEAD)
            if best is None or rank < best[0]:
                best = (rank, found)
    return best[1] if best else None


def _in_front(document: Document, candidate: Candidate, grammar: Grammar) -> Found | None:
    """Return the first full day of title and lead, for a ban or a closing that is told there."""
    if candidate.event_type == "acquisition" or candidate.focus != "main":
        return None
    for span in document.sentences[:8]:
        if span.segment <= Segment.LEAD:
            for found in dates_in(document, span.start, span.end, grammar):
                if len(found.date) == 10:
                    return found
    return None


def _distance(trigger: Trigger, found: Found) -> float:
    if found.start >= trigger.end:
        return found.start - trigger.end
    return max(trigger.start - found.end, 0) + 10


def dates_in(document: Document, start: int, end: int, grammar: Grammar) -> Iterator[Found]:
    """Yield the dates between two places of the folded text; bare years and deadlines are none."""
    text = document.folded.text
    if _DIGIT.search(text, start, end) is None:
        return
    for found in _NUMERIC.finditer(text, start, end):
        value = _numeric(found, document.published)
        if value:
            yield Found(found.start(), found.end(), value, _is_marked(text, found.start(), grammar))
    if _month_names(grammar).search(text, start, end) is None:
        return
    for found in _named_months(grammar).finditer(text, start, end):
        value = _with_month(found, grammar, document.published)
        if value:
            yield Found(found.start(), found.end(), value, _is_marked(text, found.start(), grammar))


def _numeric(found: re.Match[str], published: date | None) -> str | None:
    parts = found.groupdict()
    for form in "12345":
        month = parts.get(f"m{form}")
        if month is None:
            continue
        year = parts.get(f"y{form}")
        day = parts.get(f"d{form}")
        return _written(
            int(year) if year else None, int(month), int(day) if day else None, published
        )
    return None


def _with_month(found: re.Match[str], grammar: Grammar, published: date | None) -> str | None:
    month = grammar.months[found["month"]]
    day = found["before"] or found["behind"]
    year = found["year"] or found["early"]
    if day is None and year is None:
        return None
    return _written(int(year) if year else None, month, int(day) if day else None, published)


def _written(year: int | None, month: int, day: int | None, published: date | None) -> str | None:
    """Return a date as the contracts write it; without a year it is the one next to publishing."""
    if year is not None and year > 2400:
        year -= 543
    if not 1 <= month <= 12:
        return None
    if day is None:
        return f"{year:04}-{month:02}" if year else None
    if year is None:
        if published is None:
            return None
        year = min(
            (published.year - 1, published.year, published.year + 1),
            key=lambda guess: abs((guess - published.year) * 12 + month - published.month),
        )
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _is_marked(text: str, start: int, grammar: Grammar) -> bool:
    left = text[max(start - 24, 0) : start].rstrip(" (")
    return left.endswith(grammar.effect or ("\0",))


@lru_cache(maxsize=64)
def _month_names(grammar: Grammar) -> re.Pattern[str]:
    """Return the bare names: found, or missed, much sooner than with all that may stand around them."""
    return re.compile("|".join(map(re.escape, grammar.months)) or "(?!)")


@lru_cache(maxsize=64)
def _named_months(grammar: Grammar) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(grammar.months, key=len, reverse=True))) or "(?!)"
    return re.compile(
        rf"(?:(?<!\d)(?P<early>(?:19|20)\d\d)[,\s]+)?"
        rf"(?:(?<![\d.,])(?P<before>\d{{1,2}})(?:st|nd|rd|th|er|º|°|ª)?[.\s]*(?:de\s|of\s|di\s|-)?\s*)?"
        rf"(?<![^\W\d_])(?P<month>{names})(?![^\W\d_])\.?"
        rf"(?:\s+(?P<behind>\d{{1,2}})(?:st|nd|rd|th)?(?![\d%.:]|\s?(?:%|percent|persen)))?"
        rf"(?:,?\s*(?:de\s|del\s|г\.?\s)?(?P<year>(?:19|20|25)\d\d)(?!\d))?"
    )
