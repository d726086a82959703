"""People: what is told of persons at a company or beside it, and makes a cue tell of no event.

A chief executive who buys shares of the company, or small investors who do, are no news of who owns it. The words
are those of `lexicon/shared/harmless.yml`.
"""

from __future__ import annotations

import re

from services.classifier.blocking.harmless_words import find, find_all, find_in, may_stand
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.words import Hit
from services.classifier.spans import DEALS, Name, Segment
from services.classifier.syntax.telling import Telling

_POST_REACH = 8
"""So far from its company may a post stand: "founder of the X"."""
_SHARES_REACH = 12
_VAGUE = 2
"""What a cue weighs at most that names no deal by itself: "offer", "a share in"."""
_A_STAKE = 5
"""From so many per cent on a person who buys or sells shares is told as an owner."""
_NUMBER = re.compile(r"(\d+)(?:[.,]\d+)?\s?")


def harm_of_people(telling: Telling) -> str | None:
    """Return what kind of people a cue tells of, None where it tells of a company."""
    if _is_of_a_union(telling):
        return "wages"
    if telling.hit.meaning.frame not in DEALS:
        return None
    if _is_of_an_insider(telling):
        return "insider"
    return "traders" if _is_of_small_investors(telling) else None


def _is_of_a_union(telling: Telling) -> bool:
    """Return whether unions talk with a company, or turn an offer of it down: that is about pay or jobs.

    Not where title or lead name another company or a deal: "unions reject X's purchase of Y", "takeover of X".
    """
    document, cue = telling.document, telling.hit
    if not _may_be_about_pay(cue) or not may_stand(document, "unions", *telling.span[:2]):
        return False
    start, end = telling.clause
    news = document.sentences_of(Segment.TITLE, Segment.LEAD)
    return (
        find(document, "unions", start, end) is not None
        and len({name.company for at in news for name in document.names_in(at)}) == 1
        and find_in(document, "takeovers", Segment.TITLE, Segment.LEAD) is None
        and all(
            _may_be_about_pay(other)
            for at in news
            for other in document.words_in("cue", at)
            if "acquisition" in other.meaning.types
        )
    )


def _may_be_about_pay(cue: Hit) -> bool:
    """Return whether a cue only says that somebody talks, offers or refuses."""
    return (
        cue.meaning.frame in {"refuse", "talks"}
        or cue.meaning.stage == "rejected"
        or cue.meaning.weight <= _VAGUE
    )


def _is_of_an_insider(telling: Telling) -> bool:
    """Return whether somebody with a post at the only company named buys or sells shares of it.

    "X chief buys shares for 2 million"; not where they are a stake of 5 per cent or more.
    """
    document = telling.document
    if telling.hit.meaning.stage is not None:
        return False
    start, end = telling.clause
    if not (may_stand(document, "posts", start, end) and may_stand(document, "quotes", start, end)):
        return False
    names = telling.names_between(start, end)
    return (
        len({name.company for name in names}) == 1
        and any(_is_beside(document, "posts", name, _POST_REACH) for name in names)
        and find(document, "quotes", start, end) is not None
        and not _tells_a_stake(telling.text[start:end], telling.grammar)
    )


def _is_of_small_investors(telling: Telling) -> bool:
    """Return whether investors whom nobody names buy shares: "investors snap up X shares"."""
    start, end = telling.clause
    found = find(telling.document, "traders", start, end)
    if found is None:
        return False
    names = telling.names_between(start, end)
    return (
        bool(names)
        and all(_is_beside(telling.document, "quotes", name, _SHARES_REACH) for name in names)
        and not _tells_a_stake(telling.text[start:end], telling.grammar)
    )


def _is_beside(document: Document, kind: str, name: Name, reach: int) -> bool:
    return any(
        max(found.start() - name.end, name.start - found.end()) <= reach
        for found in find_all(document, kind, max(name.start - 30, 0), name.end + 30)
    )


def _tells_a_stake(text: str, grammar: Grammar) -> bool:
    """Return whether a text names a share of five per cent or more."""
    return any(
        int(found[1]) >= _A_STAKE and text.startswith(tuple(grammar.money.percent), found.end())
        for found in _NUMBER.finditer(text)
    )
