"""Date patterns: what dates look like in figures, and in the words of a language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import ahocorasick_rs

from services.classifier.lexicon.forms import any_of
from services.classifier.lexicon.grammar import Grammar

_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
# What it may begin with goes first: one look at each character instead of one for each form.
NUMERIC = re.compile(
    r"(?=[\d(元令平昭民])(?:"
    r"(?<![\d/.-])(?P<y1>(?:13|14|19|20|25)\d\d)[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?![\d/])"
    r"|(?<![\d/.-])(?P<d2>\d{1,2})[/.-](?P<m2>\d{1,2})[/.-](?P<y2>(?:13|14|19|20|25)\d\d)(?!\d)"
    r"|(?:(?P<era>令和|平成|昭和|民國|民国)\s?)?(?<!\d)(?P<y3>(?:19|20|25)\d\d|1[01]\d|\d{1,2}|元)"
    r"\s?[年년]\s?(?P<m3>\d{1,2})\s?[月월](?:\s?(?P<d3>\d{1,2})\s?[日일号號])?(?P<end>末)?"
    r"|(?<!\d)(?P<m4>\d{1,2})\s?[月월]\s?(?P<d4>\d{1,2})\s?[日일号號]"
    r"|\((?P<d5>\d{1,2})/(?P<m5>\d{1,2})\)"
    r"|(?<![\d月월.,第])(?<![月월]\s)(?P<d6>\d{1,2})\s?[日일](?=[、,はにもよか(起宣发發晚付に在就对對向与與公表]|から|부터|부로|자로|까지|에|\s|午)"
    r")"
)


@lru_cache(maxsize=64)
def month_names(grammar: Grammar) -> ahocorasick_rs.AhoCorasick:
    """Return the bare names: found, or missed, much sooner than with all that may stand around them."""
    names = [
        *grammar.dates.months,
        *(name for months in grammar.dates.calendars.values() for name in months),
    ]
    return ahocorasick_rs.AhoCorasick(names)


@lru_cache(maxsize=64)
def named_months(grammar: Grammar) -> Mapping[str, re.Pattern[str]]:
    """Return a pattern for the months of our calendar, under "", and for each other calendar."""
    years = r"(?:19|20|25)\d\d" if grammar.has_spaces else r"(?:19|20|25)\d\d|[5-7]\d(?![\d.,])"
    patterns = {"": _of_months(grammar.dates.months, years, grammar)}
    for name, months in grammar.dates.calendars.items():
        patterns[name] = _of_months(months, r"1[34]\d\d", grammar)
    return patterns


def _of_months(months: Mapping[str, int], years: str, grammar: Grammar) -> re.Pattern[str]:
    names = any_of(months)
    left, right = (r"(?<![^\W\d_])", r"(?![^\W\d_])") if grammar.has_spaces else ("", "")
    left += r"(?!(?<=\d)\d)"  # "11月" is no day and "1月"
    if grammar.order == "sov" and names[0] < "\u0250":  # "2021 eylülünde": cases are glued to it.
        right = r"(?:'?[^\W\d_]{1,5})?(?![^\W\d_])"
    words = any_of(grammar.dates.day_numbers)
    return re.compile(
        rf"(?:(?<!\d)(?P<early>{years})(?:\s?(?:সালের|সালে|সাল|ஆம் ஆண்டு|ம் ஆண்டு|के|की))?[,\s]+)?"
        rf"(?:(?<!\w)(?P<word>{words})\s(?:من\s|de\s)?)?"
        rf"(?:(?<![\d.,])(?P<before>\d{{1,2}})(?:st|nd|rd|th|er|º|°|ª)?[.\s]*(?:de\s|of\s|di\s|เดือน\s?|-)?\s*)?"
        rf"{left}(?P<month>{names}){right}(?:\.|/(?:{names}))?"
        rf"(?:\s+(?P<behind>\d{{1,2}})(?:st|nd|rd|th)?(?![\d%.:]|\s?(?:%|percent|persen)))?"
        rf"(?:\s(?:ماه))?(?:[,/]?\s*(?:de\s|del\s|г\.?\s|năm\s|พ\.ศ\.\s?|ค\.ศ\.\s?|سنة\s|سال\s)?"
        rf"(?P<year>{years})(?!\d))?"
    )


@lru_cache(maxsize=64)
def day_and_month(grammar: Grammar) -> re.Pattern[str]:
    """Return "ngày 1/9": a day and a month in figures behind a word for day."""
    words = "|".join(map(re.escape, grammar.dates.day_words))
    return re.compile(rf"(?:{words})\s(?P<day>\d{{1,2}})[/-](?P<month>\d{{1,2}})(?![\d/-])")


@lru_cache(maxsize=64)
def lone_day(grammar: Grammar) -> re.Pattern[str]:
    """Return "el día 12", "12 तारीख": a day beside a word for day, without its month."""
    before, behind = any_of(grammar.dates.lone), any_of(grammar.dates.lone_behind)
    number = r"(?<![\d/.,-])\d{1,2}(?![\d/.,]*\d|\s?[-/]\s?\d|\s?%)"
    return re.compile(
        rf"(?<!\w)(?:{before})\s?(?P<behind>{number})|(?P<before>{number})[\s-]?(?:{behind})"
    )


@lru_cache(maxsize=64)
def spoken_days(grammar: Grammar) -> re.Pattern[str]:
    """Return a weekday, or today, as a word of its own; one behind "from" is still to come."""
    names = any_of((*grammar.dates.weekdays, *grammar.dates.spoken_days))
    # Chinese, Japanese and Thai set words without spaces, Korean and Tamil glue endings to them.
    left, right = rf"(?<![^\W{_UNSPACED}])", rf"(?![^\W{_UNSPACED}])"
    if names[0] >= "\u0b80":
        right = ""
    if names[0] >= "\u0e00":
        left = ""
    return re.compile(rf"{left}(?P<day>{names}){right}(?:\s?\((?P<number>\d{{1,2}})\))?")


@lru_cache(maxsize=64)
def deadlines(grammar: Grammar) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what ends, right before a date, with a word of a deadline, and what begins behind one."""
    return (
        re.compile(rf"(?<!\w)(?:{any_of(grammar.dates.deadline)})\s*$"),
        re.compile(_behind(grammar.dates.deadline_behind, grammar)),
    )


@lru_cache(maxsize=64)
def parts_of_month(grammar: Grammar) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the same for words that name a part of a month: "end of", "sonuna"."""
    return (
        re.compile(rf"(?<!\w)(?:{any_of(grammar.dates.part)})\s*$"),
        re.compile(_behind(grammar.dates.part_behind, grammar)),
    )


def _behind(forms: tuple[str, ...], grammar: Grammar) -> str:
    """Return a pattern of words behind a date; endings of the date may stand between."""
    names = any_of(forms)
    if forms and (not grammar.has_spaces or forms[0] >= "\u3000"):
        return rf"\s?(?:{names})"
    return rf"[^\s.,;]{{0,5}}(?:\s[^\s.,;]{{1,6}})?\s?(?:{names})"
