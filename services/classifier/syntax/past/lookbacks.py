"""Lookbacks: titles by which a story looks back or only thinks: "What if X bought Y?", "The story of X"."""

from __future__ import annotations

import re

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Segment, Trigger
from services.classifier.syntax.names.chains import AROUND_A_NAME
from services.classifier.syntax.past.dates import past_years

_OPENING = 14
"""So far from a title's beginning stands what opens it, behind a number."""
_ANYWHERE = frozenset({"anywhere", "asked"})
_HISTORY = "history"
_COLUMN = "opinion"
_THOUGHTS = frozenset({_COLUMN, "asked"})
"""Places of `lookbacks.yml`: not only where a title begins; right where it begins; without anything that was."""
_ASKING = " ¿¡[【(<《"
"""What stands before a word that begins a title: "[사설]", "【社説】"."""
_YEAR = re.compile(r"\W*(?:19|20)\d\d(?!\d)")


def looks_back(document: Document) -> bool:
    """Return whether a title looks back, and neither does it undo something nor does the lead tell news."""
    ways = _ways(document)
    return bool(ways) and not _has_something_undone(document) and not _is_told_now(document, ways)


def _ways(document: Document) -> frozenset[str]:
    """Return in which ways a title looks back.

    The story of all a company's years has no cue there, and a chronicle below: "The story of X / 2005 - …".
    """
    ways = frozenset(
        word.meaning.name
        for sentence, word in document.words_of("lookback")
        if document.in_title(sentence) and _is_in_place(document, word)
    )
    if _HISTORY not in ways or (_is_a_chronicle(document) and not _has_a_cue_in_title(document)):
        return ways
    return ways - {_HISTORY}


def _is_in_place(document: Document, word: Hit) -> bool:
    """Return whether a word stands where a title must have it to look back."""
    way = word.meaning.name
    if way == _COLUMN:
        return not document.folded.text[: word.start].strip(AROUND_A_NAME + _ASKING)
    return way in _ANYWHERE or word.start <= _OPENING


def _has_a_cue_in_title(document: Document) -> bool:
    return any(document.words_in("cue", at) for at in document.sentences_of(Segment.TITLE))


def _is_a_chronicle(document: Document) -> bool:
    """Return whether a sentence of the text begins with a year: "2005 - X opens a second shop"."""
    text = document.folded.text
    return any(
        _YEAR.match(text, sentence.start) is not None
        for sentence in document.sentences
        if sentence.segment is not Segment.TITLE
    )


def _has_something_undone(document: Document) -> bool:
    """Return whether a title tells of something that is undone: "Ten years ago it closed, now it runs again"."""
    return any(
        event.stage == "reversed" and any(map(document.in_title, event.sentences))
        for event in document.candidates
    )


def _is_told_now(document: Document, ways: frozenset[str]) -> bool:
    """Return whether a lead tells an event as news: of somebody named, neither past nor with a year long over.

    In a column, or where a title asks whether it should be, a ban is news only by an authority. What the story of
    a company's years tells is none.
    """
    return _HISTORY not in ways and any(
        document.in_lead(cue.sentence)
        and not cue.is_past
        and document.names_in(cue.sentence)
        and not document.words_in("lookback", cue.sentence)
        and not past_years(document, cue.sentence)
        and not (
            ways <= _THOUGHTS
            and event.event_type == "ban"
            and not _is_by_an_authority(document, cue)
        )
        for event in document.candidates
        for cue in event.triggers
    )


def _is_by_an_authority(document: Document, trigger: Trigger) -> bool:
    """Return whether a ban's sentence names an authority, or a country before it, and its clause a company."""
    start, end = document.clause_of(trigger.sentence, trigger.start)
    is_by_one = bool(document.words_in("authority", trigger.sentence)) or any(
        start <= country.start < trigger.start
        for country in document.countries_in(trigger.sentence)
    )
    return is_by_one and document.has_name(trigger.sentence, start, end)
