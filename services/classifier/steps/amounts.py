"""Amounts: what is paid or bid in a deal, as currency and number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from services.classifier.candidate import Candidate
from services.classifier.document import Document
from services.classifier.facts.offers import CONVERTED, Offer, offers_in
from services.classifier.lexicon.money import Price, prices_in
from services.classifier.lexicon.price_phrases import is_untold, names_price, risen
from services.classifier.spans import Segment
from services.classifier.syntax.past.dates import COUNTED, YEAR_DIGITS
from services.common.contracts.reading import Amount, Stage

_BEFORE = 40
"""How far before an amount the words stand that name it as a price."""
_FURTHER = 12
"""How many sentences behind the lead the price may be told of a story's one deal, where a word says so."""
_OPEN = frozenset({Stage.RUMOURED, Stage.PROPOSED})
_ROUNDED = 0.05
"""How far a headline's figure may be from the one of the text that it rounds."""
_BARE_YEAR = re.compile(
    r"(?P<day>(?<!\d)\d{1,2}[.)]?\s(?:de\s)?\w+,?\s(?:de\s)?|\w\s\d{1,2},\s)?"
    r"(?<![\d.,/-])(?P<year>(?:19|20)\d\d)(?![\d.,/-]?\d)(?!\s\w+\s\d{1,2}\b|年\d+月\d|년\s?\d+월\s?\d)"
)
"""A year that is not the end of a day's date."""


def price(document: Document) -> Document:
    """Return the document with the amount of every deal whose sentences or neighbours tell one."""
    return document.but(
        candidates=tuple(
            _priced(document, candidate) if candidate.event_type == "acquisition" else candidate
            for candidate in document.candidates
        ),
    )


def _priced(document: Document, candidate: Candidate) -> Candidate:
    telling = [
        (sentence, only_said)
        for sentences, only_said in _where(document, candidate)
        for sentence in sentences
        if offers_in(document, sentence)
    ]
    if not telling:
        return candidate
    untold = _untold(document, candidate)
    first = min(trigger.sentence for trigger in candidate.triggers)
    doubted: tuple[int, list[Offer]] | None = None
    for sentence, only_said in telling:
        is_strict = only_said or doubted is not None
        offers = [
            offer
            for offer in offers_in(document, sentence)
            if (not is_strict or offer.is_said or _is_named(document, offer))
            and (sentence <= first or not _is_old(document, sentence, offer))
            and (sentence <= first or not _is_of_others(document, candidate, sentence, offer))
            and (untold is None or _is_told_all_the_same(document, offer, untold))
            and not _is_of_another_clause(document, candidate, sentence, offer)
        ]
        sure = [offer for offer in offers if not offer.is_doubted]
        if sure:
            is_told = any(offer.is_said for offer in sure)
            return _with(document, candidate, sentence, sure if is_told else offers)
        if offers and doubted is None:
            doubted = sentence, offers
    return candidate if doubted is None else _with(document, candidate, *doubted)


def _with(
    document: Document, candidate: Candidate, sentence: int, offers: list[Offer]
) -> Candidate:
    """Return the candidate with the likeliest of some amounts, in full, or what it may rise to."""
    span = document.sentences[sentence]
    chosen = _likeliest(document, candidate, sentence, offers).price
    if span.segment == Segment.TITLE:
        chosen = _exact(document, chosen)
    chosen = risen(document.folded.text, chosen, span.end, document.grammar)
    return candidate.but(amount=chosen.amount, amount_place=(chosen.start, chosen.end))


def _is_of_another_clause(
    document: Document, candidate: Candidate, sentence: int, offer: Offer
) -> bool:
    """Return whether an amount stands where a sentence tells its own: "X buys a stake for 9m, and Y one in Z for 4m"."""
    own = [trigger for trigger in candidate.triggers if trigger.sentence == sentence]
    start, end = document.own_part_of(sentence, offer.price.start)
    there = [
        trigger
        for trigger in document.triggers_in(sentence)
        if start <= trigger.start < end and trigger.event_type == candidate.event_type
    ]
    return bool(own and there) and not any(trigger in own for trigger in there)


def _untold(document: Document, candidate: Candidate) -> int | None:
    """Return the first sentence up to two behind title and lead that says no price is disclosed."""
    last = max(
        (i for i, span in enumerate(document.sentences) if span.segment <= Segment.LEAD), default=0
    )
    own = candidate.sentences
    near: list[int] = sorted({*range(last + 3), *(i + 1 for i in own)})
    text = document.folded.text
    for i in near:
        if i < len(document.sentences):
            span = document.sentences[i]
            if is_untold(text, span.start, span.end, document.grammar):
                return i
    return None


def _is_told_all_the_same(document: Document, offer: Offer, untold: int) -> bool:
    """Return whether an amount counts in a story whose `untold` sentence says no price is disclosed.

    It does where it was told before as a price, or is named as one: "a source put the price at".
    """
    if offer.price.end <= document.sentences[untold].start:
        return offer.is_said
    return _is_named(document, offer)


def _is_named(document: Document, offer: Offer) -> bool:
    """Return whether words before an amount name it as a price, or as what one is guessed to be."""
    at = offer.price.start
    start = max(at - _BEFORE, document.sentences[document.sentence_at(at)].start)
    return names_price(document.folded.text, start, at, document.grammar)


def _where(document: Document, candidate: Candidate) -> Iterator[tuple[list[int], bool]]:
    """Yield the sentences to look at, the likeliest first, and whether a word must say it is a price.

    Those with triggers in title and lead come first, then all of title and lead, then the next
    ones; last what the body tells of the story's one deal. A deal of the past has its own price.
    """
    own = list(dict.fromkeys(trigger.sentence for trigger in candidate.triggers))
    last = len(document.sentences)
    front = [i for i in range(min(6, last)) if document.in_front(i)]
    if own[0] not in front:
        yield own, False
        return
    yield [i for i in own if i in front], False
    yield front, False
    deals = [other for other in document.candidates if other.event_type == candidate.event_type]
    taken = {
        trigger.sentence for other in deals if other is not candidate for trigger in other.triggers
    }
    behind = max(i for i in own if i in front)
    next_ones = [i for i in (behind + 1, behind + 2) if i < last]
    if candidate.stage != "rejected":  # A denial tells then what was talked of.
        next_ones = [i for i in next_ones if i not in taken and not _is_other(document, i)]
    yield next_ones, False
    yield [i for i in own if i not in front and not _is_past(document, i)], False
    if [other for other in deals if other.focus == candidate.focus] == [candidate]:
        later: Iterable[int] = range(
            front[-1] + 1, min(max(front[-1] + _FURTHER, own[-1] + 2) + 1, last)
        )
        later = (i for i in later if i not in taken and not _is_past(document, i))
        yield [i for i in later if not _has_others(document, candidate, i)], True


def _has_others(document: Document, candidate: Candidate, sentence: int) -> bool:
    """Return whether the first company of a sentence is not of the deal: a rival's bid."""
    named = document.names_in(sentence)
    return bool(named) and named[0].company not in candidate.roles


def _is_of_others(document: Document, candidate: Candidate, sentence: int, offer: Offer) -> bool:
    """Return whether a clause tells of nobody that a deal still open is about, nor of it: what others paid."""
    if candidate.stage not in _OPEN:
        return False
    start, end = document.clause_of(sentence, offer.price.start)
    if any(start <= trigger.start < end for trigger in candidate.triggers):
        return False
    named = document.names_between(sentence, start, end)
    return bool(named) and not any(name.company in candidate.roles for name in named)


def _is_other(document: Document, sentence: int) -> bool:
    """Return whether a sentence tells of a deal of earlier: not only "the price agreed in 2020"."""
    return bool(document.words_in("background", sentence)) or _is_old_deal(document, sentence)


def _is_old_deal(document: Document, sentence: int) -> bool:
    cues = document.words_in("cue", sentence)
    is_deal = any("acquisition" in cue.meaning.types for cue in cues)
    return is_deal and _is_of_past_year(document, sentence)


def _is_old(document: Document, sentence: int, offer: Offer) -> bool:
    """Return whether an amount of a sentence about a deal of earlier is that deal's.

    It is not where it stands in a clause before the one that tells of it: "the bid is 80 million;
    the owners had paid 100 in 2021".
    """
    if not _is_old_deal(document, sentence):
        return False
    at = next(_bare_years(document, sentence))[0]
    return offer.price.start >= document.clause_of(sentence, at)[0]


def _is_past(document: Document, sentence: int) -> bool:
    """Return whether a sentence tells of earlier: a word says so, or a year before the story's."""
    return bool(document.words_in("background", sentence)) or _is_of_past_year(document, sentence)


def _is_of_past_year(document: Document, sentence: int) -> bool:
    years = [year for _, year in _bare_years(document, sentence)]
    return bool(years) and (document.published is None or max(years) < document.published.year)


def _bare_years(document: Document, sentence: int) -> Iterator[tuple[int, int]]:
    """Yield places and years that a sentence tells alone; not the 2000 of "2000億円"."""
    span = document.sentences[sentence]
    if YEAR_DIGITS.search(document.folded.text, span.start, span.end) is None:
        return
    for found in _BARE_YEAR.finditer(document.folded.text, span.start, span.end):
        if found["day"] is None and not COUNTED.match(document.folded.text, found.end()):
            yield found.start(), int(found["year"])


def _exact(document: Document, price: Price) -> Price:
    """Return the figure that title or lead tell in full where the title rounds it: 18.7 for 19.

    Where they tell it as what another sum is at home, "9億ドル（約1424億円）", that one is paid.
    """
    wanted = price.amount
    for sentence in range(1, min(6, len(document.sentences))):
        if not offers_in(document, sentence):
            continue
        paid = _converted(document, sentence, wanted)
        if paid is not None:
            return paid
        for offer in offers_in(document, sentence):
            told = offer.price.amount
            if _is_rounded(told, wanted) and _digits(told.value) > _digits(wanted.value):
                return offer.price
    return price


def _converted(document: Document, sentence: int, wanted: Amount) -> Price | None:
    """Return the sum of a sentence behind which `wanted`, or what it rounds, stands in brackets."""
    span, text = document.sentences[sentence], document.folded.text
    told = prices_in(text, span.start, span.end, document.grammar, country=document.country)
    for paid, other in pairwise(told):
        if _is_rounded(other.amount, wanted) and CONVERTED.fullmatch(text, paid.end, other.start):
            return paid
    return None


def _is_rounded(told: Amount, rounded: Amount) -> bool:
    """Return whether an amount is one of which a headline may tell the other."""
    is_near = abs(told.value - rounded.value) <= _ROUNDED * rounded.value
    return told.currency == rounded.currency and is_near


def _digits(value: float) -> int:
    return len(f"{value:.0f}".rstrip("0"))


def _likeliest(
    document: Document, candidate: Candidate, sentence: int, offers: list[Offer]
) -> Offer:
    """Return the offer that is said to be a price, else one in a trigger's clause, else the first."""
    clauses = [
        document.clause_of(sentence, trigger.start)
        for trigger in candidate.triggers
        if trigger.sentence == sentence
    ]

    def rank(offer: Offer) -> tuple[bool, bool, int]:
        is_beside = any(start <= offer.price.start < end for start, end in clauses)
        return (not offer.is_said, not is_beside, offer.price.start)

    return min(offers, key=rank)
