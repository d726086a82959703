"""Money: numbers with scale and currency, as newspapers of 24 languages write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, TypeVar

from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.money_patterns import patterns_of
from services.classifier.lexicon.scripts import UNSPACED, script_of
from services.common.contracts.reading import Amount

T = TypeVar("T")

_PLAIN = re.compile(r"[\d., ]+")
"""A number without a scale."""
_NOUGHTS = "000"
_LEAST = 10_000
_LEAST_OF_SMALL = 10_000_000
_SMALL = frozenset(("IDR", "VND", "KRW", "IRR", "LBP", "LAK", "KHR", "MMK"))
"""Currencies of which a meal costs thousands."""
_LEAST_UNNAMED = 1_000_000
_MOST = 1e17
_ABROAD = frozenset(("dollar", "yuan", "home"))
"""Names that a story from no known country uses for America's, China's, its own."""
_CLAUSE_END = re.compile(r"[.;:!?।۔؛؟]\s")
_BEFORE_VERB = 16
"""How much of what follows "1円" is read for the verb: "で譲渡"."""
_NEAR = 4
"""How many characters may part a figure from the verb behind it: "30억 추가 투자"."""


class Price(NamedTuple):
    """An amount of money at a place of a folded text."""

    start: int
    end: int
    amount: Amount


class Figure(NamedTuple):
    """A number at a place of a folded text, whatever it counts."""

    start: int
    end: int
    value: float


class _Home(NamedTuple):
    """The countries whose "pesos" may be meant: the outlet's, and one that the story tells of."""

    outlet: str | None
    told: str | None


def has_money(text: str, start: int, end: int, grammar: Grammar) -> bool:
    """Return whether an amount may stand between two places.

    That takes a currency, or, where the language has a usual one, a scale ("per 325 milioni").
    """
    patterns = patterns_of(grammar)
    units = patterns.money.find_matches_as_indexes(text[start:end], overlapping=True)
    return any(patterns.unit.match(text, start + first, end) for _, first, _ in units)


def prices_in(
    text: str,
    start: int,
    end: int,
    grammar: Grammar,
    *,
    country: str | None = None,
    told: str | None = None,
) -> Iterator[Price]:
    """Yield the amounts of money between two places of a folded text; of a range its upper end.

    A currency that several countries have ("pesos", "$") is that of the outlet's `country`, an ISO
    code, else that of the one that the story has `told` of, else the language's or the usual one;
    where there is none, the amount is none.
    """
    if not has_money(text, start, end, grammar):
        return
    home = _Home(country, told)
    yield from _symbolic(text, start, end, grammar, home)
    held: Price | None = None
    for found in _matches(text, start, end, grammar):
        price = _price(found, grammar, home)
        if price is None:
            continue
        if held is not None and not _is_range(text, held, price, start, grammar):
            yield held
        held = price
    if held is not None:
        yield held


def figures_in(text: str, start: int, end: int, grammar: Grammar) -> Iterator[Figure]:
    """Yield the numbers between two places of a folded text with their scales, money or not."""
    for found in _matches(text, start, end, grammar):
        yield Figure(found.start(), found.end(), _value(found["body"], grammar))


def _symbolic(text: str, start: int, end: int, grammar: Grammar, home: _Home) -> Iterator[Price]:
    """Yield one of the currency for each "symbolic euro"."""
    span = text[start:end]
    for form in grammar.money.symbolic:
        if form in span:
            break
    else:
        return
    for found in patterns_of(grammar).symbolic.finditer(text, start, end):
        currency = _currency(found["behind"] or found["before"], grammar, home)
        if currency is not None:
            yield Price(found.start(), found.end(), Amount(currency=currency, value=1))


def _matches(text: str, start: int, end: int, grammar: Grammar) -> Iterator[re.Match[str]]:
    """Yield what the price pattern's `finditer` would, which tries every character.

    An amount begins with a digit, a currency or a number in words, and an automaton finds those.
    """
    patterns = patterns_of(grammar)
    begins = patterns.begin.find_matches_as_indexes(text[start:end], overlapping=True)
    done = start
    for at in sorted({start + first for _, first, _ in begins}):
        if at >= done and (found := patterns.price.match(text, at, end)):
            yield found
            done = found.end()


def _is_range(text: str, low: Price, high: Price, start: int, grammar: Grammar) -> bool:
    """Return whether two amounts are the ends of one: "between $2 billion and $3 billion"."""
    if low.amount.currency != high.amount.currency:
        return False
    if text[low.end : high.start].strip() not in grammar.money.range_and:
        return False
    before = text[max(start, low.start - 20) : low.start].rstrip()
    return before.endswith(grammar.money.range_between or ("\0",))


def _price(found: re.Match[str], grammar: Grammar, home: _Home) -> Price | None:
    written = found["before"] or found["again"] or found["after"]
    if written is None:
        return _unnamed(found, grammar, home)
    if found["after"] and _is_shared(written, grammar):
        written = found["after"]  # "$300 millones de pesos"
    currency = _currency(written, grammar, home)
    value = _value(found["body"], grammar) * _code_and_factor(written, grammar)[1]
    if currency is None or not 1 <= value < _MOST or _is_year(found):
        return None
    # What costs less is a fee, a share's price, a year; a symbolic "1 euro" is told in words as such.
    least = _LEAST_OF_SMALL if currency in _SMALL else _LEAST
    if value < least and not _is_token(found, value, grammar):
        return None
    return Price(found.start(), found.end(), amount_of(currency, value))


def _is_shared(written: str, grammar: Grammar) -> bool:
    """Return whether a currency is a sign or name that several countries have."""
    return not _code_and_factor(written, grammar)[0].isupper()


def _currency(written: str, grammar: Grammar, home: _Home) -> str | None:
    code, _ = _code_and_factor(written, grammar)
    return code if code.isupper() else _local(grammar.money.local_currencies, code, home)


def _code_and_factor(written: str, grammar: Grammar) -> tuple[str, float]:
    """Return what a currency is filed under, its code or a name that several have, and how many of it one word is."""
    code, _, factor = _meaning(written, grammar.money.currencies).partition(" ")
    return code, float(factor or "1")


def amount_of(currency: str, value: float) -> Amount:
    """Return so much of a currency, whole where it is, else to the hundredth."""
    plain = int(value) if value == int(value) else round(value, 2)
    return Amount(currency=currency, value=plain)


def _is_token(found: re.Match[str], value: float, grammar: Grammar) -> bool:
    """Return whether a small sum is a token payment: "a symbolic 100 euros", "for £1"."""
    before = found.string[max(found.start() - 30, 0) : found.start()].rstrip()
    if any(form in before for form in grammar.money.symbolic):
        return True
    if value != 1:
        return False
    if before.endswith(grammar.prices.before or ("\0",)):
        return True
    behind = found.string[found.end("body") : found.end("body") + _BEFORE_VERB]
    return any(form in behind for form in grammar.prices.behind)


def _unnamed(found: re.Match[str], grammar: Grammar, home: _Home) -> Price | None:
    """Return millions beside a word for a price and before a pause, as money of the usual kind.

    "per 325 milioni" are euros, "30억 투자" won; of what goes on ("milioni di clienti") nobody
    knows it.
    """
    usual = grammar.money.usual_currency
    if usual is None or _PLAIN.fullmatch(found["body"]):
        return None
    currency = usual if usual.isupper() else _local(grammar.money.local_currencies, usual, home)
    value = _value(found["body"], grammar)
    if currency is None or not _LEAST_UNNAMED <= value < _MOST or not _is_bare(found, grammar):
        return None
    return Price(found.start(), found.end(), amount_of(currency, value))


def _is_bare(found: re.Match[str], grammar: Grammar) -> bool:
    """Return whether a figure stands as a price does, and counts nothing that is named behind it."""
    text = found.string
    behind = text[found.end() : found.end() + 12].lstrip(" ")
    before = text[max(found.start() - 40, 0) : found.start()].rstrip()
    if grammar.order == "sov" and _is_before_its_verb(before, behind, grammar):
        return True
    if _is_paid(before, behind, grammar):
        return True
    before = patterns_of(grammar).range_start.sub("", before)
    about = next((form for form in grammar.prices.about if before.endswith(f" {form}")), "")
    before = before.removesuffix(about).rstrip()
    is_named = before.endswith(grammar.prices.before or ("\0",))
    goes_on = behind[:1].isalnum()
    if script_of(text[found.end() - 1]) in UNSPACED:
        # Nothing parts words here: a space is a pause, and a verb may follow at once.
        is_followed = behind.startswith(grammar.prices.behind or ("\0",))
        is_pause = not goes_on or text[found.end()] == " "
        return is_followed or (is_named and is_pause)
    if not is_named or not goes_on:
        return is_named
    if grammar.order == "sov":
        return False
    prices = (*grammar.prices.before, *grammar.prices.behind)
    goes_on_freely = (*(f"{form} " for form in prices), *patterns_of(grammar).then)
    return f"{behind} ".startswith(goes_on_freely)


def _is_before_its_verb(before: str, behind: str, grammar: Grammar) -> bool:
    """Return whether a verb of a deal stands behind a figure, or, where a headline ends with it, before."""
    if any(0 <= behind.find(form) <= _NEAR for form in grammar.prices.behind):
        return True
    if behind.strip(" .!?।").partition("\n")[0]:
        return False
    # "टाटा ने चुकाए 18,000 करोड़"
    return before.rpartition(" ")[2].startswith(grammar.prices.behind or ("\0",))


def _is_paid(before: str, behind: str, grammar: Grammar) -> bool:
    """Return whether the clause before a figure has a verb of paying, and the figure counts nothing."""
    if behind[:1].isalnum() and not behind.startswith(patterns_of(grammar).then):
        return False
    clause = _CLAUSE_END.split(before)[-1]
    return patterns_of(grammar).pays.search(clause) is not None


def _local(by_country: Mapping[str, Mapping[str, str]], name: str, home: _Home) -> str | None:
    """Return the currency that `name` ("peso") means at home, else what it usually means."""
    meanings = by_country.get(name, {})
    if home.outlet is None and name not in _ABROAD and (told := meanings.get(home.told or "")):
        return told
    return meanings.get(home.outlet or "", meanings.get("any"))


def _meaning(word: str, meanings: Mapping[str, T]) -> T:
    """Return what a word means that is a form, or begins with one that ends in an asterisk."""
    if word in meanings:
        return meanings[word]
    begins = (f"{word[:length]}*" for length in range(len(word), 0, -1))
    return meanings[next(form for form in begins if form in meanings)]


def _is_year(found: re.Match[str]) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", found["body"].strip()) is not None


def _value(body: str, grammar: Grammar) -> float:
    """Return the value of "1.5 billion", "1조 6000억", "2 lakh crore", "one billion and a half"."""
    # In decimals: as binary fractions 3.3 million and 111.3 trillion are not what was written.
    total = Decimal(0)
    current: Decimal | None = None
    scale = Decimal(1)
    is_counting = False
    for token in patterns_of(grammar).token.finditer(body):
        kind, written = token.lastgroup, token[0]
        if kind == "scale" and current is None and written in grammar.money.numbers:
            kind = "word"  # "hundred" before "million", and behind "two"
        if kind in {"number", "word"} or (kind == "sum" and not is_counting):
            total += current or 0
            scale = Decimal(1)
        if kind == "number":
            current = _exact(number_of(written, grammar.money.point))
        elif kind == "word":
            current = _exact(_meaning(written, grammar.money.numbers))
        elif kind == "half":
            current = (current or 0) + scale / 2
        else:
            factor = _exact(
                _meaning(written, grammar.money.sums if kind == "sum" else grammar.money.scales)
            )
            if 0 < total < factor and is_counting:  # ১ হাজার ৪৯০ কোটি: 1,490 of them
                current, total = (current or 0) + total, Decimal(0)
            scale *= factor
            current = (1 if current is None or not is_counting else current) * factor
        is_counting = kind != "sum" and (is_counting or kind in {"number", "word"})
    return float(total + (current or 0))


def _exact(number: float) -> Decimal:
    return Decimal(repr(number))


def number_of(number: str, point: str) -> float:
    """Return the value of a number; a mark before one, two or more than three digits is the point.

    Three noughts are no decimals in any country: "15,000 millones" in Mexico is fifteen thousand.
    """
    number = re.sub(r"[ '\u066c]", "", number).replace("\u066b", ".").replace("/", ".")
    marks = [mark for mark in number if mark in ".,"]
    if not marks:
        return float(number)
    last = max(number.rfind("."), number.rfind(","))
    decimals = len(number) - last - 1
    kinds = len(set(marks))
    is_grouping = decimals == 3 and (
        number[last] != point or len(marks) > 1 or number.endswith(_NOUGHTS)
    )
    if is_grouping and kinds == 1 and not number.startswith("0"):
        return float(number.replace(".", "").replace(",", ""))
    whole, fraction = number[:last], number[last + 1 :]
    return float(f"{whole.replace('.', '').replace(',', '')}.{fraction}")
