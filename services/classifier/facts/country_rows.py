"""Country rows: countries that one sentence names together: "in Egypt, Ukraine and Uruguay"."""

from __future__ import annotations

import re
from itertools import pairwise

from services.classifier.document import Document
from services.classifier.facts.named_countries import Countries, are_joined
from services.classifier.facts.origins import ends_with_any, is_home
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import begun_by_and, has_and

_GOES_ON = re.compile(r"\s?[,、،・·]\s?(?:[^\W\d_]{1,4}[\s'’])*")
"""What may stand between two of a row, as ", en la "."""
_LITTLE = 18
"""So much may stand between two of a row, with an article or a word of place: ", en Arabie", ", Europe and the "."""


def with_rows(document: Document, some: Countries, every: Countries) -> Countries:
    """Return some countries with those of `every` that stand in one row with them."""
    kept = dict(some)
    places = sorted(every.items(), key=lambda told: told[1])
    for row in (places, places[::-1]):
        for (one, at), (other, then) in pairwise(row):
            if one in kept and other not in kept:
                first, second = sorted((at, then))
                if _go_on(document, first[1], second[0]):
                    kept[other] = then
    return {country: place for country, place in every.items() if country in kept} | kept


def _go_on(document: Document, end: int, start: int) -> bool:
    """Return whether a row goes on from one country to the next, with little between them."""
    if document.sentence_at(end - 1) != document.sentence_at(start) or not (
        0 < start - end <= _LITTLE
    ):
        return False
    if are_joined(document, end, start):
        return True
    gap = document.folded.text[document.word_end(end) : start]
    return (
        _GOES_ON.fullmatch(gap) is not None
        or bool(begun_by_and(gap, document.language))
        or (gap[:1] in COMMAS and has_and(gap, document.language))
    )


def in_a_row_with(document: Document, sentence: int, some: Countries) -> Countries:
    """Return some countries of a sentence with those that stand in one row with them."""
    every = {
        hit.meaning.name: (hit.start, hit.end)
        for hit in document.countries_in(sentence)
        if not is_home(document, hit)
    }
    return with_rows(document, some, every | some)


def and_so_has(document: Document, sentence: int, some: Countries) -> Countries:
    """Return some countries of a sentence with those of which it tells the same: "and so has Nepal"."""
    text = document.folded.text
    so_is = folded_particles("so_is", document.language) or ("\0",)
    likewise = {
        hit.meaning.name: (hit.start, hit.end)
        for hit in document.countries_in(sentence)
        if hit.meaning.frame != "demonyms"
        and ends_with_any(text[max(hit.start - 16, 0) : hit.start].rstrip(), so_is)
    }
    return some | likewise
