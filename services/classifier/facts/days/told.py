"""Told: which days and months a piece of a story tells, and which of them the last week saw."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from services.classifier.document import Document, remembered
from services.classifier.lexicon.spoken_days import days_from_now, spoken_days
from services.classifier.lexicon.written_dates import FoundDate, written_dates

DAY = len("2024-01-31")
WEEK = 7
"""How many days before its story what is new may have happened."""
FURTHER = 8
"""Among how many sentences the one date of a story is looked for."""
_WIRE = re.compile(r"\s?[讯电电訊]")
"""Behind a day at a story's beginning: the agency sent it then."""
_STALE_DAYS = 5
"""How old what a story tells as said may be."""
_PLACE_WORDS = 4
_WORD = re.compile(r"[^\W\d_]{2}")
_HOUR = re.compile(r"\b(?:gmt|utc|ist|[ap]\.?m|পিএম|এএম)\b")
_CALLED = frozenset(":,،")
_DATELINE = 45
"""How far from its beginning a text may name its own day, in brackets."""


def age_of(found: FoundDate, published: date) -> int:
    """Return how many days before its story a day is, below 0 for one that comes."""
    return (published - date.fromisoformat(found.date)).days


def recent_days(
    document: Document, sentence: int, published: date, *, may_come: bool
) -> Sequence[FoundDate]:
    """Return the days of the last week that a sentence tells, in figures or spoken, in their order."""
    start, end, *_ = document.sentences[sentence]
    text = document.folded.text
    told = (
        *dates_in(document, start, end),
        *spoken_days(
            text, start, end, published=published, grammar=document.grammar, may_come=may_come
        ),
    )
    recent = (
        found for found in told if len(found.date) == DAY and 0 <= age_of(found, published) <= WEEK
    )
    return sorted(recent)


def is_beside_past(document: Document, sentence: int, found: FoundDate) -> bool:
    """Return whether a word for what was before ("earlier", "in 2019") stands in a date's clause."""
    start, end = document.clause_of(sentence, found.start)
    past = document.words_in("background", sentence)
    return any(start <= hit.start < end for hit in past)


@remembered
def dates_in(document: Document, start: int, end: int) -> Sequence[FoundDate]:
    """Return the dates between two places of the folded text; bare years and deadlines are none."""
    return tuple(_dates_in(document, start, end))


def _dates_in(document: Document, start: int, end: int) -> Iterator[FoundDate]:
    text, published = document.folded.text, document.published
    told = [
        found
        for found in written_dates(text, start, end, published=published, grammar=document.grammar)
        if not _is_dateline(document, found.start, found.end)
        and not (_may_be_the_pages(found, published) and _is_alone(text, found.start, found.end))
    ]
    if published is not None:
        for found in days_from_now(text, start, end, published=published, grammar=document.grammar):
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
        and len(day.date) == DAY
        and 0 <= age_of(day, published) <= _STALE_DAYS
    ]
    return found._replace(date=said[-1]) if said else found


def _is_dateline(document: Document, start: int, end: int) -> bool:
    """Return whether a date is the story's own, at the beginning of its text."""
    text = document.folded.text
    first = text.find("\n") + 1
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


def _may_be_the_pages(found: FoundDate, published: date | None) -> bool:
    """Return whether a page can have that date: none is put online after its story ("Closing date: …")."""
    return published is None or found.date <= published.isoformat()


def _is_alone(text: str, start: int, end: int) -> bool:
    """Return whether a line holds a date and nothing but its hour and what it is called: "Updated: …"."""
    begun = text.rfind("\n", 0, start) + 1
    if not begun:
        return False  # in the title
    stop = text.find("\n", end)
    left, right = text[begun:start], text[end : len(text) if stop < 0 else stop]
    if len(left) + len(right) > _DATELINE or _WORD.search(_HOUR.sub("", right)):
        return False
    called = _HOUR.sub("", left).rstrip()
    return not _WORD.search(called) or (
        called[-1:] in _CALLED and len(called.split()) <= _PLACE_WORDS
    )


def _is_only_place(text: str, first: int, start: int) -> bool:
    """Return whether no more than "NEW YORK, " stands before a date at the beginning of a text."""
    return len(text[first:start].split()) <= _PLACE_WORDS
