"""Spoken days: "today", "on Wednesday", "from tomorrow", told from the day of the story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from services.classifier.lexicon import date_patterns
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.scripts import UNSPACED, is_word_end, script_of
from services.classifier.lexicon.written_dates import FoundDate, nearest_day

_WEEK = 7
_REACH = 30
"""So many characters beside a weekday stands the word that says it is still to come."""
_THE_SAME = (" نفس", " same")
"""Behind "from the day", it is the day that was just told of: "من اليوم نفسه"."""


def spoken_days(
    text: str,
    start: int,
    end: int,
    *,
    published: date,
    grammar: Grammar,
    may_come: bool,
) -> Iterator[FoundDate]:
    """Yield the weekdays and "today" between two places of a folded text.

    A weekday is the last one up to publishing, behind "from" or "takes effect" the next one, if
    that `may_come`: what is bought was announced in a statement from Monday.
    """
    for found in date_patterns.spoken_days(grammar).finditer(text, start, end):
        day = _day_of(found, published, grammar, may_come=may_come)
        if day is not None:
            yield FoundDate(found.start(), found.end(), day.isoformat(), has_marker=False)


def days_from_now(
    text: str, start: int, end: int, *, published: date, grammar: Grammar
) -> Iterator[FoundDate]:
    """Yield "from today", "ab morgen", each form once."""
    for form, days in grammar.dates.relative_days.items():
        at = text.find(form, start, end)
        if at >= 0 and not text.startswith(_THE_SAME, at + len(form)):
            day = _days_after(published, days)
            if day is not None:
                yield FoundDate(at, at + len(form), day.isoformat(), has_marker=True)


def _day_of(
    found: re.Match[str], published: date, grammar: Grammar, *, may_come: bool
) -> date | None:
    """Return the day that a word means; "sexta-feira (31)" is told by its number."""
    word = found["day"]
    if word in grammar.dates.spoken_days:
        return _days_after(published, grammar.dates.spoken_days[word])
    numbered = nearest_day(int(found["number"]), published) if found["number"] else None
    if numbered:
        return date.fromisoformat(numbered)
    since = (published.weekday() - grammar.dates.weekdays[word]) % _WEEK
    is_ahead = may_come and since and _is_ahead(found, grammar)
    return _days_after(published, _WEEK - since if is_ahead else -since)


def _is_ahead(found: re.Match[str], grammar: Grammar) -> bool:
    """Return whether a word right beside a weekday says that it is still to come."""
    text, dates = found.string, grammar.dates
    left = text[max(found.start() - _REACH, 0) : found.start()].rstrip(" '\"")
    right = text[found.end() : found.end() + _REACH].lstrip()
    return any(_ends_with(left, word) for word in dates.ahead) or any(
        right.startswith(word) and is_word_end(right, len(word)) for word in dates.ahead_behind
    )


def _ends_with(left: str, word: str) -> bool:
    before = left[: -len(word)][-1:]
    return left.endswith(word) and (not before.isalpha() or script_of(word[0]) in UNSPACED)


def _days_after(published: date, days: int) -> date | None:
    """Return the day so many days after; None outside the years 1 to 9999, which a story may claim."""
    try:
        return published + timedelta(days=days)
    except OverflowError:
        return None
