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
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.shared_words import LETTER
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.names.conjunctions import begun_by_and

WITH_OBJECTS = frozenset({"active", "sell", "close", "store"})
_PASSIVES = frozenset({"passive", "sold"})
_OF_THINGS = frozenset({"acquisition", "shutdown"})
"""The types whose passive tells what happens to a thing."""
_TO_ITS_SHOPS = 6
_JOINS = frozenset({"merge", "joins"})
CLAUSE_ENDS = " .,;:!?।॥۔،؛؟。、\"'\n-"


def is_of_a_thing(
    document: Document, grammar: Grammar, sentence: int, cue: Hit, event_type: str
) -> bool:
    """Return whether what is bought, closed or blocked is a thing: "takes the lead", "closes the gap"."""
    if grammar.order == "sov" and (
        cue.meaning.frame in WITH_OBJECTS or cue.meaning.frame == "passive"
    ):
        return _thing_before(document, grammar, sentence, cue, event_type) or (
            Trait.OBJECTS_BEHIND in grammar.traits
            and (cue.meaning.frame in WITH_OBJECTS or event_type == "acquisition")
            and _thing_behind(document, grammar, sentence, cue, event_type, is_last=True)
        )
    if Trait.TOPICS_FIRST in grammar.traits and _thing_before(
        document, grammar, sentence, cue, event_type
    ):
        return True
    if grammar.order == "svo" and cue.meaning.frame in _PASSIVES and event_type in _OF_THINGS:
        return _is_told_of_a_thing(document, grammar, sentence, cue, event_type)
    is_a_deal = (
        event_type == "acquisition" and cue.meaning.frame == "noun" and not cue.meaning.stage
    )
    if cue.meaning.frame not in WITH_OBJECTS and not (is_a_deal and grammar.order == "svo"):
        return False
    return _thing_behind(document, grammar, sentence, cue, event_type)


def _is_told_of_a_thing(
    document: Document, grammar: Grammar, sentence: int, cue: Hit, event_type: str
) -> bool:
    """Return whether a passive's clause begins with a thing, or with it and a thing: "sold: the old tower of X"."""
    start, end = document.clause_of(sentence, cue.start)
    text = document.folded.text
    is_first = not text[start : cue.start].strip(CLAUSE_ENDS)
    begin, last = (cue.end, end) if is_first else (start, cue.start)
    pattern = (
        object_behind(event_type, document.language, grammar)
        if may_stand(document, event_type, begin, last)
        else None
    )
    found = pattern and pattern.match(text, begin, last)
    return (
        found is not None
        and not found.groupdict().get("other")
        and not document.has_name(sentence, begin, found.end())
        and "," not in text[found.end() : last if last == cue.start else found.end() + 1]
        # "the phone business of X", "the plane maker"
        and not tells_a_company(document, grammar, begin, last)
    )


def is_of_teams(document: Document, grammar: Grammar, sentence: int, cue: Hit) -> bool:
    """Return whether what two companies join is their teams or efforts, not themselves."""
    if cue.meaning.frame not in _JOINS:
        return False
    if grammar.order == "sov":
        return _thing_before(document, grammar, sentence, cue, "teams")
    return _thing_behind(document, grammar, sentence, cue, "teams") or (
        Trait.TOPICS_FIRST in grammar.traits
        and _thing_before(document, grammar, sentence, cue, "teams")
    )


def _thing_before(
    document: Document, grammar: Grammar, sentence: int, cue: Hit, event_type: str
) -> bool:
    if not may_stand(document, event_type, cue.start - OBJECT_REACH, cue.end):
        return False
    text = document.folded.text
    start, _ = document.clause_of(sentence, cue.start)
    last = text.rfind(" ", cue.start, cue.end)
    ends = {cue.start: True}
    if last > cue.start and cue.meaning.frame in WITH_OBJECTS:
        ends[last] = False
    if event_type == "acquisition":
        ends |= dict.fromkeys(before_sides(document, grammar, cue), True)
    ends.update(dict.fromkeys(before_who_acts(document, grammar, sentence, cue), False))
    for end, is_before in ends.items():
        pattern = object_before(event_type, document.language, grammar, is_before=is_before)
        found = pattern and pattern.search(text, max(start, end - OBJECT_REACH), end)
        if found and not document.has_name(sentence, found.start(), end):
            return True
    return False


def _thing_behind(
    document: Document,
    grammar: Grammar,
    sentence: int,
    cue: Hit,
    event_type: str,
    *,
    is_last: bool = False,
) -> bool:
    """Return whether a thing stands behind a cue; with `is_last` it must end the clause."""
    end = max(document.clause_of(sentence, cue.start)[1], cue.end)
    if not may_stand(document, event_type, cue.start, end):
        return False
    pattern = object_behind(event_type, document.language, grammar)
    if pattern is None:
        return False
    if Trait.COMPOUNDS in grammar.traits and _is_between(document, grammar, cue, event_type):
        return True
    for begin in object_begins(document, grammar, sentence, cue):
        found = pattern.match(document.folded.text, begin, end)
        if (
            found is not None
            and not are_its_own_before_its_end(document, sentence, cue, *found.span(_thing(found)))
            and not document.has_name(sentence, begin, found.end())
            and not (is_last and document.folded.text[found.end() : end].strip(CLAUSE_ENDS))
            and _is_all(document, grammar, sentence, cue, found, event_type)
        ):
            return True
    return False


def _thing(found: re.Match[str]) -> str | int:
    return "thing" if "thing" in found.groupdict() else 0


def _is_between(document: Document, grammar: Grammar, cue: Hit, event_type: str) -> bool:
    """Return whether a thing stands right before the last part of a verb: "neemt bij X de leiding over".

    Before a company it says what that does: "sells X phone business".
    """
    text, sentence = document.folded.text, document.sentence_at(cue.start)
    first, last = text.find(" ", cue.start, cue.end), text.rfind(" ", cue.start, cue.end)
    if not 0 < first < last or tells_a_company(document, grammar, last, cue.end):
        return False
    return any(
        found.end() == last
        and not are_its_own_before_its_end(document, sentence, cue, *found.span())
        for found in find_all(document, event_type, first, last)
    )


def _is_all(
    document: Document,
    grammar: Grammar,
    sentence: int,
    cue: Hit,
    found: re.Match[str],
    event_type: str,
) -> bool:
    """Return whether a thing is all of an object: no part of a company's name, no row, no product's user."""
    text, end = document.folded.text, found.end()
    other = (found.groupdict().get("other") or "").strip(" -")
    if other in grammar.scope or other in grammar.unit or other in grammar.home:
        return False
    if text.startswith(",", end):
        return False  # a row: "36 million customers, frequencies and masts" are a business
    if is_of_a_firm(document, grammar, sentence, cue, found) or _is_with_shops(
        document, sentence, end
    ):
        return False
    if event_type == "ban" and _goes_on_about(document, grammar, sentence, end):
        return False
    if grammar.things.enders:
        return noun_end(grammar).match(text, end) is not None
    return Trait.COMPOUNDS not in grammar.traits or not names_a_firm(
        document, grammar, sentence, end
    )


def _is_with_shops(document: Document, sentence: int, end: int) -> bool:
    """Return whether an "and" and shops follow a thing: "the customers and stores of X" are its business."""
    text = document.folded.text
    begun = begun_by_and(text[end:], document.language)
    return begun > 0 and any(
        word.meaning.name == "stores" and 0 <= word.start - end - begun <= _TO_ITS_SHOPS
        for word in document.words_in("applies", sentence)
    )


def _goes_on_about(document: Document, grammar: Grammar, sentence: int, end: int) -> bool:
    """Return whether a product is named behind whom it is forbidden: "forbids employees to use the app"."""
    text = document.folded.text[end : document.sentences[sentence].end]
    return (
        any(name.start >= end for name in document.names_in(sentence))
        or any(word.start >= end for word in document.words_in("product", sentence))
        or not company_words(grammar).isdisjoint(re.findall(rf"{LETTER}+", text))
    )
