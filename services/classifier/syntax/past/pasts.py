"""Pasts: words for what was before in the clause of a cue, and of what else than the cue they may be."""

from __future__ import annotations

import re

from services.classifier.lexicon.words import Hit
from services.classifier.spans import Segment
from services.classifier.syntax.clauses.asides import is_in_an_aside
from services.classifier.syntax.clauses.sinces import is_since_then
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.telling import Telling

_ASIDE_REACH = 40
"""So far behind "after" stands when that was: "after the fire of last year"."""
_UNDONE = frozenset({"rejected", "reversed"})
_WORDS = re.compile(r"[^\W\d_]+")


def is_told_of_before(telling: Telling) -> bool:
    """Return whether a word for what was before stands in the clause of a cue.

    Not where it only says when that was after which it happened: "after the fire of last year X closes".
    """
    start, end = telling.clause
    pasts = (*telling.words("background"), *telling.words("ago"))
    return bool(pasts) and any(
        start <= past.start < end
        and not is_in_an_aside(telling.document, telling.sentence, past.start)
        and not is_of_its_noun(telling, past.start)
        and not any(_dates(telling, after, past) for after in telling.afters)
        and not _is_of_another_cue(telling, past)
        and not _opens(telling, past)
        and not _is_since_another(telling, past)
        for past in pasts
    )


def _dates(telling: Telling, after: Hit, past: Hit) -> bool:
    """Return whether a word for history belongs to "after" and what stands there, and a cue stands behind both."""
    if telling.grammar.says_after_behind:
        return 0 <= after.start - past.end <= _ASIDE_REACH and after.end <= telling.hit.start
    return 0 <= past.start - after.end <= _ASIDE_REACH and past.end <= telling.hit.start


def _is_of_another_cue(telling: Telling, past: Hit) -> bool:
    """Return whether a word for history has what is over in it: "nach der Übernahme von X schließt Y"."""
    hit = telling.hit
    if past.end > hit.start:
        # "X closes Y two years after the takeover": what stands before "after" is not over.
        return hit.end <= past.start and any(
            past.start <= after.start <= past.end + 1 for after in telling.afters
        )
    if any(past.start <= c.start < past.end and c.meaning.weight for c in telling.words("cue")):
        return True
    return any(
        after.start == past.start and after.end < past.end for after in telling.afters
    ) and any(past.end <= name.start < hit.start for name in telling.names)


def _is_since_another(telling: Telling, past: Hit) -> bool:
    """Return whether a word for history only says since which other deal something is so."""
    place = telling.document, telling.sentence
    return is_since_then(*place, past.start) and not is_since_then(*place, telling.hit.start)


def _opens(telling: Telling, past: Hit) -> bool:
    """Return whether "after" opens a sentence that goes on without a comma: "Dopo 40 anni X chiude".

    Then its clause is all of the sentence, and only what stands right behind is over.
    """
    span = telling.span
    return (
        any(after.start == past.start for after in telling.afters)
        and telling.clause[1] >= span.end
        and not telling.text[span.start : past.start].strip()
    )


def is_of_its_noun(telling: Telling, at: int) -> bool:
    """Return whether a time behind a cue says when that was which it does something to.

    "Cassou a liminar que havia tirado o aplicativo do ar", "closes the plant that opened two years ago": what
    is lifted or closed is old, not that it is. Of a deal below the title either may be: "bought X from a fund that
    wanted out two years ago"; there it must begin the relative, or say since when what is bought is there.
    """
    grammar, hit = telling.grammar, telling.hit
    if at < hit.end or grammar.order != "svo":
        return False
    text = telling.text
    is_title = telling.span.segment is Segment.TITLE
    is_deal = "acquisition" in hit.meaning.types and hit.meaning.stage not in _UNDONE
    begins = {*grammar.pronouns, *grammar.relative}.difference(grammar.articles)
    return any(
        word[0] in begins
        and COMMAS.isdisjoint(text[word.end() : at])
        and (
            is_title
            or not is_deal
            or at - word.end() <= 1
            or any(word.end() < born.start < at for born in telling.words("born"))
        )
        for word in _WORDS.finditer(text, hit.start, at)
    )
