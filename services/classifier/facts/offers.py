"""Offers: the sums of a sentence that may be what a deal costs, as no word beside them denies it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from services.classifier.document import Document, remembered
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.money import Price, prices_in
from services.classifier.lexicon.money_patterns import patterns_of
from services.classifier.lexicon.price_phrases import is_difference, is_worth_of_bid, names_price
from services.classifier.lexicon.scripts import is_word_start
from services.classifier.spans import Sentence

_BEFORE = 40
_BEHIND = 22
"""How far from an amount the words stand that say what it is."""
_FAR = 70
"""So far before an amount such a word still makes it doubtful: "whose revenue in the year before was"."""
_PAUSE = re.compile(r"[,;:()،؛、。]|\s-\s")
_INSERTION = re.compile(r"[,،]\s[^,،;:.()\d]{3,45}[,،](?=\s[^,،]{0,25}\Z)")
"""Between two commas right before an amount: "revenue, the company said, was 300 million"."""
_THEN = re.compile(r"[,،、]\s?(?:\w{1,3}\s)?")
"""A pause, and an article."""
_RIGHT_BEFORE = 12
"""So near before a sum a word for a price ends that what stands behind it cannot take back: "for a total of"."""
_FRONT = 4
"""How many sentences are read for the country whose "rupees" are meant."""
CONVERTED = re.compile(r"\s?\(\D{0,12}")
"""Between a sum and the same in another currency: "A$352 million ($385 million)"."""
_IN_BRACKETS = re.compile(r"\s?\([^()]{0,40}\)")


class Offer(NamedTuple):
    """An amount that may be the price; `is_said` where a word beside it says so ("for", "deal worth")."""

    price: Price
    is_said: bool
    is_doubted: bool
    """Whether a word further before it says that it is something else, as "revenue" does."""


@remembered
def offers_in(document: Document, sentence: int) -> tuple[Offer, ...]:
    """Return the amounts of a sentence that are not said to be a profit, a debt, a fine."""
    return tuple(_found_in(document, document.sentences[sentence]))


def _found_in(document: Document, span: Sentence) -> Iterator[Offer]:
    grammar = document.grammar
    text, end = document.folded.text, -1
    told = _told(document) if document.country is None else None
    for found in prices_in(
        text, span.start, span.end, grammar, country=document.country, told=told
    ):
        is_converted = end >= 0 and CONVERTED.fullmatch(text, end, found.start)
        end = found.end
        if is_converted:
            continue
        is_said = _is_said(
            text,
            found,
            span,
            grammar,
            tells_a_deal=_tells_a_deal(document, span, found),
        )
        if is_said is not None:
            is_doubted = not is_said and _is_said_of_another(text, found, span, grammar)
            yield Offer(found, is_said, is_doubted)


@remembered
def _told(document: Document) -> str | None:
    """Return the country that title or lead tell of first, of those whose money has a shared name."""
    known = _with_shared_names(document.grammar)
    for i, hits in document.words.get("country", {}).items():
        for hit in hits if i < _FRONT else ():
            if hit.meaning.name in known:
                return hit.meaning.name
    return None


@lru_cache(maxsize=64)
def _with_shared_names(grammar: Grammar) -> frozenset[str]:
    return frozenset(
        country for by_country in grammar.money.local_currencies.values() for country in by_country
    )


def _tells_a_deal(document: Document, sentence: Sentence, found: Price) -> bool:
    """Return whether a sentence tells a deal before an amount: "takes over X, 300 million, debt included"."""
    at = document.sentence_at(sentence.start)
    return any(
        "acquisition" in cue.meaning.types and cue.start < found.start
        for cue in document.words_in("cue", at)
    )


def _is_said(
    text: str, found: Price, sentence: Sentence, grammar: Grammar, *, tells_a_deal: bool
) -> bool | None:
    """Return whether words beside an amount say that it is a price; None where they deny it.

    So they do around an insertion: "revenue, the company says, was". What an offer is worth is its price, whatever a
    word for worth says elsewhere.
    """
    before = _INSERTION.sub("", text[sentence.start : found.start])[-_BEFORE:]
    aside = _IN_BRACKETS.match(text, found.end)
    end = aside.end() if aside else found.end
    behind = text[end : min(end + _BEHIND, max(sentence.end, end))]
    if any(behind.lstrip(" -").startswith(form) for form in grammar.prices.per_share):
        return None
    if is_difference(text, found.end, grammar) and not _is_of_a_price(before, grammar):
        return None
    is_price = _is_price(before, behind, grammar)
    if (
        is_price is False
        and not tells_a_deal
        and _goes_on_with_another(behind, grammar)
        and not names_price(text, sentence.start, found.start, grammar)
    ):
        return None
    if is_price is None and is_worth_of_bid(text, sentence.start, found, sentence.end, grammar):
        return True
    return is_price


def _is_of_a_price(before: str, grammar: Grammar) -> bool:
    """Return whether a word right before an amount makes it a price, but none of paying, which goes on with "less"."""
    end, length = _last(before, grammar.prices.before)
    return end >= max(len(before) - _RIGHT_BEFORE, 0) and not patterns_of(grammar).pays.search(
        before, max(end - length, 0)
    )


def _is_said_of_another(text: str, found: Price, sentence: Sentence, grammar: Grammar) -> bool:
    """Return whether words further before an amount call it something else, with no pause between.

    "Whose revenue in the last year reached 48 billion" is no price where another sum may be one.
    """
    before = text[max(found.start - _FAR, sentence.start) : found.start]
    told = _PAUSE.split(before)[-1]
    return _last(told, _others(grammar))[0] >= 0


def _is_price(before: str, behind: str, grammar: Grammar) -> bool | None:
    """Return whether the words before and behind an amount make it a price; None where they deny it.

    Before it the nearer word decides: "revenue of", "in a deal worth"; the longer one where both end
    alike. Behind it a price is "the $3bn deal" and none "$3bn in revenue".
    """
    price_end, price_length = _last(before, grammar.prices.before)
    # "$5 a share, or $18.7bn": what one share costs says nothing of what stands behind it.
    other_end, other_length = _last(before, _others(grammar))
    is_price = (price_end, price_length) > (other_end, other_length)
    if other_end >= 0 and not is_price:
        return None
    price_at = _first(behind, grammar.prices.behind)
    # "560 million, plus debt": behind a pause another matter begins.
    other_at = _first(_PAUSE.split(behind, maxsplit=1)[0], grammar.prices.not_prices)
    if is_price and price_end >= len(before) - _RIGHT_BEFORE and not other_at <= 1 < price_at:
        return True
    if other_at < price_at:
        return None
    return price_at < _BEHIND or is_price


def _goes_on_with_another(behind: str, grammar: Grammar) -> bool:
    """Return whether a pause and what an amount is follow it: "made 300 million, profits rose"."""
    pause = _THEN.match(behind)
    return pause is not None and behind.startswith(grammar.prices.not_prices, pause.end())


@lru_cache(maxsize=64)
def _others(grammar: Grammar) -> tuple[str, ...]:
    return tuple(form for form in grammar.prices.not_prices if form not in grammar.prices.per_share)


def _last(text: str, forms: tuple[str, ...]) -> tuple[int, int]:
    """Return where the form ends that ends last in `text`, and its length; -1 without one."""
    return max(
        (
            (text.rfind(form) + len(form), len(form))
            for form in filter(text.__contains__, forms)
            if not form[0].isascii() or is_word_start(text, text.rfind(form))
        ),
        default=(-1, 0),
    )


def _first(text: str, forms: tuple[str, ...]) -> int:
    """Return where the first form begins in what stands behind an amount; without one, behind it all."""
    return min(map(text.find, filter(text.__contains__, forms)), default=_BEHIND)
