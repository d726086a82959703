"""Things: names that nobody tracks beside a word for what they are, "its photo app Lemonade", "Lemonade, its photo app"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.classifier.document import Document, remembered
from services.classifier.lexicon.shared_words import (
    is_described_behind,
    no_products,
    products_pattern,
)
from services.classifier.spans import Name
from services.classifier.syntax.names.strangers import MARK, function_words, standing
from services.common.ids import CompanyId

_QUOTED = re.compile(
    r"[ ,-]?(?:\"(?P<a>[^\"\n]{2,24})\"|'(?P<b>[^'\n]{2,24})'(?!\w)|《(?P<c>[^》\n]{2,24})》)"
)
_QUOTED_BEFORE = re.compile(
    r"(?:\"([^\"\n]{2,24})\"|(?<!\w)'([^'\n]{2,24})'|《([^》\n]{2,24})》)[ -]?\Z"
)
_WORD = re.compile(r"[^\W_][^\W_]*(?:&[^\W_]+)*")
_LATIN = re.compile(r"[a-z][a-z0-9&]{2,}(?: [a-z0-9][a-z0-9&]*){0,2}")
_LATIN_BEFORE = re.compile(r"(?<![a-z0-9])[a-z][a-z0-9&]{2,}(?: [a-z0-9][a-z0-9&]*){0,2}[ -]?\Z")
_TOGETHER = re.compile(r"[A-Z][a-z]+[A-Z][A-Za-z]*")
_BETWEEN = 2
"""So many words stand between a thing and its name: "aplicação de fotos Lemonade"."""
_APPOSED = 5
"""So many words at most say behind a comma what somebody is, up to the thing."""
_LONGEST = 3
_QUOTED_WORDS = 4
_ELSEWHERE = ("country", "city", "authority")


@remembered
def named_things(document: Document, sentence: int) -> Sequence[Name]:
    """Return the names of a sentence that a word for a product stands beside; ids begin with "?"."""
    found: dict[int, Name] = {}
    span = document.sentences[sentence]
    things = products_pattern(document.language)
    for thing in things.finditer(document.folded.text, span.start, span.end):
        for place in _places(document, sentence, *thing.span()):
            if _is_free(document, sentence, *place):
                written = _written(document, *place)
                found.setdefault(place[0], Name(*place, CompanyId(f"{MARK}{written}")))
    return sorted(found.values())


@remembered
def written_together(document: Document, sentence: int) -> Sequence[Name]:
    """Return the words of a sentence with a capital within, names also in a headline: "GrabKitchen"."""
    span = document.sentences[sentence]
    words = (word.span() for word in _WORD.finditer(document.folded.text, span.start, span.end))
    return [
        Name(*place, CompanyId(f"{MARK}{written}"))
        for place in words
        if _TOGETHER.fullmatch(written := _written(document, *place))
        and _is_free(document, sentence, *place)
    ]


def _places(document: Document, sentence: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    for place in (
        _behind(document, sentence, start, end),
        None if is_described_behind(document.language) else _before(document, sentence, start),
        _before_a_comma(document, sentence, start),
    ):
        if place is not None:
            yield place


def _behind(document: Document, sentence: int, start: int, end: int) -> tuple[int, int] | None:
    """Return the name behind a thing: "its photo app Lemonade", "service de jeux Stadia", "アプリ「レモネード」"."""
    text, last = document.folded.text, document.sentences[sentence].end
    at = end
    known = function_words(document.grammar)
    for _ in range(_BETWEEN + 1 if is_described_behind(document.language) else 1):
        if quoted := _QUOTED.match(text, at, last):
            place = next(quoted.span(kind) for kind in "abc" if quoted[kind])
            return place if len(text[slice(*place)].split()) <= _QUOTED_WORDS else None
        begin = at + 1 if text[at : at + 1] == " " else at
        run = _run(document, begin, last)
        if run is not None:
            between = text[end:at].split()
            is_of = bool(between) and (between[-1] in known or len(between[-1]) < 3)
            is_first = start == document.sentences[sentence].start
            is_name = is_first or _is_telling(document, start, run)
            return run if is_name and not is_of else None
        word = _WORD.match(text, begin)
        if word is None or begin == at:
            return None
        at = word.end()
    return None


def _before(document: Document, sentence: int, start: int) -> tuple[int, int] | None:
    """Return the name right before a thing: "Lemonade uygulaması", "「レモネード」アプリ"; adjectives have capitals, too."""
    text, begun = document.folded.text, document.sentences[sentence].start
    head = text[begun:start]
    if quoted := _QUOTED_BEFORE.search(head):
        first, last = next(
            span for span in (quoted.span(1), quoted.span(2), quoted.span(3)) if span[0] >= 0
        )
        return begun + first, begun + last
    names = document.grammar.names
    if not names.has_capitals:
        if not (latin := _LATIN_BEFORE.search(head)):
            return None
        place = begun + latin.start(), begun + len(latin[0].rstrip(" -")) + latin.start()
        return place if _is_written_as_name(_written(document, *place)) else None
    words = list(_WORD.finditer(head))
    if not words or head[words[-1].end() :] not in {" ", "-"}:
        return None
    place = begun + words[-1].start(), begun + words[-1].end()
    written = _written(document, *place)
    is_sure = _has_inner_capitals(written) or len(list(standing(written, document.whole))) > 1
    return place if is_sure and _is_written_as_name(written) else None


def _before_a_comma(document: Document, sentence: int, start: int) -> tuple[int, int] | None:
    """Return the name of which a thing behind a comma says what it is: "closes Lemonade, its photo app"."""
    text, begun = document.folded.text, document.sentences[sentence].start
    at = max(text.rfind(sign, begun, start) for sign in ",،，")
    if at < 0 or len(text[at:start].split()) > _APPOSED:
        return None
    end = at - 1 if text[at - 1] in "\"'" else at
    for word in reversed(list(_WORD.finditer(text, max(begun, end - 40), end))[-_LONGEST:]):
        place = word.start(), end
        if not _is_written_as_name(_written(document, *word.span())):
            return None
        if _is_object_or_first(document, sentence, word.start()):
            return place if _is_telling(document, start, place) else None
    return None


def _is_object_or_first(document: Document, sentence: int, start: int) -> bool:
    text, begun = document.folded.text, document.sentences[sentence].start
    before = text[begun:start].rstrip(" \"'")
    if not before:
        return True
    end = begun + len(before)
    words = before.split()
    if words[-1] in document.grammar.articles:
        end -= len(words[-1]) + 1
    return any(
        trigger.start < end <= document.word_end(trigger.end)
        for trigger in document.triggers_in(sentence)
    )


def _run(document: Document, at: int, last: int) -> tuple[int, int] | None:
    """Return the run of words written as names that begins at a place."""
    text = document.folded.text
    if not document.grammar.names.has_capitals:
        latin = _LATIN.match(text, at, last)
        if latin is None or not _is_written_as_name(_written(document, *latin.span())):
            return None
        return latin.span()
    end = begin = at
    for _ in range(_LONGEST):
        word = _WORD.match(text, begin, last)
        if word is None or not _is_written_as_name(_written(document, *word.span())):
            break
        if word[0] in function_words(document.grammar) and end > at:
            break
        end = word.end()
        if text[end : end + 1] not in {" ", "-"}:
            break
        begin = end + 1
    return (at, end) if end > at else None


def _is_telling(document: Document, thing: int, place: tuple[int, int]) -> bool:
    """Return whether a capital behind a thing says anything: not where the thing has one, too, as in a headline."""
    names = document.grammar.names
    if not names.has_capitals or names.has_capital_nouns:
        return True
    written = _written(document, *place)
    return (
        _written(document, thing, thing + 1).islower()
        or _has_inner_capitals(written)
        or len(list(standing(written, document.whole))) > 1
    )


def _is_free(document: Document, sentence: int, start: int, end: int) -> bool:
    """Return whether nobody tracked, no place and no common word is what is named."""
    text = document.folded.text
    grammar, name = document.grammar, text[start:end]
    words = name.split()
    taken = [
        *((one.start, one.end) for one in document.names_in(sentence)),
        *(
            (hit.start, hit.end)
            for layer in _ELSEWHERE
            for hit in document.words_in(layer, sentence)
        ),
        *(
            (one.start, one.end)
            for one in document.triggers_in(sentence)
            if start <= one.start < end
        ),
    ]
    if any(start < last and first < end for first, last in taken) or document.is_taken_out(
        start, end
    ):
        return False
    small = function_words(grammar) - grammar.common
    return (
        len(name) > 1
        and not all(word in small for word in words)
        and not any(
            word in grammar.dates.months or word in grammar.dates.weekdays for word in words
        )
        and words[0] not in no_products()
        and not (products_pattern(document.language).fullmatch(name))
    )


def _written(document: Document, start: int, end: int) -> str:
    folded = document.folded
    return document.whole[folded.original(start) : folded.original(end - 1) + 1]


def _is_written_as_name(word: str) -> bool:
    return word[:1].isupper() or _has_inner_capitals(word)


def _has_inner_capitals(name: str) -> bool:
    return any(
        letter.isupper() for word in name.split() if not word.isupper() for letter in word[1:]
    )
