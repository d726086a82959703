"""Onlookers: names of a sentence of which words beside them say that they have no part in its event.

"Zelmo protests against Norvik's purchase of Balto", "a loan from Zelmo", "Zelmo's rival Balto": the words stand
in `onlookers.yml`, each with the side of the name on which it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.classifier.document import Document, Name, Segment
from services.classifier.lexicon.grammar import Grammar
from services.classifier.lexicon.words import Hit
from services.classifier.syntax.chains import COMMAS, chains_of

_BEHIND = 30
"""So many characters may stand between a word and the name behind it: "a loan of 2 billion euros from X"."""
_BEFORE = 24
_FAR = 80
"""So far behind its subject may a verb stand."""
_FED = 24
"""So far before a verb that ends its sentence may the event stand to which it says something."""
_TWO = 2
_STOPS = COMMAS | frozenset(";:()।。؛")
_MARKS = {
    "ja": ("は", "が", "も"),
    "ko": ("는", "은", "이 ", "가 ", "도 ", "측"),
    "hi": (" ने", " भी"),
    "ur": (" نے", " بھی"),
}
"""What marks who does it, of verb-last languages that always mark it."""


def onlookers(
    document: Document, grammar: Grammar, sentence: int, event_type: str
) -> frozenset[Name]:
    """Return the names of a sentence that words beside them leave out of events of a type."""
    words = document.words_in("onlooker", sentence)
    names = document.names_in(sentence)
    if not words or len({name.company for name in names}) < _TWO:
        return frozenset()
    place = (f"onlookers.{event_type}", sentence, sentence)
    if place not in document.seen:
        found = {
            name
            for word in words
            if not word.meaning.types or event_type in word.meaning.types
            for name in _of_word(document, grammar, sentence, names, word)
        }
        left = {name.company for name in names} - {name.company for name in found}
        document.seen[place] = frozenset(found) if left else frozenset()
    return document.seen[place]  # type: ignore[return-value]  # as put there above


def _of_word(
    document: Document, grammar: Grammar, sentence: int, names: Sequence[Name], word: Hit
) -> Iterator[Name]:
    kind = word.meaning.name
    if kind in {"behind", "relation"}:
        yield from _behind(document, names, word, is_relation=kind == "relation")
    elif kind == "before":
        yield from _before(document, sentence, names, word)
    elif kind == "subject" or not _is_news(document, sentence, names):
        yield from _subject(document, grammar, sentence, names, word)


def _is_news(document: Document, sentence: int, names: Sequence[Name]) -> bool:
    """Return whether who had an eye on something may be the news: the title tells of nobody else."""
    titled = document.titled
    return document.sentences[sentence].segment is Segment.TITLE or not titled.difference(
        name.company for name in names[:1]
    )


def _behind(
    document: Document, names: Sequence[Name], word: Hit, *, is_relation: bool
) -> Iterator[Name]:
    text = document.folded.text
    following = next((name for name in names if name.start >= word.end), None)
    if following is None or following.start - word.end > _BEHIND:
        return
    if not _STOPS.isdisjoint(text[word.end : following.start]):
        return
    if is_relation:
        earlier = [name for name in names if name.end <= word.start]
        if not earlier or text[earlier[-1].end : word.start].strip(" '\"»”") not in COMMAS:
            return
    row = next(row for row in chains_of(text, names) if following in row.names)
    yield from (name for name in row.names if name.start >= word.end)


def _before(
    document: Document, sentence: int, names: Sequence[Name], word: Hit
) -> Iterator[Name]:
    text = document.folded.text
    earlier = [name for name in names if name.end <= word.start + 1]
    if not earlier or word.start - earlier[-1].end > _BEFORE:
        return
    gap = earlier[-1].end, word.start
    if not _STOPS.isdisjoint(text[slice(*gap)]) or _has_cue(document, sentence, *gap):
        return
    row = next(row for row in chains_of(text, names) if earlier[-1] in row.names)
    yield from (name for name in row.names if name.end <= word.start + 1)


def _subject(
    document: Document, grammar: Grammar, sentence: int, names: Sequence[Name], word: Hit
) -> Iterator[Name]:
    text = document.folded.text
    earlier = [name for name in names if name.end <= word.start]
    if grammar.order == "sov":
        marks = _MARKS.get(document.language)
        doers = [
            name
            for name in earlier
            if (
                text.startswith(marks, name.end)
                if marks
                else _begins_clause(document, sentence, names, name)
            )
        ]
        cues = [c for c in document.words_in("cue", sentence) if c.end <= word.start]
        if not doers or (
            cues and cues[-1].start > doers[-1].end and word.start - cues[-1].end > _FED
        ):
            return
        yield doers[-1]
        return
    if not earlier or word.start - earlier[-1].end > _FAR:
        return
    row = next(row for row in chains_of(text, names) if earlier[-1] in row.names)
    gap = text[row.end : word.start]
    if (
        _has_cue(document, sentence, row.end, word.start)
        or not _begins_clause(document, sentence, names, row.names[0])
        or gap.lstrip(", ").startswith(grammar.relative)
    ):
        return
    yield from row.names


def _begins_clause(
    document: Document, sentence: int, names: Sequence[Name], name: Name
) -> bool:
    """Return whether a clause tells of nobody and of no event before a name."""
    text = document.folded.text
    start = document.sentences[sentence].start
    begun = max((text.rfind(stop, start, name.start) for stop in _STOPS), default=-1)
    begun = max(begun, start)
    return not any(begun <= other.start < name.start for other in names) and not _has_cue(
        document, sentence, begun, name.start
    )


def _has_cue(document: Document, sentence: int, start: int, end: int) -> bool:
    return any(
        start <= cue.start < end and cue.meaning.weight > 1
        for cue in document.words_in("cue", sentence)
    )
