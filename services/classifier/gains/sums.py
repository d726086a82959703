"""Sums: whether money says that a verb tells a deal: "X s'offre le nom pour 1,8 million"."""

from __future__ import annotations

from functools import cache

from services.classifier.gains.weights import VAGUE
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.money import prices_in
from services.classifier.syntax.telling import Telling

_PRICE_REACH = 80
_MILLION = 1_000_000
_SUM_REACH = 40


def puts_money_into_a_name(telling: Telling) -> bool:
    """Return whether a sum for a tracked name stands before its verb: "X में 300 करोड़ का निवेश".

    In verb-last languages; what says that it is for X is glued to the name or stands behind it.
    """
    grammar, hit = telling.grammar, telling.hit
    if grammar.order != "sov" or "acquisition" not in hit.meaning.types:
        return False
    text = telling.text
    gaps = [
        text[name.end : hit.start].lstrip()
        for name in telling.names
        if 0 < hit.start - name.end <= _SUM_REACH
    ]
    return any(
        gap.startswith(into) and text.startswith(verb, hit.start)
        for gap in gaps
        if any(map(gap.__contains__, grammar.money.scales))
        for into, verb in _into(grammar)
    )


@cache
def _into(grammar: Grammar) -> tuple[tuple[str, str], ...]:
    """Return how a name goes on of which a noun says that money is put into it, and how that noun begins."""
    markers = (*grammar.after.get("target", ()), *grammar.after.get("acquisition.target", ()))
    pairs = (marker.removeprefix("+").split() for marker in markers)
    return tuple((f"{pair[0]} ", pair[1]) for pair in pairs if len(pair) == 2)


def has_a_price(telling: Telling) -> bool:
    """Return whether a tracked company buys for millions: "X s'offre le nom pour 1,8 million".

    Not in verb-last languages, and only where a word says that it is a price.
    """
    document, grammar, hit = telling.document, telling.grammar, telling.hit
    if grammar.order == "sov" or hit.meaning.frame != "active" or hit.meaning.weight < VAGUE:
        return False
    start, end = telling.clause
    if not any(start <= name.start and name.end <= hit.start for name in telling.names):
        return False
    end = min(end, hit.end + _PRICE_REACH)
    return any(
        found.amount.value >= _MILLION
        and telling.text[hit.end : found.start].rstrip().endswith(grammar.prices.before)
        for found in prices_in(telling.text, hit.end, end, grammar, country=document.country)
    )
