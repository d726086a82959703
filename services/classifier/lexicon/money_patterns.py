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
from services.classifier.lexicon.money_words import MoneyWords
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
    words = grammar.money
    pieces = _Pieces.of(words)
    begins = _bare((*words.currencies, *words.numbers, *words.sums)) | set(_DIGITS)
    return Patterns(
        money=ahocorasick_rs.AhoCorasick(sorted(_units(words))),
        begin=ahocorasick_rs.AhoCorasick(sorted(begins)),
        price=re.compile(_price(words, pieces)),
        unit=re.compile(_unit(words, pieces)),
        token=re.compile(_token(pieces)),
        symbolic=re.compile(_symbolic(words, pieces)),
        pays=pattern_of(grammar.prices.pays),
        then=tuple(map(_going_on, grammar.prices.then)) or ("\0",),
        range_start=re.compile(_range_start(words, pieces)),
    )


class _Pieces(NamedTuple):
    """What the patterns of a language are made of, as patterns themselves."""

    money: str
    """A currency."""
    scale: str
    total: str
    """Number and scale in one word."""
    word: str
    """A number word."""
    half: str
    digits: str
    number: str
    """Digits that no others go before."""
    words: str
    """Number words in a row."""
    scales: str
    """Half of a scale, or all of it."""
    also: str
    """What joins two numbers or amounts."""

    @classmethod
    def of(cls, words: MoneyWords) -> _Pieces:
        """Return those made of a language's words for money."""
        scale, half = _bounded(words.scales), _bounded(words.halves, is_word=True)
        word = rf"(?<![{_VAGUE}])(?:{_bounded(words.numbers, is_word=True)})"
        digits = _NUMBER if words.point != "/" else rf"\d+/\d{{1,2}}(?!\d)|{_NUMBER}"
        also = any_of(words.range_and)
        return cls(
            money=_bounded(words.currencies),
            scale=scale,
            total=rf"(?<![{_VAGUE}])(?:{_bounded(words.sums, is_word=True)})",
            word=word,
            half=half,
            digits=digits,
            number=rf"(?<!\d)(?<!\d[.,])(?:{digits})",
            words=rf"(?:{word})(?:[\s-](?:(?:{also})\s)?(?:{word}))*",
            scales=rf"(?:(?:[\s-]*(?:{half}))?[\s-]*(?:{scale}))",
            also=also,
        )


def _units(words: MoneyWords) -> set[str]:
    """Return all that `_unit` finds, without its bounds."""
    units = _bare(words.currencies)
    if words.usual_currency is not None:
        units |= _bare((*words.scales, *words.sums, *words.halves))
        units |= {f"{mark}{digit}" for mark in _UNPLAIN_MARKS for digit in _DIGITS}
    return units


def _unit(words: MoneyWords, pieces: _Pieces) -> str:
    unit = rf"{_APART}(?:{pieces.money})"
    if words.usual_currency is None:
        return unit
    scale_word = _bounded(words.scales, is_word=True)
    return rf"{unit}|{scale_word}|{pieces.total}|{pieces.half}|[{_UNPLAIN_MARKS}]\d"


def _price(words: MoneyWords, pieces: _Pieces) -> str:
    """Return the pattern of "between 2 and 3 billion euros": a low end and a sum, a currency on either side."""
    money, number = pieces.money, pieces.number
    link = "|".join(rf"{re.escape(form)}\s?" for form in ("of", *words.links))
    to = "|".join(re.escape(form) for form in ("-", "~", *words.range_to))
    before = rf"{_APART}(?P<before>{money})\s*"
    low = rf"(?:{number}|(?:{pieces.word})){pieces.scales}?\s*(?:{to})\s*"
    return (
        rf"(?:{before})?(?:{low}(?:(?P<again>{money})\s*)?)?(?P<body>{_body(words, pieces)})"
        rf"(?:[\s-]*(?:{link})?(?P<after>{money}))?"
    )


def _body(words: MoneyWords, pieces: _Pieces) -> str:
    """Return the pattern of a sum: scaled, of two or more parts, or a mere number."""
    number, in_words, scales = pieces.number, pieces.words, pieces.scales
    scaled = rf"(?:{number}{scales}+|{in_words}{scales}+|{pieces.total})"
    return (
        rf"(?:{_sum_of_two(words, pieces)}|{scaled}(?:\s?(?:{number}|{in_words}){scales}+)*|{number})"
        rf"(?:\s?(?:{pieces.half}))?"
    )


def _sum_of_two(words: MoneyWords, pieces: _Pieces) -> str:
    """Return the pattern of "two billion and 300 million" and "25 thousand and 500 billion".

    What has a fraction is a sum of its own, and so is what is no smaller.
    """
    factors = {**words.sums, **words.scales}
    big = _bounded(form for form, factor in factors.items() if factor > _MILLION)
    small = _bounded(form for form, factor in factors.items() if factor <= _MILLION)
    thousand = _bounded(form for form, factor in factors.items() if factor == _THOUSAND)
    total = _bounded(
        (form for form, factor in words.sums.items() if factor > _MILLION), is_word=True
    )
    in_words, joint = pieces.words, rf"\s(?:{pieces.also})\s?"
    first = rf"(?:(?:(?<!\d)(?<!\d[.,])\d{{1,3}}|{in_words})[\s-]?(?:{big})|(?:{total}))"
    return (
        rf"{first}{joint}(?:\d{{1,3}}|{in_words})[\s-]?(?:{small})"
        rf"|(?<!\d)\d{{1,3}}\s?(?:{thousand}){joint}\d{{3}}[\s-]?(?:{big})"
    )


def _token(pieces: _Pieces) -> str:
    """Return the pattern of one part of a sum."""
    return (
        rf"(?P<number>{pieces.digits})|(?P<sum>{pieces.total})|(?P<half>{pieces.half})"
        rf"|(?P<scale>{pieces.scale})|(?P<word>{pieces.word})"
    )


def _symbolic(words: MoneyWords, pieces: _Pieces) -> str:
    ones = [form for form, number in words.numbers.items() if number == 1]
    one = rf"(?:(?:{_bounded(ones, is_word=True)}|1)[\s-]?)?"
    token_word = rf"(?:{any_of(words.symbolic)})\w*"
    return (
        rf"{token_word}\s{one}(?P<behind>{pieces.money})"
        rf"|{one}(?<![^\W\d_])(?P<before>{pieces.money})\s{token_word}"
    )


def _range_start(words: MoneyWords, pieces: _Pieces) -> str:
    return (
        rf"\s(?:{any_of(words.range_between)})\s(?:[^\W\d_]{{1,3}}\s)?{pieces.number}{pieces.scales}?"
        rf"\s(?:{pieces.also})(?:\s[^\W\d_]{{1,3}})?$"
    )


def _going_on(form: str) -> str:
    """Return a form as what goes on: a word of a spaced script ends there."""
    return form if script_of(form[0]) in UNSPACED else f"{form} "


def _bare(forms: Iterable[str]) -> set[str]:
    return {form.rstrip("*") for form in forms}


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
