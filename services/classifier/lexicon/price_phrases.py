"""Price phrases: "the price was not disclosed", "could rise to 9.5 billion". Texts here are folded."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import ahocorasick_rs

from services.classifier.lexicon.forms import pattern_of
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.money import Price, amount_of, figures_in, number_of

_GAP = 60
"""How many characters may part "the price" from "not disclosed"."""
_RISE = 100
"""How far behind a price the figure stands that it may rise to."""
_BESIDE = 14
_FAR_OF_WORTH = 40
"""So far before a sum stands what says of a bid that it is worth it."""
_MOST_RISE = 3
_FIRST_NUMBER = re.compile(r"\d[\d., ']*")


class _Phrases(NamedTuple):
    told: re.Pattern[str]
    """Names a price: "price", "terms"."""
    untold: re.Pattern[str]
    """Says that it is not told."""
    untold_parts: ahocorasick_rs.AhoCorasick
    """The longest piece of each such form: most sentences hold none, and no pattern has to be tried."""
    guessed: re.Pattern[str]
    """Says what it is guessed to be."""
    bid: re.Pattern[str]
    worth: re.Pattern[str]
    """What a bid is worth is its price."""
    differs: re.Pattern[str]
    rises: re.Pattern[str]
    """Stands beside what it may rise to."""


def prepare(grammar: Grammar) -> None:
    """Make the patterns of a language, which else its first deal has to wait for."""
    _phrases(grammar)


def is_untold(text: str, start: int, end: int, grammar: Grammar) -> bool:
    """Return whether a sentence between two places says that a price is not disclosed."""
    phrases = _phrases(grammar)
    if not phrases.untold_parts.find_matches_as_indexes(text[start:end]):
        return False
    for untold in phrases.untold.finditer(text, start, end):
        near = max(untold.start() - _GAP, start), min(untold.end() + _GAP, end)
        if phrases.told.search(text, *near):
            return True
    return False


def names_price(text: str, start: int, end: int, grammar: Grammar) -> bool:
    """Return whether words between two places name a price, as what is told or at least guessed."""
    phrases = _phrases(grammar)
    if phrases.guessed.search(text, start, end):
        return True
    if phrases.untold.search(text, start, end):
        return False
    return phrases.told.search(text, start, end) is not None


def is_worth_of_bid(text: str, start: int, price: Price, end: int, grammar: Grammar) -> bool:
    """Return whether a sentence says that its offer or deal is worth a sum: "the bid is worth 2 billion"."""
    phrases = _phrases(grammar)
    near = max(price.start - _FAR_OF_WORTH, start), min(price.end + _BESIDE, end)
    if phrases.worth.search(text, *near) is None:
        return False
    told = text[start : price.start]  # of a stake it may be the whole that is worth so much
    return phrases.bid.search(told) is not None and not any(
        form in told for form in grammar.money.percent
    )


def is_difference(text: str, end: int, grammar: Grammar) -> bool:
    """Return whether words right behind a sum that ends at `end` say that another one is so much more or less."""
    return _phrases(grammar).differs.match(text, end + text.startswith(" ", end)) is not None


def risen(text: str, price: Price, end: int, grammar: Grammar) -> Price:
    """Return what a price may rise to where the words up to `end` tell it, else the price itself."""
    phrases = _phrases(grammar)
    stop = min(price.end + _RISE, end)
    says = [found.span() for found in phrases.rises.finditer(text, price.end, stop)]
    if not says:
        return price
    for figure in figures_in(text, price.end, stop, grammar):
        beside = any(
            0 <= figure.start - last <= _BESIDE or 0 <= first - figure.end <= _BESIDE
            for first, last in says
        )
        value = figure.value * _scale_of(text, price, grammar) ** (figure.value < 1_000)
        if beside and price.amount.value < value <= _MOST_RISE * price.amount.value:
            return Price(price.start, figure.end, amount_of(price.amount.currency, value))
    return price


def _scale_of(text: str, price: Price, grammar: Grammar) -> float:
    """Return what the figure of a price is multiplied with: a million of "156 millones"."""
    number = _FIRST_NUMBER.search(text, price.start, price.end)
    if number is None:
        return 1
    return price.amount.value / (number_of(number[0].strip(" .,'"), grammar.money.point) or 1)


@lru_cache(maxsize=64)
def _phrases(grammar: Grammar) -> _Phrases:
    words = grammar.prices
    return _Phrases(
        told=pattern_of(words.told_of),
        untold=pattern_of(words.untold),
        untold_parts=ahocorasick_rs.AhoCorasick(
            [max(form.split("*"), key=len) for form in words.untold]
        ),
        guessed=pattern_of(words.guessed),
        bid=pattern_of(words.bid),
        worth=pattern_of(words.worth),
        differs=pattern_of(words.differs),
        rises=pattern_of(words.rises),
    )
