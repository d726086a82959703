"""Described: headlines whose only event says who a name is, "X, bought by Y in 2019, launches a car".

An aside beside another event is known by that event (`asides.py`). Alone it could be the news, "X, sold to Y, gets
a new chief": it is none only where it is dated, or a relative begins it, and the headline goes on behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.classifier.document import NOUNS, Document, Name, Segment
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.clauses.attributes import Aside, attributes
from services.classifier.syntax.clauses.beginnings import begins_with_relative, next_comma
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import begun_by_and
from services.classifier.syntax.past.dates import past_years
from services.common.contracts.reading import Stage

_PARTS = re.compile(r"[,;:،؛、，] ?|\s[-–—]\s")
_ENDING = 3
"""So many characters an ending or a quote has between a name and its comma."""
_GOES_ON = 5
"""What a headline says in so many characters behind an aside is more than a word."""
_OPENING = 14
"""So far from a title's beginning stand the years after which it tells something."""
_TO_ITS_NOUN, _TO_ITS_SUBJECT = 24, 5
"""So far behind those years stands what is over, and its subject where a clause tells it: "after X closed"."""
_YEAR = 4
_TO_ITS_DATE, _TO_ITS_VERB = 2, 12
"""So many words stand before the date with which a relative begins: "yang pada 2019"."""
_ENDED = frozenset({Stage.REVERSED, Stage.REJECTED})
_PAST = ("background", "ago")
"""Layers whose words date what a clause tells."""


def is_only_described(document: Document, grammar: Grammar, sentence: int, hit: Hit) -> bool:
    """Return whether a headline has a cue only to say who somebody is, and goes on about something else."""
    span = document.sentences[sentence]
    if span.segment is not Segment.TITLE:
        return False
    return _is_added(document, grammar, sentence, hit) or any(
        len(document.folded.text[end : span.end].strip(" ,،、，.")) >= _GOES_ON
        and not _goes_on_about_it(document, sentence, end)
        for end in _ends(document, grammar, sentence, hit)
    )


def _goes_on_about_it(document: Document, sentence: int, at: int) -> bool:
    """Return whether a headline has a cue behind there, if a vague one, or says how it ended.

    "X, banned in 2018, is back", "X, which is being bought by Y, says the deal closes in May".
    """
    return any(cue.start >= at for cue in document.words_in("cue", sentence)) or any(
        hit.meaning.name in _ENDED and hit.start >= at
        for hit in document.words_in("stage", sentence)
    )


def _is_added(document: Document, grammar: Grammar, sentence: int, hit: Hit) -> bool:
    """Return whether a headline ends with a dated aside about another: "Y sues X, which was banned in 2019"."""
    text, span = document.folded.text, document.sentences[sentence]
    comma = max(text.rfind(sign, span.start, hit.start) for sign in COMMAS)
    names = [n for n in document.names_in(sentence) if 0 <= comma - n.end <= _ENDING]
    if not names or next_comma(text, hit.end, span.end) >= 0:
        return False
    start = comma + 1 + (text[comma + 1 : comma + 2] == " ")
    return (
        (hit.meaning.frame == "passive" or begins_with_relative(text, start, grammar))
        and len(text[span.start : names[0].start].strip()) >= _GOES_ON
        and _is_dated(document, sentence, start, span.end)
        and not document.has_cue(sentence, span.start, names[0].start)
    )


def _ends(document: Document, grammar: Grammar, sentence: int, hit: Hit) -> Iterator[int]:
    """Yield where what only says who a name is ends, if a cue stands in such."""
    names = document.names_in(sentence)
    text = document.folded.text
    for name in names:
        if name.end > hit.start:
            break
        start = name.end + 1
        if text[name.end : start] == " " and begins_with_relative(text, start, grammar):
            yield from _of_a_relative(document, sentence, hit, start)
    yield from _between_commas(document, grammar, sentence, hit)
    yield from _of_years_ago(document, sentence, hit)
    for aside in attributes(document, grammar, sentence, names, [hit]):
        if (
            aside.whom is not None
            and hit.end <= aside.end
            and _is_of_before(document, sentence, aside, names)
        ):
            yield aside.whom.end


def _is_of_before(document: Document, sentence: int, aside: Aside, names: Sequence[Name]) -> bool:
    """Return whether what stands before the name that it describes is dated, or a subject goes before it.

    What begins a headline without a date may be its news: "X that India banned: millions offline".
    """
    span = document.sentences[sentence]
    return _is_dated(document, sentence, span.start, aside.end) or any(
        name.end <= aside.start for name in names
    )


def _between_commas(document: Document, grammar: Grammar, sentence: int, hit: Hit) -> Iterator[int]:
    """Yield the comma that closes the aside of a cue: "X, bought by Y in 2019, …"."""
    text, span = document.folded.text, document.sentences[sentence]
    comma = max(text.rfind(sign, span.start, hit.start) for sign in COMMAS)
    end = next_comma(text, hit.end, span.end)
    names = document.names_in(sentence)
    if comma < 0 or end < 0 or not any(0 <= comma - name.end <= _ENDING for name in names):
        return
    start = end - len(text[comma + 1 : end].lstrip())
    if any(name.start == start for name in names):
        return  # "X, Y merge in 2019, …"
    if begun_by_and(text[end + 1 : span.end].strip().partition(" ")[0], document.language):
        return
    # Where it stands before the name, commas hold something else: "Norvik, 2019'da satın aldığı X'i kapatıyor, …".
    is_dated = Trait.RELATIVES_FIRST not in grammar.traits and _is_dated(
        document, sentence, start, end
    )
    if is_dated or begins_with_relative(text, start, grammar):
        yield end + 1


def _of_a_relative(document: Document, sentence: int, hit: Hit, start: int) -> Iterator[int]:
    """Yield where a dated clause ends that a relative begins without a comma: "X yang dibeli Y pada 2019 …".

    What stands behind its date is the headline's own verb: "X yang berdiri sejak 1998 menutup toko".
    """
    text, span = document.folded.text, document.sentences[sentence]
    if not COMMAS.isdisjoint(text[start : hit.start]):
        return
    names = document.names_in(sentence)
    dates = [at for at in _dates(document, sentence) if start <= at < span.end]
    if dates and (hit.start < dates[-1] or _begins_with(text, start, dates[-1], hit, names)):
        inner: list[Name] = [name for name in document.names_in(sentence) if name.start > start]
        yield max(hit.end, dates[-1] + _YEAR, *(name.end for name in inner))


def _begins_with(text: str, start: int, date: int, hit: Hit, names: Sequence[Name]) -> bool:
    """Return whether a relative begins with its date and its verb is right behind: "yang pada 2019 dibeli Y"."""
    if len(text[start:date].split()) > _TO_ITS_DATE:
        return False
    inner = sum(name.end - name.start for name in names if date <= name.start < hit.start)
    return hit.start - date - inner <= _TO_ITS_VERB


def _of_years_ago(document: Document, sentence: int, hit: Hit) -> Iterator[int]:
    """Yield where a title goes on that begins with what was years ago: "Ten years after X closed, the town …"."""
    text, span = document.folded.text, document.sentences[sentence]
    for years in document.words_in("years_after", sentence):
        between = text[years.end : hit.start]
        if (
            years.start - span.start > _OPENING
            or years.end > hit.start
            or _PARTS.search(between)
            or hit.meaning.stage == "reversed"
        ):
            continue
        part = _PARTS.search(text, hit.end, span.end)
        end = hit.end if part is None else part.end()
        names = [n for n in document.names_in(sentence) if years.end <= n.start < hit.start]
        if names:
            if part is not None and names[0].start - years.end <= _TO_ITS_SUBJECT:
                yield end
        elif hit.meaning.frame in NOUNS and len(between) <= _TO_ITS_NOUN:
            yield end


def _is_dated(document: Document, sentence: int, start: int, end: int) -> bool:
    return any(start <= at < end for at in _dates(document, sentence))


def _dates(document: Document, sentence: int) -> list[int]:
    """Return where a sentence says that something was before: a year that is over, "last year"."""
    words = {hit.start for layer in _PAST for hit in document.words_in(layer, sentence)}
    words -= {hit.start for hit in document.words_in("since", sentence)}  # "since Monday"
    return sorted({*past_years(document, sentence), *words})
