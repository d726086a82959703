"""Object places: where what a verb is about may begin behind it, and where it may end before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.syntax.names.chains import AROUND_A_NAME
from services.classifier.syntax.telling import Telling

OBJECT_REACH = 60
"""So many characters from its verb an object stands at most."""
_SUBJECT_REACH = 40
_SIDES = ("acquisition.seller", "sell.actor")
"""Roles that words before a name give, in the one verb-last language that has such."""
_SELLERS = ("second.seller", "active.seller", "seller")
_TO_A_SELLER = 14
_A_DASH = 3
_A_PREPOSITION = 3
_GENITIVE = re.compile(r"(?:'s|s'|s)(?=\s)|(?<=s)(?=\s)")


def before_sides(telling: Telling) -> Iterator[int]:
    """Yield where what is bought ends that stands before a verb and who sells or buys it: "۵۰۰ ون از X خرید"."""
    cue, text = telling.hit, telling.text
    markers = [marker for role in _SIDES for marker in telling.grammar.before.get(role, ())]
    for name in telling.names if markers else ():
        if name.end <= cue.start and not text[name.end : cue.start].strip():
            first = max(name.start - OBJECT_REACH, 0)
            left = text[first : name.start].rstrip()
            marker = max((m for m in markers if left.endswith(f" {m}")), key=len, default=None)
            if marker is not None:
                yield first + len(left) - len(marker) - 1


def before_who_acts(telling: Telling) -> Iterator[int]:
    """Yield where the name begins that stands right before a verb and does it: "सेंध का रास्ता X ने बंद किया"."""
    cue = telling.hit
    text, endings = telling.text, telling.grammar.after.get("actor", ())
    for name in telling.names:
        if name.end < cue.start and text[name.end : cue.start].strip() in endings:
            yield name.start


def object_begins(telling: Telling) -> set[int]:
    """Return where an object may begin: behind a cue, its first two words, or its subject (verb first)."""
    grammar, cue, text = telling.grammar, telling.hit, telling.text
    begins = {cue.end}
    first = text.find(" ", cue.start, cue.end)
    if first > 0:
        second = text.find(" ", first + 1, cue.end)
        begins |= {first, second} if second > 0 else {first}
    if Trait.COMPOUNDS in grammar.traits and "acquisition" in cue.meaning.types:
        # "snaps up X's designer": whose they are stands between.
        begins.update(
            found.end()
            for name in telling.names
            if 0 < name.start - cue.end <= _A_PREPOSITION
            for found in (_GENITIVE.match(text, name.end),)
            if found is not None
        )
    if grammar.order == "svo" and "acquisition" in cue.meaning.types:
        begins.update(behind_sellers(telling))
    if Trait.OBJECTS_BEHIND in grammar.traits:
        # Whose it is, or who does it, stands between: "बिक गया X का भवन".
        links = (*folded_particles("owned_by", telling.language), *grammar.after.get("actor", ()))
        begins.update(
            name.end + 1 + len(link)
            for name in telling.names
            if 0 <= name.start - cue.end <= _A_DASH
            for link in links
            if text.startswith(f" {link} ", name.end)
        )
    if grammar.is_verb_first and "acquisition" in cue.meaning.types:
        begins.update(
            name.end for name in telling.names if 0 <= name.start - cue.end <= _SUBJECT_REACH
        )
    return begins


def behind_sellers(telling: Telling) -> Iterator[int]:
    """Yield where what is bought may begin behind a verb and who sells it: "compra a X un edificio".

    A cue that has a price at its end holds them all: "compra a X tres grúas por 4 millones".
    """
    cue, text = telling.hit, telling.text
    verb = text.find(" ", cue.start, cue.end)
    sellers = _sellers(telling.grammar)
    for name in telling.names:
        end = cue.end if cue.end <= name.start else verb
        if (
            cue.start < end < name.start <= end + _TO_A_SELLER
            and text[end : name.start].strip(AROUND_A_NAME) in sellers
        ):
            yield name.end


@cache
def _sellers(grammar: Grammar) -> frozenset[str]:
    """Return the words before who sells."""
    return frozenset(marker for role in _SELLERS for marker in grammar.before.get(role, ()))
