"""Described: headlines whose only event says who a name is, "X, bought by Y in 2019, launches a car".

An aside beside another event is known by that event (`asides.py`). Alone it could be the news, "X, sold to Y, gets
a new chief": it is none only where it is dated, or a relative begins it, and the headline goes on behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.classifier.lexicon.grammar import Trait
from services.classifier.spans import NOUNS, Segment
from services.classifier.syntax.clauses.attributes import Aside, attributes
from services.classifier.syntax.clauses.beginnings import begins_with_relative, next_comma
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import begun_by_and
from services.classifier.syntax.past.dates import past_years
from services.classifier.syntax.telling import Telling
from services.common.contracts.reading import Stage

_PARTS = re.compile(r"[,;:،؛、] ?|\s-\s")
_ENDING = 3
"""So many characters an ending or a quote has between a name and its comma."""
_GOES_ON = 5
"""What a headline says in so many characters behind an aside is more than a word."""
_OPENING = 14
"""So far from a title's beginning stand the years after which it tells something."""
_TO_ITS_NOUN, _TO_ITS_SUBJECT = 24, 5
"""So far behind those years stands what is over, and its subject where a clause tells it: "after X closed"."""
_YEAR = 4
_TO_ITS_DATE, _TO_ITS_VERB = {"svo": 2, "sov": 3}, 12
"""So many words stand before the date with which a relative begins: "yang pada 2019", "که در سال 2019"."""
_ENDED = frozenset({Stage.REVERSED, Stage.REJECTED})
_PAST = ("background", "ago")
"""Layers whose words date what a clause tells."""


def is_only_described(telling: Telling) -> bool:
    """Return whether a headline has a cue only to say who somebody is, and goes on about something else."""
    span = telling.span
    if span.segment is not Segment.TITLE:
        return False
    return _is_added(telling) or any(
        len(telling.text[end : span.end].strip(" ,،、.")) >= _GOES_ON
        and not _goes_on_about_it(telling, end)
        for end in _ends(telling)
    )


def _goes_on_about_it(telling: Telling, at: int) -> bool:
    """Return whether a headline has a cue behind there, if a vague one, or says how it ended.

    "X, banned in 2018, is back", "X, which is being bought by Y, says the deal closes in May".
    """
    return any(cue.start >= at for cue in telling.words("cue")) or any(
        hit.meaning.name in _ENDED and hit.start >= at for hit in telling.words("stage")
    )


def _is_added(telling: Telling) -> bool:
    """Return whether a headline ends with a dated aside about another: "Y sues X, which was banned in 2019"."""
    hit = telling.hit
    text, span = telling.text, telling.span
    comma = max(text.rfind(sign, span.start, hit.start) for sign in COMMAS)
    names = [n for n in telling.names if 0 <= comma - n.end <= _ENDING]
    if not names or next_comma(text, hit.end, span.end) >= 0:
        return False
    start = comma + 1 + (text[comma + 1 : comma + 2] == " ")
    return (
        (hit.meaning.frame == "passive" or begins_with_relative(text, start, telling.grammar))
        and len(text[span.start : names[0].start].strip()) >= _GOES_ON
        and _is_dated(telling, start, span.end)
        and not telling.has_cue(span.start, names[0].start)
    )


def _ends(telling: Telling) -> Iterator[int]:
    """Yield where what only says who a name is ends, if a cue stands in such."""
    hit = telling.hit
    names = telling.names
    text = telling.text
    for name in names:
        if name.end > hit.start:
            break
        start = name.end + 1
        if text[name.end : start] == " " and begins_with_relative(text, start, telling.grammar):
            yield from _of_a_relative(telling, start)
    yield from _between_commas(telling)
    yield from _of_years_ago(telling)
    for aside in attributes(telling.document, telling.sentence, names, [hit]):
        if aside.whom is not None and hit.end <= aside.end and _is_of_before(telling, aside):
            yield aside.whom.end


def _is_of_before(telling: Telling, aside: Aside) -> bool:
    """Return whether what stands before the name that it describes is dated, or a subject goes before it.

    What begins a headline without a date may be its news: "X that India banned: millions offline".
    """
    return _is_dated(telling, telling.span.start, aside.end) or any(
        name.end <= aside.start for name in telling.names
    )


def _between_commas(telling: Telling) -> Iterator[int]:
    """Yield the comma that closes the aside of a cue: "X, bought by Y in 2019, …"."""
    text, span = telling.text, telling.span
    comma = max(text.rfind(sign, span.start, telling.hit.start) for sign in COMMAS)
    end = next_comma(text, telling.hit.end, span.end)
    names = telling.names
    if comma < 0 or end < 0 or not any(0 <= comma - name.end <= _ENDING for name in names):
        return
    start = end - len(text[comma + 1 : end].lstrip())
    if any(name.start == start for name in names):
        return  # "X, Y merge in 2019, …"
    if begun_by_and(text[end + 1 : span.end].strip().partition(" ")[0], telling.language):
        return
    # Where it stands before the name, commas hold something else: "Norvik, 2019'da satın aldığı X'i kapatıyor, …".
    is_dated = Trait.RELATIVES_FIRST not in telling.grammar.traits and _is_dated(
        telling, start, end
    )
    if is_dated or begins_with_relative(text, start, telling.grammar):
        yield end + 1


def _of_a_relative(telling: Telling, start: int) -> Iterator[int]:
    """Yield where a dated clause ends that a relative begins without a comma: "X yang dibeli Y pada 2019 …".

    What stands behind its date is the headline's own verb: "X yang berdiri sejak 1998 menutup toko".
    """
    hit = telling.hit
    text, span = telling.text, telling.span
    if not COMMAS.isdisjoint(text[start : hit.start]):
        return
    dates = [at for at in _dates(telling) if start <= at < span.end]
    if dates and (hit.start < dates[-1] or _begins_with_its_date(telling, start, dates[-1])):
        inner = [name.end for name in telling.names if name.start > start]
        yield max(hit.end, dates[-1] + _YEAR, *inner)


def _begins_with_its_date(telling: Telling, start: int, date: int) -> bool:
    """Return whether a relative begins with its date and its verb is right behind: "yang pada 2019 dibeli Y"."""
    hit = telling.hit
    if len(telling.text[start:date].split()) > _TO_ITS_DATE[telling.grammar.order]:
        return False
    inner = sum(n.end - n.start for n in telling.names if date <= n.start < hit.start)
    return hit.start - date - inner <= _TO_ITS_VERB


def _of_years_ago(telling: Telling) -> Iterator[int]:
    """Yield where a title goes on that begins with what was years ago: "Ten years after X closed, the town …"."""
    hit = telling.hit
    text, span = telling.text, telling.span
    for years in telling.words("years_after"):
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
        names = [n for n in telling.names if years.end <= n.start < hit.start]
        if names:
            if part is not None and names[0].start - years.end <= _TO_ITS_SUBJECT:
                yield end
        elif hit.meaning.frame in NOUNS and len(between) <= _TO_ITS_NOUN:
            yield end


def _is_dated(telling: Telling, start: int, end: int) -> bool:
    return any(start <= at < end for at in _dates(telling))


def _dates(telling: Telling) -> list[int]:
    """Return where a sentence says that something was before: a year that is over, "last year"."""
    words = {hit.start for layer in _PAST for hit in telling.words(layer)}
    words -= {hit.start for hit in telling.words("since")}  # "since Monday"
    return sorted({*past_years(telling.document, telling.sentence), *words})
