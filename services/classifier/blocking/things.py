"""Things: what is bought, closed or blocked and is no company: "takes the lead", "acquisition of new customers".

Where it stands to its verb is a matter of word order; the words are those of `lexicon/shared/harmless.yml`.
"""

from __future__ import annotations

import re

from services.classifier.blocking.firms import is_of_a_firm, names_a_firm
from services.classifier.blocking.harmless_words import (
    company_words,
    find_all,
    may_stand,
    tells_a_company,
)
from services.classifier.blocking.object_places import (
    OBJECT_REACH,
    before_sides,
    before_who_acts,
    object_begins,
)
from services.classifier.blocking.own_words import are_its_own_before_its_end
from services.classifier.blocking.thing_patterns import noun_end, object_before, object_behind
from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.shared_words import LETTER
from services.classifier.syntax.names.conjunctions import begun_by_and
from services.classifier.syntax.telling import Telling

WITH_OBJECTS = frozenset({"active", "sell", "close", "store"})
_PASSIVES = frozenset({"passive", "sold"})
_OF_THINGS = frozenset({"acquisition", "shutdown"})
"""The types whose passive tells what happens to a thing."""
_TO_ITS_SHOPS = 6
_JOINS = frozenset({"merge", "joins"})
CLAUSE_ENDS = " .,;:!?।॥۔،؛؟。、\"'\n-"


def is_of_a_thing(telling: Telling, event_type: str) -> bool:
    """Return whether what is bought, closed or blocked is a thing: "takes the lead", "closes the gap"."""
    grammar, cue = telling.grammar, telling.hit
    if grammar.order == "sov" and (
        cue.meaning.frame in WITH_OBJECTS or cue.meaning.frame == "passive"
    ):
        return _thing_before(telling, event_type) or (
            Trait.OBJECTS_BEHIND in grammar.traits
            and (cue.meaning.frame in WITH_OBJECTS or event_type == "acquisition")
            and _thing_behind(telling, event_type, is_last=True)
        )
    if Trait.TOPICS_FIRST in grammar.traits and _thing_before(telling, event_type):
        return True
    if grammar.order == "svo" and cue.meaning.frame in _PASSIVES and event_type in _OF_THINGS:
        return _is_told_of_a_thing(telling, event_type)
    is_a_deal = (
        event_type == "acquisition" and cue.meaning.frame == "noun" and not cue.meaning.stage
    )
    if cue.meaning.frame not in WITH_OBJECTS and not (is_a_deal and grammar.order == "svo"):
        return False
    return _thing_behind(telling, event_type)


def _is_told_of_a_thing(telling: Telling, event_type: str) -> bool:
    """Return whether a passive's clause begins with a thing, or with it and a thing: "sold: the old tower of X"."""
    cue = telling.hit
    start, end = telling.clause
    text = telling.text
    is_first = not text[start : cue.start].strip(CLAUSE_ENDS)
    begin, last = (cue.end, end) if is_first else (start, cue.start)
    pattern = (
        object_behind(event_type, telling.language, telling.grammar)
        if may_stand(telling.document, event_type, begin, last)
        else None
    )
    found = pattern and pattern.match(text, begin, last)
    return (
        found is not None
        and not found.groupdict().get("other")
        and not telling.has_name(begin, found.end())
        and "," not in text[found.end() : last if last == cue.start else found.end() + 1]
        # "the phone business of X", "the plane maker"
        and not tells_a_company(telling.document, begin, last)
    )


def is_of_teams(telling: Telling) -> bool:
    """Return whether what two companies join is their teams or efforts, not themselves."""
    if telling.hit.meaning.frame not in _JOINS:
        return False
    if telling.grammar.order == "sov":
        return _thing_before(telling, "teams")
    return _thing_behind(telling, "teams") or (
        Trait.TOPICS_FIRST in telling.grammar.traits and _thing_before(telling, "teams")
    )


def _thing_before(telling: Telling, event_type: str) -> bool:
    cue = telling.hit
    if not may_stand(telling.document, event_type, cue.start - OBJECT_REACH, cue.end):
        return False
    text = telling.text
    start, _ = telling.clause
    last = text.rfind(" ", cue.start, cue.end)
    ends = {cue.start: True}
    if last > cue.start and cue.meaning.frame in WITH_OBJECTS:
        ends[last] = False
    if event_type == "acquisition":
        ends |= dict.fromkeys(before_sides(telling), True)
    ends.update(dict.fromkeys(before_who_acts(telling), False))
    for end, is_before in ends.items():
        pattern = object_before(event_type, telling.language, telling.grammar, is_before=is_before)
        found = pattern and pattern.search(text, max(start, end - OBJECT_REACH), end)
        if found and not telling.has_name(found.start(), end):
            return True
    return False


def _thing_behind(telling: Telling, event_type: str, *, is_last: bool = False) -> bool:
    """Return whether a thing stands behind a cue; with `is_last` it must end the clause."""
    cue = telling.hit
    end = max(telling.clause[1], cue.end)
    if not may_stand(telling.document, event_type, cue.start, end):
        return False
    pattern = object_behind(event_type, telling.language, telling.grammar)
    if pattern is None:
        return False
    if Trait.COMPOUNDS in telling.grammar.traits and _is_between(telling, event_type):
        return True
    for begin in object_begins(telling):
        found = pattern.match(telling.text, begin, end)
        if (
            found is not None
            and not are_its_own_before_its_end(telling, *found.span(_thing(found)))
            and not telling.has_name(begin, found.end())
            and not (is_last and telling.text[found.end() : end].strip(CLAUSE_ENDS))
            and _is_all(telling, found, event_type)
        ):
            return True
    return False


def _thing(found: re.Match[str]) -> str | int:
    return "thing" if "thing" in found.groupdict() else 0


def _is_between(telling: Telling, event_type: str) -> bool:
    """Return whether a thing stands right before the last part of a verb: "neemt bij X de leiding over".

    Before a company it says what that does: "sells X phone business".
    """
    cue, text = telling.hit, telling.text
    first, last = text.find(" ", cue.start, cue.end), text.rfind(" ", cue.start, cue.end)
    if not 0 < first < last or tells_a_company(telling.document, last, cue.end):
        return False
    return any(
        found.end() == last and not are_its_own_before_its_end(telling, *found.span())
        for found in find_all(telling.document, event_type, first, last)
    )


def _is_all(telling: Telling, found: re.Match[str], event_type: str) -> bool:
    """Return whether a thing is all of an object: no part of a company's name, no row, no product's user."""
    grammar, text, end = telling.grammar, telling.text, found.end()
    other = (found.groupdict().get("other") or "").strip(" -")
    if other in grammar.scope or other in grammar.unit or other in grammar.home:
        return False
    if text.startswith(",", end):
        return False  # a row: "36 million customers, frequencies and masts" are a business
    if is_of_a_firm(telling, found) or _is_with_shops(telling, end):
        return False
    if event_type == "ban" and _goes_on_about(telling, end):
        return False
    if grammar.things.enders:
        return noun_end(grammar).match(text, end) is not None
    return Trait.COMPOUNDS not in grammar.traits or not names_a_firm(telling, end)


def _is_with_shops(telling: Telling, end: int) -> bool:
    """Return whether an "and" and shops follow a thing: "the customers and stores of X" are its business."""
    begun = begun_by_and(telling.text[end:], telling.language)
    return begun > 0 and any(
        word.meaning.name == "stores" and 0 <= word.start - end - begun <= _TO_ITS_SHOPS
        for word in telling.words("applies")
    )


def _goes_on_about(telling: Telling, end: int) -> bool:
    """Return whether a product is named behind whom it is forbidden: "forbids employees to use the app"."""
    text = telling.text[end : telling.span.end]
    return (
        any(name.start >= end for name in telling.names)
        or any(word.start >= end for word in telling.words("product"))
        or not company_words(telling.grammar).isdisjoint(re.findall(rf"{LETTER}+", text))
    )
