"""Strangers: names in a sentence that nobody tracks, such as the buyer; precise rather than complete."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from services.classifier.document import Document, remembered
from services.classifier.lexicon.forms import any_of
from services.classifier.lexicon.grammar import Grammar
from services.classifier.spans import Name
from services.common.ids import CompanyId

WORD = re.compile(r"[^\W\d_][\w'\u2019&\-]*(?:\.(?=[A-Z]))?")
"""A word as names are made of."""
_LATIN_NAME = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Za-z0-9&\-]{2,}(?: [A-Z][A-Za-z0-9&\-]*){0,3}")
_QUOTED = re.compile(r"[«“\"「『‹„]([^«»“”\"「」『』\n]{2,24})[»”\"」』›]")
_LONGEST = 4
"""Words that a name has at most; what is longer is a headline in capitals."""
_WITHIN_NAME = frozenset({" ", "-", " & "})
MARK = "?"
"""Begins the ids of strangers; no company's id does."""
_CUTTING = ("cue", "stage", "negation", "background", "blocker", "authority", "country", "city")
_LONGEST_WORD = 28
"""Longer hits have a gap, and in the gap may stand a name: "denies … plans to"."""
_CASE = re.compile(r"['\u2019][a-zçğıöşüа-яіїєґ]+$")
_NEXT = re.compile(r"[ -]([^\W\d_]+)")
_SHORT = 3
_HEADLINE = 0.6
"""Which share of the longer words begins with a capital where all words do."""


@remembered
def strangers_in(document: Document, sentence: int) -> Sequence[Name]:
    """Return the names of a sentence that nobody tracks, in no order; ids begin with "?"."""
    return tuple(_strangers_in(document, sentence))


def belongs_to_noun(document: Document, name: Name) -> bool:
    """Return whether a word goes on behind a name that makes it another's: "Nintendo rival"."""
    grammar = document.grammar
    behind = _NEXT.match(document.folded.text, name.end)
    if behind is None or not grammar.names.has_capitals:
        return False
    nouns = (*grammar.articles, *grammar.home, *grammar.unit)
    return behind[1] in nouns or behind[1] not in function_words(grammar)


def _strangers_in(document: Document, sentence: int) -> Iterator[Name]:
    grammar = document.grammar
    span = document.sentences[sentence]
    first, last = document.folded.original(span.start), document.folded.original(span.end)
    text = document.whole[first:last]
    known = _known(document, sentence)
    places = _quoted(text, grammar)
    if grammar.names.has_capitals:
        places += [
            place
            for place in _capitalised(document, sentence, text, known)
            if _is_name(document, sentence, text, place)
        ]
    else:
        places += [found.span() for found in _LATIN_NAME.finditer(text)]
        places += _with_form(text, grammar)
    for start, end in places:
        name = _CASE.sub("", text[start:end]).strip(" .,'\u2019-")
        place = _folded_place(document, span.start, first + start, len(name))
        if place is None or _overlaps(place, known) or _is_common(name, grammar):
            continue
        if document.is_taken_out(*place):
            continue
        known.append(place)
        yield Name(*place, CompanyId(f"{MARK}{name}"))


def _folded_place(
    document: Document, start: int, original: int, length: int
) -> tuple[int, int] | None:
    """Return where the folded text has what stands at `original`; texts mostly keep their offsets."""
    if not document.folded.breaks:
        return original, original + length
    shift = document.folded.original(start) - start
    at = original - shift
    for guess in (at, *(at - back for back in range(1, 4))):
        if guess >= 0 and document.folded.original(guess) == original:
            return guess, guess + length
    return None


def _known(document: Document, sentence: int) -> list[tuple[int, int]]:
    """Return where tracked names, authorities, countries and the words of events stand."""
    return [
        *((name.start, name.end) for name in document.names_in(sentence)),
        *(
            (hit.start, hit.end)
            for layer in _CUTTING
            for hit in document.words_in(layer, sentence)
            if 1 < hit.end - hit.start <= _LONGEST_WORD
        ),
    ]


def _overlaps(place: tuple[int, int], known: list[tuple[int, int]]) -> bool:
    start, end = place
    return any(start < known_end and known_start < end for known_start, known_end in known)


def _is_common(name: str, grammar: Grammar) -> bool:
    folded = name.lower()
    words = folded.split()
    if len(name) < 3 or folded in grammar.names.not_parties or words[0] in grammar.names.titles:
        return True
    if not grammar.names.has_spaces and any(word in folded for word in grammar.names.not_parties):
        return not name.isascii()
    if any(word in grammar.dates.months for word in words):
        return True
    is_short_capitals = name.isupper() and len(name) <= 3
    return is_short_capitals or all(word in function_words(grammar) for word in words)


@lru_cache(maxsize=64)
def function_words(grammar: Grammar) -> frozenset[str]:
    """Return the words that the grammar knows: none of them is a name by itself."""
    forms = [
        *grammar.breaks, *grammar.relative, *grammar.articles, *grammar.scope, *grammar.home,
        *grammar.unit, *grammar.common, *grammar.prices.not_prices,
        *grammar.dates.effect, *grammar.dates.months, *grammar.dates.weekdays,
        *grammar.names.not_parties, *grammar.names.titles, *grammar.names.company_forms,
        *(form for forms in grammar.before.values() for form in forms),
        *(form for forms in grammar.after.values() for form in forms),
    ]  # fmt: skip
    return frozenset(word for form in forms for word in form.strip("+*").split())


def _quoted(text: str, grammar: Grammar) -> list[tuple[int, int]]:
    """Return what stands in quotes beside a word for a company: شركة «هوندريل»."""
    found: list[tuple[int, int]] = []
    for quoted in _QUOTED.finditer(text):
        before = text[max(quoted.start() - 14, 0) : quoted.start()].lower().rstrip()
        behind = text[quoted.end() : quoted.end() + 10].lower().lstrip()
        if before.endswith(grammar.names.company_forms or ("\0",)) or behind.startswith(
            grammar.names.company_forms or ("\0",)
        ):
            found.append(quoted.span(1))
    return found


def _with_form(text: str, grammar: Grammar) -> list[tuple[int, int]]:
    """Return names that carry a company's form at the beginning of a clause: 恒瑞集团, 오리온그룹."""
    pattern = _form_pattern(grammar)
    return [found.span("name") for found in pattern.finditer(text)]


@lru_cache(maxsize=64)
def _form_pattern(grammar: Grammar) -> re.Pattern[str]:
    forms = any_of(grammar.names.ends)
    letters = r"[^\W\d_\s]"
    if grammar.names.has_spaces:
        words = r"\S{2,20}(?: \S{2,20}){0,2} "
        return re.compile(rf"(?:^|[,:\n]\s*)(?P<name>{words}(?:{forms}))(?!\w)")
    return re.compile(rf"(?<!\w)(?P<name>{letters}{{2,8}}?(?:{forms}))")


def _capitalised(
    document: Document, sentence: int, text: str, known: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield runs of capitalised words, without what the lexicon knows at their ends."""
    stops = function_words(document.grammar)
    run: list[re.Match[str]] = []
    named = (word for word in WORD.finditer(text) if _is_name_like(word[0]))
    for word in (*_apart_from(known, named, document, sentence), None):
        if word is not None and (not run or text[run[-1].end() : word.start()] in _WITHIN_NAME):
            run.append(word)
            continue
        while run and run[0][0].lower() in stops:
            run = run[1:]
        if run and len(run) <= _LONGEST:
            yield run[0].start(), run[-1].end()
        run = [word] if word is not None else []


def _apart_from(
    known: list[tuple[int, int]], words: Iterable[re.Match[str]], document: Document, sentence: int
) -> Iterator[re.Match[str]]:
    """Yield those of a sentence's words that are no part of what is `known`."""
    begin = document.sentences[sentence].start
    first = document.folded.original(begin)
    for word in words:
        place = _folded_place(document, begin, first + word.start(), len(word[0]))
        if place is None or not _overlaps(place, known):
            yield word


def _is_name_like(word: str) -> bool:
    return word != word.lower()


def standing(word: str, text: str) -> Iterator[int]:
    """Yield where a word stands in a text by itself. A pattern for each name would cost more."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        is_inside = (at > 0 and _is_letter(text[at - 1])) or (
            end < len(text) and _is_letter(text[end])
        )
        if not is_inside:
            yield at
        at = text.find(word, end if not is_inside else at + 1)


def _is_letter(char: str) -> bool:
    return char.isalnum() or char == "_"


def _is_headline(document: Document, sentence: int, text: str, place: tuple[int, int]) -> bool:
    """Return whether the longer words around a run of capitals have them too, and say nothing by it."""
    start, end = place
    around = [
        is_like for at, is_like in _longer_words(document, sentence, text) if not start <= at < end
    ]
    return len(around) > 1 and sum(around) > _HEADLINE * len(around)


@remembered
def _longer_words(document: Document, sentence: int, text: str) -> list[tuple[int, bool]]:
    """Return where the longer words of a sentence stand, without tracked names, and which are written as names."""
    tracked = [(name.start, name.end) for name in document.names_in(sentence)]
    longer = (word for word in WORD.finditer(text) if len(word[0]) > _SHORT)
    return [
        (word.start(), _is_name_like(word[0]))
        for word in _apart_from(tracked, longer, document, sentence)
    ]


def _is_name(document: Document, sentence: int, text: str, place: tuple[int, int]) -> bool:
    """Return whether a run of capitals is a name and no beginning of a sentence, noun or headline."""
    grammar = document.grammar
    start, end = place
    name = text[start:end]
    words = name.split()
    if words[-1].lower().strip(".") in grammar.names.company_forms and len(words) > 1:
        return True
    if _before(text, start) in grammar.names.titles:
        return False
    whole = document.whole
    if next(standing(name.lower(), whole), None) is not None:
        return False  # the same word in small letters: no name
    if len(list(standing(name, whole))) > 1:
        return True
    has_inner = any(letter.isupper() or letter.isdigit() for word in words for letter in word[1:])
    is_first = not text[:start].strip(" \"'\u201c\u201e«-")
    is_telling = has_inner or len(words) > 1
    if not is_telling and (is_first or grammar.names.has_capital_nouns):
        return False
    return grammar.names.has_capital_nouns or not _is_headline(document, sentence, text, place)


def _before(text: str, start: int) -> str:
    words = text[:start].split()
    return words[-1].lower().strip(".,") if words else ""
