"""History: which cues tell of what was before, by the words and the years that stand around them."""

from __future__ import annotations

from services.classifier.document import Document, remembered
from services.classifier.spans import NOUNS, Segment
from services.classifier.syntax.bystanders.competitors import is_of_a_rival
from services.classifier.syntax.clauses.sayings import is_noted
from services.classifier.syntax.past.afters import began_then, is_over
from services.classifier.syntax.past.dates import is_of_a_past_month, past_years
from services.classifier.syntax.past.pasts import is_told_of_before
from services.classifier.syntax.past.years import is_of_a_past_year
from services.classifier.syntax.telling import PARTS, Telling

_BEHIND_REACH = 10
"""So far behind a cue a word stands that ends its clause: "인수한 뒤"."""
_BORN_REACH = 14
_ACT_REACH = 3
_BAN = frozenset({"ban"})
_WHEN = (
    *("after", "ago", "already", "background", "born", "had", "last", "owing"),
    *("since", "still", "warned", "when"),
)
"""Layers of the words without one of which the rules below find nothing, but by a year or a relative."""
_TO_WHEN = 2
"""So many characters behind a clause's beginning stands what it begins with."""


def is_history(telling: Telling) -> bool:
    """Return whether a cue outside of asides tells of what was before and only explains what is reported."""
    document, sentence, hit, _ = telling
    if is_of_a_rival(document, sentence, hit) or _is_relative(telling):
        return True
    if sentence not in _dated(document) and not past_years(document, sentence):
        return False
    if _is_of_that_time(telling) or is_told_of_before(telling):
        return True
    if telling.span.segment is Segment.TITLE:
        # A headline has hardly room for what was before: "X schließt Y zwei Jahre nach der Übernahme".
        return "acquisition" in hit.meaning.types and (is_over(telling) or began_then(telling))
    return (
        is_over(telling)
        or _had_been_warned(telling)
        or _is_still_so(telling)
        or began_then(telling)
        or _is_origin(telling)
        or _was_done(telling)
        or is_of_a_past_year(telling)
        or is_of_a_past_month(document, sentence, telling.clause)
    )


@remembered
def _dated(document: Document) -> frozenset[int]:
    """Return the sentences with a word that may say when something was; without one only a year does."""
    return frozenset[int]().union(*(document.words.get(layer, ()) for layer in _WHEN))


def _is_of_that_time(telling: Telling) -> bool:
    """Return whether a clause tells what was when the one before it was, long ago: "in 2009, when X bought Y"."""
    document, sentence = telling.document, telling.sentence
    start, _ = telling.clause
    if not any(0 <= when.start - start <= _TO_WHEN for when in telling.words("when")):
        return False
    first, last = document.clause_of(sentence, max(start - 1, telling.span.start))
    pasts = (*telling.words("background"), *telling.words("ago"))
    return last <= start and any(
        first <= at < last
        for at in (*past_years(document, sentence), *(past.start for past in pasts))
    )


def _had_been_warned(telling: Telling) -> bool:
    """Return whether a cue is what somebody had warned of; behind a comma of its own it is the news.

    "The group had warned that it would close the plant", but not "X, which had warned of losses, closes it".
    """
    hit = telling.hit
    text = telling.text
    for warned in telling.words("warned"):
        if warned.start <= hit.start < warned.end:
            return True
        if telling.grammar.order == "sov":
            between = text[hit.end : warned.start]
        else:
            between = text[warned.end : hit.start].removeprefix(",")
        is_behind = (
            hit.end <= warned.start if telling.grammar.order == "sov" else warned.end <= hit.start
        )
        if is_behind and PARTS.search(between) is None:
            return True
    return False


def _is_still_so(telling: Telling) -> bool:
    """Return whether a ban is told as what is so in some country: "the app is still blocked in China".

    Below a title that tells of a ban, of a country or of an authority it is the news, or its latest state.
    """
    hit = telling.hit
    start, end = telling.clause
    return (
        any(
            start <= still.start < end and PARTS.search(telling.text, still.end, hit.start) is None
            for still in telling.words("still")
            if still.start < hit.end
        )
        and hit.meaning.types == _BAN
        and hit.meaning.stage in {None, "confirmed"}
        and bool(telling.words("country"))
        and not any(
            _tells_of_bans(telling.document, at)
            for at in telling.document.sentences_of(Segment.TITLE)
        )
    )


def _tells_of_bans(document: Document, sentence: int) -> bool:
    return any(
        document.words_in(layer, sentence) for layer in ("country", "authority", "stage")
    ) or any("ban" in cue.meaning.types for cue in document.words_in("cue", sentence))


def _is_relative(telling: Telling) -> bool:
    """Return whether a cue stands in a clause about what was just named: "which India banned".

    What begins a sentence is about nothing before it: "Die" is an article there. What a bill or an
    order is to bring is no history: "a bill that would ban".
    """
    start, _ = telling.clause
    if not telling.grammar.relative or start == telling.span.start:
        return False
    if not telling.text.startswith(telling.grammar.relative, start, telling.hit.start):
        return False
    if is_noted(telling.document, telling.sentence, start):
        return False
    return not any(0 <= start - act.end <= _ACT_REACH for act in telling.words("acts"))


def _is_origin(telling: Telling) -> bool:
    """Return whether a deal is what a company is said to come of: "born of the merger of X and Y"."""
    hit = telling.hit
    if "acquisition" not in hit.meaning.types:
        return False
    text = telling.text
    for born in telling.words("born"):
        if hit.start <= born.start and born.end < hit.end:
            return True
        if born.end <= hit.start:
            between = text[born.end : hit.start]
            is_beside = telling.grammar.order == "svo" and hit.meaning.frame != "active"
        else:
            between = text[hit.end : born.start]
            is_beside = telling.grammar.says_after_behind
        if is_beside and len(between) <= _BORN_REACH and PARTS.search(between) is None:
            return True
    return False


def _was_done(telling: Telling) -> bool:
    """Return whether a verb tells what had been done before: "había comprado", "almıştı".

    In what somebody is cited with it may be the news: "said it had agreed to buy".
    """
    hit = telling.hit
    hads = telling.words("had")
    if not hads or hit.meaning.frame in NOUNS or hit.meaning.stage is not None:
        return False
    if any(telling.words(layer) for layer in ("announced", "avowed", "hearsay")):
        return False
    if telling.grammar.order == "svo":
        return any(had.start <= hit.start <= had.end + 1 and had.end < hit.end for had in hads)
    return any(had.end >= hit.end and had.start - hit.end <= _BEHIND_REACH for had in hads)
