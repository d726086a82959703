"""Dates: the day on which an event took or takes effect, where the story tells it."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs

from services.classifier.document import Candidate, Document, Segment, Trigger
from services.classifier.lexicon.calendars import (
    BUDDHIST,
    JAPANESE,
    REPUBLIC,
    bengali,
    islamic,
    solar_hijri,
)
from services.classifier.lexicon.load import Grammar

# What it may begin with goes first: one look at each character instead of one for each form.
_NUMERIC = re.compile(
    r"(?=[\d(元令平昭民])(?:"
    r"(?<![\d/.-])(?P<y1>(?:13|14|19|20|25)\d\d)[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?![\d/])"
    r"|(?<![\d/.-])(?P<d2>\d{1,2})[/.-](?P<m2>\d{1,2})[/.-](?P<y2>(?:13|14|19|20|25)\d\d)(?!\d)"
    r"|(?:(?P<era>令和|平成|昭和|民國|民国)\s?)?(?<!\d)(?P<y3>(?:19|20|25)\d\d|1[01]\d|\d{1,2}|元)"
    r"\s?[年년]\s?(?P<m3>\d{1,2})\s?[月월](?:\s?(?P<d3>\d{1,2})\s?[日일号號])?(?P<end>末)?"
    r"|(?<!\d)(?P<m4>\d{1,2})\s?[月월]\s?(?P<d4>\d{1,2})\s?[日일号號]"
    r"|\((?P<d5>\d{1,2})/(?P<m5>\d{1,2})\)"
    r"|(?<![\d月월.,第])(?<![月월]\s)(?P<d6>\d{1,2})\s?[日일](?=[、,はにもよか(（起宣发發晚付に在就对對向与與公表]|から|부터|자로|까지|\s|午)"
    r")"
)
_DIGIT = re.compile(r"\d")
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
_OPENING = 5
_PLACE_WORDS = 4
_DATELINE = 45
"""How far from its beginning a text may name its own day, in brackets."""

_CALENDARS: Mapping[str, tuple[Callable[[int, int, int], date | None], int]] = {
    "solar": (solar_hijri, -621),
    "islamic": (islamic, -579),
    "bengali": (bengali, -593),
}
"""For each other calendar how to read a day, and about how far its years are from ours."""


class Found(NamedTuple):
    """A date at a place; `has_marker` says that a word of effect ("from", "mulai") goes beside it."""

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
) -> Found | None:
    """Return the date nearest to a trigger in its sentence, one with a word of effect before others.

    Of what is undone it is the one nearest to the word that says so: the other is when it began.
    """
    best: tuple[float, Found] | None = None
    for trigger in triggers:
        span = document.sentences[trigger.sentence]
        undone = _undone(document, candidate, trigger.sentence)
        if candidate.stage == "reversed" and undone is None:
            continue
        for found in dates_in(document, span.start, span.end, grammar):
            if len(found.date) < _DAY and _is_since(document.folded.text, found, grammar):
                continue
            distance = _distance(trigger, found)
            if undone is not None:
                distance = _gap(undone, found)
            if distance > (_FAR_OF_DEAL if trigger.event_type == "acquisition" else _FAR):
                continue
            if _is_history(document, trigger, found, grammar):
                continue
            rank = distance - 80 * found.has_marker - 40 * (len(found.date) == 10)
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


def _gap(place: tuple[int, int], found: Found) -> float:
    start, end = place
    gap = found.start - end if found.start >= end else max(start - found.end, 0)
    return gap + 80 * found.has_marker  # Takes back what a word like "from" counts for.


def _is_since(text: str, found: Found, grammar: Grammar) -> bool:
    """Return whether a month is when something began: "in force since April 2016"."""
    return text[max(found.start - 12, 0) : found.start].rstrip().endswith(grammar.since or ("\0",))


def _is_history(document: Document, trigger: Trigger, found: Found, grammar: Grammar) -> bool:
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


def _in_front(document: Document, candidate: Candidate, grammar: Grammar) -> Found | None:
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
    document: Document, candidate: Candidate, sentence: int, found: Found, grammar: Grammar
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


def _spoken(document: Document, candidate: Candidate, grammar: Grammar) -> Found | None:
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
        for found in _spoken_days(grammar).finditer(text, span.start, span.end):
            day = _day_of(found, published, grammar)
            place = Found(found.start(), found.end(), day.isoformat(), has_marker=False)
            if _distance(trigger, place) <= _FAR_OF_SPOKEN and not _is_history(
                document, trigger, place, grammar
            ):
                return place
    return None


def _day_of(found: re.Match[str], published: date, grammar: Grammar) -> date:
    """Return the last such weekday up to publishing; "sexta-feira (31)" is told by its number."""
    word = found["day"]
    if word in grammar.spoken_days:
        return published + timedelta(days=grammar.spoken_days[word])
    day = published - timedelta(days=(published.weekday() - grammar.weekdays[word]) % 7)
    if found["number"]:
        numbered = _day_alone(int(found["number"]), published)
        return date.fromisoformat(numbered) if numbered else day
    return day


def _only(document: Document, candidate: Candidate, grammar: Grammar) -> Found | None:
    """Return the one day with its year that the story of one event tells behind its lead."""
    others = [other for other in document.candidates if other is not candidate]
    is_deal = candidate.event_type == "acquisition"
    if any(other.event_type == candidate.event_type or not is_deal for other in others):
        return None
    if candidate.focus != "main":
        return None
    if candidate.stage == "rejected" and candidate.event_type != "acquisition":
        return None
    days: dict[str, Found] = {}
    for index, span in enumerate(document.sentences[:_FURTHER]):
        for found in dates_in(document, span.start, span.end, grammar):
            is_own = document.published is not None and found.date == document.published.isoformat()
            if _is_beside_past(document, index, found) or (is_own and not found.has_marker):
                continue
            days.setdefault(found.date, found)
    [only] = days.values() if len(days) == 1 else [None]
    if only is None or len(only.date) < _DAY or not _has_year(document, only):
        return None
    return only


def _has_year(document: Document, found: Found) -> bool:
    return _YEAR.search(document.folded.text, found.start, found.end) is not None


def _is_beside_past(document: Document, sentence: int, found: Found) -> bool:
    """Return whether a word for what was before ("earlier", "in 2019") stands in a date's clause."""
    start, end = document.clause_of(sentence, found.start)
    past = document.words_in("background", sentence)
    return any(start <= hit.start < end for hit in past)


def _distance(trigger: Trigger, found: Found) -> float:
    if found.start >= trigger.end:
        return found.start - trigger.end
    return max(trigger.start - found.end, 0) + 10


def dates_in(document: Document, start: int, end: int, grammar: Grammar) -> Sequence[Found]:
    """Return the dates between two places of the folded text; bare years and deadlines are none."""
    place = ("dates", start, end)
    if place not in document.seen:
        document.seen[place] = tuple(_dates_in(document, start, end, grammar))
    return document.seen[place]  # type: ignore[return-value]  # as put there above


def _dates_in(document: Document, start: int, end: int, grammar: Grammar) -> Iterator[Found]:
    text = document.folded.text
    yield from _relative(document, start, end, grammar)
    if _DIGIT.search(text, start, end) is None:
        return
    for found, value in _read(document, start, end, grammar):
        if value and not _is_dateline(document, found.start(), found.end()):
            yield _found(text, found, value, grammar)


def _read(
    document: Document, start: int, end: int, grammar: Grammar
) -> Iterator[tuple[re.Match[str], str | None]]:
    """Yield what looks like a date, with the date that it is, None where it is none."""
    text, published = document.folded.text, document.published
    for found in _NUMERIC.finditer(text, start, end):
        yield found, _numeric(found, published, grammar)
    if grammar.day_words:
        for found in _day_and_month(grammar).finditer(text, start, end):
            yield found, _written(None, int(found["month"]), int(found["day"]), published)
    if not _month_names(grammar).find_matches_as_indexes(text[start:end]):
        return
    for name, pattern in _named_months(grammar).items():
        for found in pattern.finditer(text, start, end):
            yield found, _with_month(found, name, grammar, published)


def _found(text: str, found: re.Match[str], value: str, grammar: Grammar) -> Found:
    has_marker = _is_marked(text, found.start(), found.end(), grammar)
    return Found(found.start(), found.end(), value, has_marker)


def _relative(document: Document, start: int, end: int, grammar: Grammar) -> Iterator[Found]:
    """Yield "from today", "ab morgen", where the story carries its own date."""
    if document.published is None:
        return
    for form, days in grammar.relative_days.items():
        at = document.folded.text.find(form, start, end)
        if at >= 0 and not document.folded.text.startswith((" نفس", " same"), at + len(form)):
            day = document.published + timedelta(days=days)
            yield Found(at, at + len(form), day.isoformat(), has_marker=True)


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


def _numeric(found: re.Match[str], published: date | None, grammar: Grammar) -> str | None:
    parts = found.groupdict()
    form = next(form for form in "123456" if parts.get(f"d{form}") or parts.get(f"m{form}"))
    day, month = parts.get(f"d{form}"), parts.get(f"m{form}")
    if month is None:
        return _day_alone(int(day or 0), published)
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


def _year(written: str, era: str | None) -> int | None:
    """Return a year of our era; one of two digits or three needs its era, or is the Republic's."""
    year = 1 if written == "元" else int(written)
    if era in JAPANESE:
        return year - JAPANESE[era]
    if era is not None or 100 <= year < 200:
        return year - REPUBLIC
    return year if year > 1000 else None


def _day_alone(day: int, published: date | None) -> str | None:
    """Return the day that "on the 13th" is for a story of that month, or of the next to it."""
    if published is None:
        return None
    month = published.month
    if day - published.day > 20:
        month -= 1
    elif published.day - day > 20:
        month += 1
    return _written(published.year, month, day, published)


def _with_month(
    found: re.Match[str], name: str, grammar: Grammar, published: date | None
) -> str | None:
    day = found["before"] or found["behind"]
    if day is None and found["word"]:
        day = str(grammar.day_numbers[found["word"]])
    year = found["year"] or found["early"]
    if day is None and year is None:
        return None
    month = grammar.calendars[name][found["month"]] if name else grammar.months[found["month"]]
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
    """Return a day of another calendar that the language has; without a year the nearest one."""
    if name not in grammar.calendars:
        return None
    read, away = _CALENDARS[name]
    if year is not None:
        found = read(year, month, day)
        return found.isoformat() if found else None
    if published is None:
        return None
    near = published.year + away
    days = [found for guess in (near - 1, near, near + 1) if (found := read(guess, month, day))]
    return min(days, key=lambda found: abs(found - published)).isoformat() if days else None


def _written(year: int | None, month: int, day: int | None, published: date | None) -> str | None:
    """Return a date as the contracts write it; without a year it is the one next to publishing."""
    if year is not None and year > 2400:
        year -= BUDDHIST
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


def _is_marked(text: str, start: int, end: int, grammar: Grammar) -> bool:
    left = text[max(start - 24, 0) : start].rstrip(" (")
    for word in grammar.effect:
        if left.endswith(word):
            before = left[-len(word) - 1 : -len(word)]
            if not before.isalpha() or ord(before) >= 0x0E00:
                return True
    if grammar.order != "sov" and grammar.has_spaces:
        return False
    return text[end : end + 24].lstrip(" )-").startswith(grammar.effect or ("\0",))


@lru_cache(maxsize=64)
def _month_names(grammar: Grammar) -> ahocorasick_rs.AhoCorasick:
    """Return the bare names: found, or missed, much sooner than with all that may stand around them."""
    names = [*grammar.months, *(name for months in grammar.calendars.values() for name in months)]
    return ahocorasick_rs.AhoCorasick(names)


@lru_cache(maxsize=64)
def _spoken_days(grammar: Grammar) -> re.Pattern[str]:
    """Return a weekday, or today, as a word of its own; one behind "from" is still to come."""
    forms = sorted((*grammar.weekdays, *grammar.spoken_days), key=len, reverse=True)
    names = "|".join(map(re.escape, forms)) or "(?!)"
    left, right = (r"(?<!\w)", r"(?!\w)") if grammar.has_spaces else ("", "")
    return re.compile(rf"{left}(?P<day>{names}){right}(?:\s?\((?P<number>\d{{1,2}})\))?")


@lru_cache(maxsize=64)
def _day_and_month(grammar: Grammar) -> re.Pattern[str]:
    """Return "ngày 1/9": a day and a month in figures behind a word for day."""
    words = "|".join(map(re.escape, grammar.day_words))
    return re.compile(rf"(?:{words})\s(?P<day>\d{{1,2}})[/-](?P<month>\d{{1,2}})(?![\d/-])")


@lru_cache(maxsize=64)
def _named_months(grammar: Grammar) -> Mapping[str, re.Pattern[str]]:
    """Return a pattern for the months of our calendar, under "", and for each other calendar."""
    years = r"(?:19|20|25)\d\d" if grammar.has_spaces else r"(?:19|20|25)\d\d|[5-7]\d(?![\d.,])"
    patterns = {"": _of_months(grammar.months, years, grammar)}
    for name, months in grammar.calendars.items():
        patterns[name] = _of_months(months, r"1[34]\d\d", grammar)
    return patterns


def _of_months(months: Mapping[str, int], years: str, grammar: Grammar) -> re.Pattern[str]:
    names = "|".join(map(re.escape, sorted(months, key=len, reverse=True))) or "(?!)"
    left, right = (r"(?<![^\W\d_])", r"(?![^\W\d_])") if grammar.has_spaces else ("", "")
    if grammar.order == "sov" and names[0] < "\u0250":  # "2021 eylülünde": cases are glued to it.
        right = r"(?:'?[^\W\d_]{1,5})?(?![^\W\d_])"
    words = "|".join(map(re.escape, sorted(grammar.day_numbers, key=len, reverse=True))) or "(?!)"
    return re.compile(
        rf"(?:(?<!\d)(?P<early>{years})(?:\s?(?:সালের|সালে|সাল|ஆம் ஆண்டு|ம் ஆண்டு|के|की))?[,\s]+)?"
        rf"(?:(?<!\w)(?P<word>{words})\s(?:من\s|de\s)?)?"
        rf"(?:(?<![\d.,])(?P<before>\d{{1,2}})(?:st|nd|rd|th|er|º|°|ª)?[.\s]*(?:de\s|of\s|di\s|เดือน\s?|-)?\s*)?"
        rf"{left}(?P<month>{names}){right}(?:\.|/(?:{names}))?"
        rf"(?:\s+(?P<behind>\d{{1,2}})(?:st|nd|rd|th)?(?![\d%.:]|\s?(?:%|percent|persen)))?"
        rf"(?:\s(?:ماه))?(?:[,/]?\s*(?:de\s|del\s|г\.?\s|năm\s|พ\.ศ\.\s?|ค\.ศ\.\s?|سنة\s|سال\s)?"
        rf"(?P<year>{years})(?!\d))?"
    )
