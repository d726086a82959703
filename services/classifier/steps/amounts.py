"""Amounts: what is paid or bid in a deal, as currency and number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from services.classifier.document import Candidate, Document, Segment, Sentence
from services.classifier.lexicon.load import Grammar
from services.classifier.lexicon.money import Price, has_currency, prices_in

_BEFORE = 34
_BEHIND = 22
"""How far from an amount the words stand that say what it is."""
_FURTHER = 5
"""How many sentences behind the lead the price may be told of a story's one deal, where a word says so."""
_CONVERTED = re.compile(r"\s?\(\D{0,12}")
_IN_BRACKETS = re.compile(r"\s?\([^()]{0,40}\)")


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


class _Offer(NamedTuple):
    """An amount that may be the price; `is_said` where a word beside it says so ("for", "deal worth")."""

    price: Price
    is_said: bool


def _priced(document: Document, candidate: Candidate, grammar: Grammar) -> Candidate:
    for sentences, only_said in _where(document, candidate):
        for sentence in sentences:
            offers = [
                offer
                for offer in _offers(document, sentence, grammar)
                if offer.is_said or not only_said
            ]
            if offers:
                chosen = _likeliest(document, candidate, sentence, offers).price
                return candidate.but(amount=chosen.amount, amount_place=(chosen.start, chosen.end))
    return candidate


def _where(document: Document, candidate: Candidate) -> Iterator[tuple[list[int], bool]]:
    """Yield the sentences to look at, the likeliest first, and whether a word must say it is a price.

    Those with triggers come first, then title and lead, then the next ones.
    """
    own = list(dict.fromkeys(trigger.sentence for trigger in candidate.triggers))
    yield own, False
    last = len(document.sentences)
    front = [i for i in range(min(6, last)) if document.sentences[i].segment <= Segment.LEAD]
    if own[0] not in front:
        return
    yield front, False
    behind = max(i for i in own if i in front)
    yield [i for i in (behind + 1, behind + 2) if i < last], False
    deals = [other for other in document.candidates if other.event_type == candidate.event_type]
    if [other for other in deals if other.focus == candidate.focus] == [candidate]:
        later = range(front[-1] + 1, min(max(front[-1] + _FURTHER, own[-1] + 2) + 1, last))
        yield [i for i in later if not document.words_in("background", i)], True


def _offers(document: Document, sentence: int, grammar: Grammar) -> tuple[_Offer, ...]:
    """Return the amounts of a sentence that are not said to be a profit, a debt, a fine."""
    span = document.sentences[sentence]
    place = ("offers", span.start, span.end)
    if place not in document.seen:
        document.seen[place] = tuple(_offers_in(document, span, grammar))
    return document.seen[place]  # type: ignore[return-value]  # as put there above


def _offers_in(document: Document, span: Sentence, grammar: Grammar) -> Iterator[_Offer]:
    text = document.folded.text
    if not has_currency(text, span.start, span.end, grammar):
        return
    end = -1
    for found in prices_in(text, span.start, span.end, grammar, country=document.country):
        # "A$352 million ($385 million)": the same in another currency.
        is_converted = end >= 0 and _CONVERTED.fullmatch(text, end, found.start)
        end = found.end
        if is_converted:
            continue
        is_said = _is_said(text, found, span.start, grammar)
        if is_said is not None:
            yield _Offer(found, is_said)


def _is_said(text: str, found: Price, start: int, grammar: Grammar) -> bool | None:
    """Return whether words beside an amount say that it is a price; None where they deny it.

    Before it the nearer word decides: "revenue of", "in a deal worth"; the longer one where both end
    alike. Behind it a price is "the $3bn deal" and none "$3bn in revenue".
    """
    before = text[max(found.start - _BEFORE, start) : found.start]
    aside = _IN_BRACKETS.match(text, found.end)
    end = aside.end() if aside else found.end
    behind = text[end : end + _BEHIND]
    if any(behind.lstrip(" -").startswith(form) for form in grammar.per_share):
        return None
    price_end, price_length = _last(before, grammar.price_before)
    other_end, other_length = _last(before, grammar.not_prices)
    is_price = (price_end, price_length) > (other_end, other_length)
    if other_end >= 0 and not is_price:
        return None
    if is_price and price_end >= len(before) - 12:
        return True
    price_at = _first(behind, grammar.price_behind)
    other_at = _first(behind, grammar.not_prices)
    if other_at < price_at:
        return None
    return price_at < len(behind) or is_price


def _last(text: str, forms: tuple[str, ...]) -> tuple[int, int]:
    """Return where the form ends that ends last in `text`, and its length; -1 without one."""
    return max(
        ((at + len(form), len(form)) for form in forms if (at := text.rfind(form)) >= 0),
        default=(-1, 0),
    )


def _first(text: str, forms: tuple[str, ...]) -> int:
    """Return where the first form begins, the length of `text` without one."""
    return min((at for form in forms if (at := text.find(form)) >= 0), default=len(text))


def _likeliest(
    document: Document, candidate: Candidate, sentence: int, offers: list[_Offer]
) -> _Offer:
    """Return the offer that is said to be a price, else one in a trigger's clause, else the first."""
    clauses = [
        document.clause_of(sentence, trigger.start)
        for trigger in candidate.triggers
        if trigger.sentence == sentence
    ]

    def rank(offer: _Offer) -> tuple[bool, bool, int]:
        is_beside = any(start <= offer.price.start < end for start, end in clauses)
        return (not offer.is_said, not is_beside, offer.price.start)

    return min(offers, key=rank)
