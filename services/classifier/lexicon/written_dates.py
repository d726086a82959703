"""Written dates: a day or a month in figures and words, as newspapers of 24 languages write it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from services.classifier.lexicon.calendars import BUDDHIST, JAPANESE, REPUBLIC, day_of
from services.classifier.lexicon.date_patterns import (
    NUMERIC,
    day_and_month,
    deadlines,
    lone_day,
    month_names,
    named_months,
    parts_of_month,
)
from services.classifier.lexicon.grammar import Grammar

_DIGIT = re.compile(r"\d")
_MONTH = len("2024-01")
_OTHER_MONTH = 20
"""So many days from the story's own a day without a month is one of the next or the last."""
_AHEAD = 2
"""So many months from the story's own a day without a year is as likely to come as to be over."""
_OTHER_MONTHS = {
    -1: ("지난달", "先月", "上月", "上个月", "上個月"),
    1: ("다음달", "다음 달", "내달", "来月", "來月", "下月", "下个月", "下個月"),
}
"""Words for the last and the next month, which stand before a bare day in three languages."""


class FoundDate(NamedTuple):
    """A date at a place of a folded text, "2024-05-14" or "2024-05".

    `has_marker` says that a word of effect ("from", "mulai") goes beside it.
    """

    start: int
    end: int
    date: str
    has_marker: bool


def written_dates(
    text: str, start: int, end: int, *, published: date | None, grammar: Grammar
) -> Iterator[FoundDate]:
    """Yield the dates between two places of a folded text; bare years and deadlines are none.

    Without a year it is the one next to `published`, the day of the story; without that, no date.
    """
    has_digits = _DIGIT.search(text, start, end) is not None
    if published is None and not has_digits:
        return
    for found, value in _read(text, start, end, published, grammar):
        if value and not has_digits and len(value) > _MONTH:
            continue
        if value and not _is_beside(deadlines(grammar), text, found.start(), found.end()):
            has_marker = _is_marked(text, found.start(), found.end(), grammar)
            yield FoundDate(found.start(), found.end(), value, has_marker)


def nearest_day(number: int, published: date | None, months: int = 0) -> str | None:
    """Return the day that "on the 13th" is for a story of that month, or of the next to it.

    With "last month" before it (-1) or "next month" (1) it is one of that month.
    """
    if published is None:
        return None
    if not months and abs(number - published.day) > _OTHER_MONTH:
        months = -1 if number > published.day else 1
    years, month = divmod(published.month - 1 + months, 12)
    return _written(published.year + years, month + 1, number, published)


def _read(
    text: str, start: int, end: int, published: date | None, grammar: Grammar
) -> Iterator[tuple[re.Match[str], str | None]]:
    """Yield what looks like a date, with the date that it is, None where it is none.

    A day without a month is one where it is no part of another.
    """
    taken: list[tuple[int, int]] = []
    for found, value in _with_months(text, start, end, published, grammar):
        taken.append(found.span())
        yield found, value
    has_words = grammar.dates.lone or grammar.dates.lone_behind
    for found in lone_day(grammar).finditer(text, start, end) if has_words and published else ():
        if not any(first < found.end() and found.start() < last for first, last in taken):
            yield found, nearest_day(int(found["behind"] or found["before"]), published)


def _with_months(
    text: str, start: int, end: int, published: date | None, grammar: Grammar
) -> Iterator[tuple[re.Match[str], str | None]]:
    """Yield the same for days with their months, and for what three languages write with a sign for day."""
    has_digits = _DIGIT.search(text, start, end) is not None
    for found in NUMERIC.finditer(text, start, end) if has_digits else ():
        yield found, _numeric(found, published, grammar)
    if has_digits and grammar.dates.day_words:
        for found in day_and_month(grammar).finditer(text, start, end):
            yield found, _written(None, int(found["month"]), int(found["day"]), published)
    if not month_names(grammar).find_matches_as_indexes(text[start:end]):
        return
    for name, pattern in named_months(grammar).items():
        for found in pattern.finditer(text, start, end):
            yield found, _with_month(found, name, grammar, published)


def _numeric(found: re.Match[str], published: date | None, grammar: Grammar) -> str | None:
    parts = found.groupdict()
    form = next(form for form in "123456" if parts.get(f"d{form}") or parts.get(f"m{form}"))
    day, month = parts.get(f"d{form}"), parts.get(f"m{form}")
    if month is None:
        return nearest_day(int(day or 0), published, _months_away(found))
    written = parts.get(f"y{form}")
    year = None if written is None else _year(written, parts["era"])
    if written is not None and year is None:
        return None
    if year is not None and year < 1500:
        return _of_calendar("solar", year, int(month), int(day or 1), published, grammar)
    if parts["end"] and day is None and year is not None and 1 <= int(month) <= 12:
        day = str(calendar.monthrange(year, int(month))[1])
    if day is not None and int(month) > 12 >= int(day):
        day, month = month, day
    return _written(year, int(month), int(day) if day else None, published)


def _months_away(found: re.Match[str]) -> int:
    """Return how far a word right before "the 27th" moves it: "지난달 27일", "来月5日"."""
    before = found.string[: found.start()].rstrip()
    return next((by for by, words in _OTHER_MONTHS.items() if before.endswith(words)), 0)


def _year(written: str, era: str | None) -> int | None:
    """Return a year of our era; one of two digits or three needs its era, or is the Republic's."""
    year = 1 if written == "元" else int(written)
    if era in JAPANESE:
        return year - JAPANESE[era]
    if era is not None or 100 <= year < 200:
        return year - REPUBLIC
    return year if year > 1000 else None


def _with_month(
    found: re.Match[str], name: str, grammar: Grammar, published: date | None
) -> str | None:
    day = found["before"] or found["behind"]
    if day is None and found["word"]:
        day = str(grammar.dates.day_numbers[found["word"]])
    year = found["year"] or found["early"]
    if day is None and year is None:
        # "At the end of March" told in April is when something was; only what comes is an event's.
        beside = _is_beside(parts_of_month(grammar), found.string, found.start(), found.end())
        if name or published is None or not beside:
            return None
        coming = _written(None, grammar.dates.months[found["month"]], None, published)
        return coming if coming and coming >= f"{published:%Y-%m}" else None
    month = (
        grammar.dates.calendars[name][found["month"]]
        if name
        else grammar.dates.months[found["month"]]
    )
    if name:
        if day is None:
            return None
        return _of_calendar(name, int(year) if year else None, month, int(day), published, grammar)
    if year is not None and len(year) == 2:
        year = f"25{year}"
    return _written(int(year) if year else None, month, int(day) if day else None, published)


def _of_calendar(
    name: str, year: int | None, month: int, day: int, published: date | None, grammar: Grammar
) -> str | None:
    if name not in grammar.dates.calendars:
        return None
    found = day_of(name, year, month, day, near=published)
    return found.isoformat() if found else None


def _written(year: int | None, month: int, day: int | None, published: date | None) -> str | None:
    """Return a date as the contracts write it; without a year it is the one next to publishing."""
    if year is not None and year > 2400:
        year -= BUDDHIST
    if not 1 <= month <= 12:
        return None
    if year is None:
        if published is None:
            return None
        # What comes is told further ahead than what was is told back: a plant closes "on 1 October" in March.
        year = min(
            (published.year - 1, published.year, published.year + 1),
            key=lambda guess: abs((guess - published.year) * 12 + month - published.month - _AHEAD),
        )
    if day is None:
        return f"{year:04}-{month:02}"
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _is_beside(
    words: tuple[re.Pattern[str], re.Pattern[str]], text: str, start: int, end: int
) -> bool:
    """Return whether one of the words that go before a date, or behind it, does."""
    before, behind = words
    return bool(before.search(text, max(start - 24, 0), start) or behind.match(text, end, end + 24))


def _is_marked(text: str, start: int, end: int, grammar: Grammar) -> bool:
    left = text[max(start - 24, 0) : start].rstrip(" (")
    for word in grammar.dates.effect:
        if left.endswith(word):
            before = left[-len(word) - 1 : -len(word)]
            if not before.isalpha() or ord(before) >= 0x0E00:
                return True
    if grammar.order != "sov" and grammar.has_spaces:
        return False
    return text[end : end + 24].lstrip(" )-").startswith(grammar.dates.effect or ("\0",))
