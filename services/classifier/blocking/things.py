"""Things: what is bought, closed or blocked and is no company: "takes the lead", "closes the gap".

Where it stands to its verb is a matter of word order; the words are those of `lexicon/shared/harmless.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from services.classifier.blocking.harmless_words import (
    find_all,
    may_begin,
    may_stand,
    tells_a_company,
)
from services.classifier.blocking.own_words import are_its_own_before_its_end
from services.classifier.blocking.thing_patterns import (
    ENDS_A_NOUN,
    object_before,
    object_behind,
)
from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.shared_words import (
    LETTER,
    harmless_pattern,
    particles,
)
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.names.descriptions import describes

WITH_OBJECTS = frozenset({"active", "sell", "close", "store"})
_PASSIVES = frozenset({"passive", "sold"})
_OF_THINGS = frozenset({"acquisition", "shutdown"})
"""The types whose passive tells what happens to a thing."""
_JOINS = frozenset({"merge", "joins"})
CLAUSE_ENDS = " .,;:!?।॥۔،؛؟。、\"'\n-"
_OBJECT_REACH = 60
_SUBJECT_REACH = 40
_SIDES = ("acquisition.seller", "sell.actor")
"""Roles that words before a name give, in the one verb-last language that has such."""
_SELLERS = ("second.seller", "active.seller", "seller")
_TO_A_SELLER = 14
_AROUND = " \"'«„“”"
_HEAD_WORDS = 3
_A_DASH = 3
_A_PREPOSITION = 3
_A_KIND = 4
"""Letters of an article and its space, or of the shortest word for a company."""
_WORDS = re.compile(rf"{LETTER}+")
_GENITIVE = re.compile(r"(?:'s|s'|s)(?=\s)|(?<=s)(?=\s)")


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
    if cue.meaning.frame not in WITH_OBJECTS:
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
        and not has_name(document, sentence, begin, found.end())
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
    if not may_stand(document, event_type, cue.start - _OBJECT_REACH, cue.end):
        return False
    text = document.folded.text
    start, _ = document.clause_of(sentence, cue.start)
    last = text.rfind(" ", cue.start, cue.end)
    ends = {cue.start: True}
    if last > cue.start and cue.meaning.frame in WITH_OBJECTS:
        ends[last] = False
    if event_type == "acquisition":
        ends |= dict.fromkeys(before_sides(document, grammar, cue), True)
    ends.update(dict.fromkeys(_before_who_acts(document, grammar, sentence, cue), False))
    for end, is_before in ends.items():
        pattern = object_before(event_type, document.language, grammar, is_before=is_before)
        found = pattern and pattern.search(text, max(start, end - _OBJECT_REACH), end)
        if found and not has_name(document, sentence, found.start(), end):
            return True
    return False


def before_sides(document: Document, grammar: Grammar, cue: Hit) -> Iterator[int]:
    """Yield where what is bought ends that stands before a verb and who sells or buys it: "۵۰۰ ون از X خرید"."""
    text = document.folded.text
    markers = [marker for role in _SIDES for marker in grammar.before.get(role, ())]
    for name in document.names_in(document.sentence_at(cue.start)) if markers else ():
        if name.end <= cue.start and not text[name.end : cue.start].strip():
            first = max(name.start - _OBJECT_REACH, 0)
            left = text[first : name.start].rstrip()
            marker = max((m for m in markers if left.endswith(f" {m}")), key=len, default=None)
            if marker is not None:
                yield first + len(left) - len(marker) - 1


def _before_who_acts(
    document: Document, grammar: Grammar, sentence: int, cue: Hit
) -> Iterator[int]:
    """Yield where the name begins that stands right before a verb and does it: "सेंध का रास्ता X ने बंद किया"."""
    text, endings = document.folded.text, grammar.after.get("actor", ())
    for name in document.names_in(sentence):
        if name.end < cue.start and text[name.end : cue.start].strip() in endings:
            yield name.start


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
    for begin in _begins(document, grammar, sentence, cue):
        found = pattern.match(document.folded.text, begin, end)
        if (
            found is not None
            and not are_its_own_before_its_end(document, sentence, cue, *found.span(_thing(found)))
            and not has_name(document, sentence, begin, found.end())
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


def _begins(document: Document, grammar: Grammar, sentence: int, cue: Hit) -> set[int]:
    """Return where an object may begin: behind a cue, its first two words, or its subject (verb first)."""
    text = document.folded.text
    begins = {cue.end}
    first = text.find(" ", cue.start, cue.end)
    if first > 0:
        second = text.find(" ", first + 1, cue.end)
        begins |= {first, second} if second > 0 else {first}
    if Trait.COMPOUNDS in grammar.traits and "acquisition" in cue.meaning.types:
        # "snaps up X's designer": whose they are stands between.
        begins.update(
            found.end()
            for name in document.names_in(sentence)
            if 0 < name.start - cue.end <= _A_PREPOSITION
            for found in (_GENITIVE.match(text, name.end),)
            if found is not None
        )
    if grammar.order == "svo" and "acquisition" in cue.meaning.types:
        begins.update(behind_sellers(document, grammar, cue))
    if Trait.OBJECTS_BEHIND in grammar.traits:
        # Whose it is, or who does it, stands between: "बिक गया X का भवन".
        links = (*particles("genitive", document.language), *grammar.after.get("actor", ()))
        begins.update(
            name.end + 1 + len(link)
            for name in document.names_in(sentence)
            if 0 <= name.start - cue.end <= _A_DASH
            for link in links
            if text.startswith(f" {link} ", name.end)
        )
    if grammar.is_verb_first and "acquisition" in cue.meaning.types:
        begins.update(
            name.end
            for name in document.names_in(sentence)
            if 0 <= name.start - cue.end <= _SUBJECT_REACH
        )
    return begins


def behind_sellers(document: Document, grammar: Grammar, cue: Hit) -> Iterator[int]:
    """Yield where what is bought may begin behind a verb and who sells it: "compra a X un edificio".

    A cue that has a price at its end holds them all: "compra a X tres grúas por 4 millones".
    """
    text = document.folded.text
    verb = text.find(" ", cue.start, cue.end)
    sellers = {marker for role in _SELLERS for marker in grammar.before.get(role, ())}
    for name in document.names_in(document.sentence_at(cue.start)):
        end = cue.end if cue.end <= name.start else verb
        if (
            cue.start < end < name.start <= end + _TO_A_SELLER
            and text[end : name.start].strip(_AROUND) in sellers
        ):
            yield name.end


def _is_all(
    document: Document,
    grammar: Grammar,
    sentence: int,
    cue: Hit,
    found: re.Match[str],
    event_type: str,
) -> bool:
    """Return whether a thing is all of an object: no part of a company's name, no row, no product's user."""
    text, language, end = document.folded.text, document.language, found.end()
    other = (found.groupdict().get("other") or "").strip(" -")
    if other in grammar.scope or other in grammar.unit or other in grammar.home:
        return False
    if text.startswith(",", end):
        return False  # a row: "36 million customers, frequencies and masts" are a business
    if _is_of_a_firm(document, grammar, sentence, cue, found):
        return False
    if event_type == "ban" and _goes_on_about(document, grammar, sentence, end):
        return False
    if language == "zh":
        return ENDS_A_NOUN.match(text, end) is not None
    return Trait.COMPOUNDS not in grammar.traits or not _goes_on(document, grammar, sentence, end)


def _is_of_a_firm(
    document: Document, grammar: Grammar, sentence: int, cue: Hit, found: re.Match[str]
) -> bool:
    """Return whether a thing only says what a company does: "compra la startup de drones X"."""
    if "thing" not in found.groupdict() or not _tells_a_kind(document, grammar, cue, found):
        return False
    for name in document.names_in(sentence):
        if cue.start < name.start < cue.end:
            return True  # "compra X, una startup de drones"
        if name.start >= found.end():
            return describes(document, grammar, max(cue.end, found.start()), name)
    return False


def _tells_a_kind(document: Document, grammar: Grammar, cue: Hit, found: re.Match[str]) -> bool:
    """Return whether a word for a kind of company stands between a verb and a thing, or in its cue."""
    text = document.folded.text
    kinds = _kinds(document.language, grammar)
    return any(
        text.startswith(kinds, word.start())
        for word in _WORDS.finditer(text, cue.start, found.start("thing"))
    )


def hides_a_firm(
    document: Document, grammar: Grammar, event_type: str, start: int, end: int
) -> bool:
    """Return whether things may stand before a name that no word for a company makes its trade.

    "Vende la startup di droni X" and "sells ferry operator X" sell a company, "sells phone X" none.
    """
    things = may_begin(document, event_type, start, end)
    if not things:
        return False
    if Trait.COMPOUNDS in grammar.traits:
        return not tells_a_company(document, grammar, max(things), end)
    text, kinds = document.folded.text, _kinds(document.language, grammar)
    return not any(
        text.startswith(kinds, word.start()) for word in _WORDS.finditer(text, start, min(things))
    )


@cache
def _kinds(language: str, grammar: Grammar) -> tuple[str, ...]:
    """Return how words for kinds of companies begin; shorter ones are articles."""
    home = (form.rstrip("*") for form in grammar.home)
    return tuple(kind for kind in (*particles("apposed", language), *home) if len(kind) > _A_KIND)


def _goes_on_about(document: Document, grammar: Grammar, sentence: int, end: int) -> bool:
    """Return whether a product is named behind whom it is forbidden: "forbids employees to use the app"."""
    text = document.folded.text[end : document.sentences[sentence].end]
    return (
        any(name.start >= end for name in document.names_in(sentence))
        or any(word.start >= end for word in document.words_in("product", sentence))
        or not {*grammar.home, *grammar.unit}.isdisjoint(re.findall(rf"{LETTER}+", text))
    )


def _goes_on(document: Document, grammar: Grammar, sentence: int, end: int) -> bool:
    """Return whether a noun is only the first part of what names a company: "plane maker Airbus"."""
    text = document.folded.text
    at = end
    kinds = (*grammar.unit, *grammar.home)
    heads = harmless_pattern("heads", document.language)
    for _ in range(_HEAD_WORDS):
        found = _WORDS.match(text, at + 1)
        if found is None or text[at] not in " -":
            return False
        if any(name.start == found.start() for name in document.names_in(sentence)):
            return True
        if found[0] in kinds or (heads is not None and heads.fullmatch(found[0])):
            return True
        if found[0] in grammar.scope or len(found[0]) <= _A_PREPOSITION:
            return False
        at = found.end()
    return False


def has_name(document: Document, sentence: int, start: int, end: int) -> bool:
    """Return whether a name stands between two offsets of a sentence, or reaches in there."""
    return any(start < name.end and name.start < end for name in document.names_in(sentence))
