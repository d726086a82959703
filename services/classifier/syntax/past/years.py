"""Years: those that say when what a cue tells was, and not when something else was, "founded in 1998"."""

from __future__ import annotations

from services.classifier.syntax.past.dates import past_years
from services.classifier.syntax.past.pasts import is_of_its_noun
from services.classifier.syntax.telling import PARTS, Telling

_ASIDE_REACH = 40
"""So far behind "after" stands when that was: "after the fire of last year"."""
_BORN_REACH = 14
_YEAR_LENGTH = 4
_DESCRIBED = 18
"""A first name so far behind a year has what was then between the two."""


def is_of_a_past_year(telling: Telling) -> bool:
    """Return whether a year before the story's own says when what a cue tells was.

    It stands in the same part of a clause, or opens the sentence: "In 2019, X bought Y". What was founded
    then, or since when something is so, is another matter; what a cue undoes may be as old as it likes.
    """
    hit = telling.hit
    years = past_years(telling.document, telling.sentence)
    if not years:
        return False
    text = telling.text
    start, end = telling.clause
    is_undone = hit.meaning.stage in {"rejected", "reversed"}
    for at in years:
        if not start <= at < end or (is_undone and at > hit.start):
            continue
        between = text[min(at, hit.start) : max(at, hit.start)]
        opens = PARTS.search(text, telling.span.start, at) is None
        parts = len(PARTS.findall(between))
        if parts and not (parts == 1 and opens and at < hit.start):
            continue
        if is_of_its_noun(telling, at) or _is_of_another_matter(telling, at):
            continue
        return True
    return False


def _is_of_another_matter(telling: Telling, at: int) -> bool:
    """Return whether a year tells when something else was: a founding, a beginning, what came before."""
    hit = telling.hit
    if any(
        abs(born.start - at) <= _BORN_REACH + _YEAR_LENGTH or 0 <= at - born.end <= _BORN_REACH
        for born in telling.words("born")
    ):
        return True
    if any(0 <= at - since.end <= _BORN_REACH for since in telling.words("since")):
        return True
    if telling.grammar.order == "svo":
        return any(
            after.end <= at < hit.start and at - after.end <= _ASIDE_REACH
            for after in telling.afters
        )
    # "2003년 스무디를 처음 알린 X가 떠난다": a name far behind a year is described with it.
    return any(
        at < after.start < hit.start and after.start - at <= _ASIDE_REACH
        for after in telling.afters
    ) or any(at + _DESCRIBED < name.start and name.end <= hit.start for name in telling.names[:1])
