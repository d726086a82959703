"""Amounts: what is paid or bid in a deal, as currency and number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar

from services.classifier.document import Candidate, Document, Segment
from services.classifier.lexicon.load import Grammar
from services.common.contracts.reading import Amount

T = TypeVar("T")

_NUMBER = r"\d{1,3}(?:[., \u00a0]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_DIGIT = re.compile(r"\d")
_PER_SHARE = re.compile(
    r"\s*(?:a share|per share|per saham|/saham|je aktie|par action|por acción|за акцию)"
)


class _Price(NamedTuple):
    start: int
    end: int
    amount: Amount


def price(document: Document, *, grammar: Grammar) -> Document:
    """Return the document with the amount of every deal whose sentences or neighbours tell one."""
    return document.but(
        candidates=tuple(
            _priced(document, candidate, grammar)
            if candidate.event_type == "acquisition"
            else candidate
            for candidate in document.candidates
        ),
    )


def _priced(document: Document, candidate: Candidate, grammar: Grammar) -> Candidate:
    for sentences in _where(document, candidate):
        for sentence in sentences:
            span = document.sentences[sentence]
            prices = list(prices_in(document.folded.text, span.start, span.end, grammar))
            prices = [
                found for found in prices if not _is_other(document, found, grammar.not_prices)
            ]
            if prices:
                chosen = prices[0]
                return candidate.but(amount=chosen.amount, amount_place=(chosen.start, chosen.end))
    return candidate


def _where(document: Document, candidate: Candidate) -> Iterator[list[int]]:
    """Yield the sentences to look at, the likeliest first: with triggers, then the next ones."""
    own = list(dict.fromkeys(trigger.sentence for trigger in candidate.triggers))
    yield own
    last = len(document.sentences)
    in_front = document.sentences[own[0]].segment <= Segment.LEAD
    if in_front:
        yield [i for i in range(min(6, last)) if document.sentences[i].segment <= Segment.LEAD]
        front = [i for i in own if document.sentences[i].segment <= Segment.LEAD]
        yield [i for i in (front[-1] + 1, front[-1] + 2) if i < last]


def _is_other(document: Document, found: _Price, not_prices: tuple[str, ...]) -> bool:
    """Return whether an amount is said to be something else: a profit, a debt, a fine."""
    text = document.folded.text
    around = text[max(found.start - 28, 0) : found.start]
    behind = text[found.end : found.end + 22]
    if _PER_SHARE.match(text, found.end):
        return True
    return any(word in around or word in behind for word in not_prices)


def prices_in(text: str, start: int, end: int, grammar: Grammar) -> Iterator[_Price]:
    """Yield the amounts of money between two places of a folded text; of a range its upper end."""
    if _DIGIT.search(text, start, end) is None:
        return
    for found in _pattern(grammar).finditer(text, start, end):
        currency = found["before"] or found["after"]
        if currency is None:
            continue
        value = _value(found["number"], grammar.number_point)
        for scale in filter(None, (found["scale"], found["scale2"])):
            value *= _meaning(scale, grammar.scales)
        if value >= 1_000 and not _is_year(found):
            plain = int(value) if value == int(value) else round(value, 2)
            yield _Price(
                found.start(),
                found.end(),
                Amount(currency=_meaning(currency, grammar.currencies), value=plain),
            )


def _meaning(word: str, meanings: Mapping[str, T]) -> T:
    """Return what a word means that is a form, or begins with one that ends in an asterisk."""
    if word in meanings:
        return meanings[word]
    return next(
        meanings[form]
        for form in sorted(meanings, key=len, reverse=True)
        if form.endswith("*") and word.startswith(form[:-1])
    )


def _is_year(found: re.Match[str]) -> bool:
    return found["scale"] is None and re.fullmatch(r"(?:19|20)\d\d", found["number"]) is not None


def _value(number: str, point: str) -> float:
    """Return the value of a number; a mark before one, two or more than three digits is the point."""
    number = number.replace(" ", "").replace("\u00a0", "")
    marks = [mark for mark in number if mark in ".,"]
    if not marks:
        return float(number)
    last = max(number.rfind("."), number.rfind(","))
    decimals = len(number) - last - 1
    is_grouping = decimals == 3 and (number[last] != point or len(marks) > 1 or len(set(marks)) > 1)
    if decimals == 3 and number.startswith("0"):
        is_grouping = False
    if is_grouping and (len(set(marks)) == 1):
        return float(number.replace(".", "").replace(",", ""))
    whole, fraction = number[:last], number[last + 1 :]
    return float(f"{whole.replace('.', '').replace(',', '')}.{fraction}")


@lru_cache(maxsize=64)
def _pattern(grammar: Grammar) -> re.Pattern[str]:
    currencies = sorted(grammar.currencies, key=len, reverse=True)
    scales = sorted(grammar.scales, key=len, reverse=True)
    money = "|".join(_bounded(word) for word in currencies) or "(?!)"
    scale = "|".join(_bounded(word) for word in scales) or "(?!)"
    link = "|".join(rf"{re.escape(word)}\s?" for word in ("of", *grammar.money_links))
    return re.compile(
        rf"(?:(?P<before>{money})\s*)?(?<![\d.,])(?:(?:{_NUMBER})\s*(?:-|to|sampai|hingga)\s*)?"
        rf"(?P<number>{_NUMBER})(?:[\s-]*(?P<scale>{scale}))?(?:[\s-]*(?P<scale2>{scale}))?"
        rf"(?:[\s-]*(?:{link})?(?P<after>{money}))?"
    )


def _bounded(word: str) -> str:
    """Return a word as pattern; one of letters of a spaced script must end where it ends."""
    pattern = re.escape(word.rstrip("*"))
    is_spaced = word[-1].isalpha() and ord(word[-1]) < 0x0E00
    if word.endswith("*"):
        return rf"{pattern}\w*"
    return rf"{pattern}(?![^\W\d_])" if is_spaced else pattern
