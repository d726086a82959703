"""Money patterns: what finds the sums of a language, made of its words for money."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache, partial
from itertools import groupby
from typing import NamedTuple

import ahocorasick_rs

from services.classifier.lexicon.forms import NOTHING, any_of, pattern_of
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.scripts import UNSPACED, script_of

# Thousands in groups of three, or of two as in India (3,00,000); a space or an apostrophe groups too.
_NUMBER = (
    r"\d{1,3}(?:[., '\u066c]\d{3})+(?:[.,\u066b]\d{1,2})?|\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d{1,2})?"
    r"|\d+(?:[.,\u066b]\d+)?"
)
_DIGITS = "0123456789"
_UNPLAIN_MARKS = "'\u066b\u066c"
"""Marks within a number by which it is written with care, and money even without a scale."""
_APART = r"(?<![a-z\u00df-\u0dff])"
"""No letter of a word goes before."""
_VAGUE = "数几幾數수몇"
"""Before a number in words: "several billion" is no number."""
_THOUSAND = 1_000
_MILLION = 1_000_000


class Patterns(NamedTuple):
    """The patterns of one language; compiling them takes some 40 ms."""

    money: ahocorasick_rs.AhoCorasick
    """What makes a number money, without its bounds: where none of it stands, no pattern has to be tried."""
    begin: ahocorasick_rs.AhoCorasick
    """All that an amount may begin with."""
    price: re.Pattern[str]
    unit: re.Pattern[str]
    """What makes a number money: a currency and, where the language has a usual one, a scale."""
    token: re.Pattern[str]
    symbolic: re.Pattern[str]
    """A currency beside a word for a token payment: "a symbolic euro"."""
    pays: re.Pattern[str]
    then: tuple[str, ...]
    """What goes on behind a figure that is paid."""
    range_start: re.Pattern[str]
    """What stands before the upper end of a range: "tra i 200 e i"."""


@lru_cache(maxsize=64)
def patterns_of(grammar: Grammar) -> Patterns:
    """Return the patterns of a language, compiled once."""
    money = _bounded(grammar.money.currencies)
    scale = _bounded(grammar.money.scales)
    total = rf"(?<![{_VAGUE}])(?:{_bounded(grammar.money.sums, is_word=True)})"
    word = rf"(?<![{_VAGUE}])(?:{_bounded(grammar.money.numbers, is_word=True)})"
    half = _bounded(grammar.money.halves, is_word=True)
    link = "|".join(rf"{re.escape(form)}\s?" for form in ("of", *grammar.money.links))
    to = "|".join(re.escape(form) for form in ("-", "~", *grammar.money.range_to))
    also = any_of(grammar.money.range_and)
    digits = _NUMBER if grammar.money.point != "/" else rf"\d+/\d{{1,2}}(?!\d)|{_NUMBER}"
    number = rf"(?<!\d)(?<!\d[.,])(?:{digits})"
    scales = rf"(?:(?:[\s-]*(?:{half}))?[\s-]*(?:{scale}))"
    words = rf"(?:{word})(?:[\s-](?:(?:{also})\s)?(?:{word}))*"
    scaled = rf"(?:{number}{scales}+|{words}{scales}+|{total})"
    plus = _sum_of_two(grammar, words, also)
    body = rf"(?:{plus}|{scaled}(?:\s?(?:{number}|{words}){scales}+)*|{number})(?:\s?(?:{half}))?"
    low = rf"(?:{number}|(?:{word})){scales}?\s*(?:{to})\s*"
    before = rf"{_APART}(?P<before>{money})\s*"
    price = (
        rf"(?:{before})?(?:{low}(?:(?P<again>{money})\s*)?)?(?P<body>{body})"
        rf"(?:[\s-]*(?:{link})?(?P<after>{money}))?"
    )
    token = (
        rf"(?P<number>{digits})|(?P<sum>{total})|(?P<half>{half})"
        rf"|(?P<scale>{scale})|(?P<word>{word})"
    )
    one = rf"(?:(?:{_bounded(_ones(grammar), is_word=True)}|1)[\s-]?)?"
    token_word = rf"(?:{any_of(grammar.money.symbolic)})\w*"
    symbolic = (
        rf"{token_word}\s{one}(?P<behind>{money})"
        rf"|{one}(?<![^\W\d_])(?P<before>{money})\s{token_word}"
    )
    between = any_of(grammar.money.range_between)
    begins = _bare((*grammar.money.currencies, *grammar.money.numbers, *grammar.money.sums))
    units, unit = _bare(grammar.money.currencies), rf"{_APART}(?:{money})"
    if grammar.money.usual_currency is not None:
        units |= _bare((*grammar.money.scales, *grammar.money.sums, *grammar.money.halves))
        units |= {f"{mark}{digit}" for mark in _UNPLAIN_MARKS for digit in _DIGITS}
        scale_word = _bounded(grammar.money.scales, is_word=True)
        unit = rf"{unit}|{scale_word}|{total}|{half}|[{_UNPLAIN_MARKS}]\d"
    return Patterns(
        ahocorasick_rs.AhoCorasick(sorted(units)),
        ahocorasick_rs.AhoCorasick(sorted(begins | set(_DIGITS))),
        re.compile(price),
        re.compile(unit),
        re.compile(token),
        re.compile(symbolic),
        pattern_of(grammar.money.pays),
        tuple(form if script_of(form[0]) in UNSPACED else f"{form} " for form in grammar.money.then)
        or ("\0",),
        re.compile(
            rf"\s(?:{between})\s(?:[^\W\d_]{{1,3}}\s)?{number}{scales}?"
            rf"\s(?:{also})(?:\s[^\W\d_]{{1,3}})?$"
        ),
    )


def _sum_of_two(grammar: Grammar, words: str, also: str) -> str:
    """Return the pattern of "two billion and 300 million" and "25 thousand and 500 billion".

    What has a fraction is a sum of its own, and so is what is no smaller.
    """
    factors = {**grammar.money.sums, **grammar.money.scales}
    big = _bounded(form for form, factor in factors.items() if factor > _MILLION)
    small = _bounded(form for form, factor in factors.items() if factor <= _MILLION)
    thousand = _bounded(form for form, factor in factors.items() if factor == _THOUSAND)
    total = _bounded(
        (form for form, factor in grammar.money.sums.items() if factor > _MILLION), is_word=True
    )
    joint = rf"\s(?:{also})\s?"
    first = rf"(?:(?:(?<!\d)(?<!\d[.,])\d{{1,3}}|{words})[\s-]?(?:{big})|(?:{total}))"
    return (
        rf"{first}{joint}(?:\d{{1,3}}|{words})[\s-]?(?:{small})"
        rf"|(?<!\d)\d{{1,3}}\s?(?:{thousand}){joint}\d{{3}}[\s-]?(?:{big})"
    )


def _bare(forms: Iterable[str]) -> set[str]:
    return {form.rstrip("*") for form in forms}


def _ones(grammar: Grammar) -> list[str]:
    return [form for form, number in grammar.money.numbers.items() if number == 1]


def _bounded(forms: Iterable[str], *, is_word: bool = False) -> str:
    """Return forms as one pattern, the longest first; those side by side share their bounds."""
    ordered = sorted(forms, key=len, reverse=True)
    parts: list[str] = []
    for (begins, ends), alike in groupby(ordered, key=partial(_bounds, is_word=is_word)):
        inner = "|".join(re.escape(form.rstrip("*")) for form in alike)
        parts.append(f"{begins}(?:{inner}){ends}")
    return "|".join(parts) or NOTHING


def _bounds(form: str, *, is_word: bool) -> tuple[str, str]:
    """Return what stands around a form; one of letters of a spaced script must end where it ends."""
    is_spaced = form[-1].isalpha() and ord(form[-1]) < 0x0E00
    begins = r"(?<![^\W\d_])" if is_word and is_spaced else ""
    if form.endswith("*"):
        return begins, r"\w*"
    return begins, r"(?![^\W\d_])" if is_spaced else ""
