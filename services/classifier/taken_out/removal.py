"""Removal: a document without a place of one of its sentences, as old bids, holdings and answers are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from services.classifier.document import UNSPACED_NOTHING, Document
from services.classifier.lexicon.words import Hit, Words
from services.classifier.steps.clauses import cut
from services.classifier.steps.match import match, outside_of_names
from services.classifier.syntax.telling import Telling

HINT = 1
"""What a cue weighs that alone says nothing."""
Place = tuple[int, int]


class Removal(NamedTuple):
    """What is taken out of a sentence in which words of a layer stand."""

    layer: str
    words: Callable[[Document, int], Sequence[Hit]]
    """The words of such a sentence that may tell of it."""
    place: Callable[[Telling], Place | None]
    """Where such a word and what it tells stand, None where that is a part of the event."""
    goes: Callable[[Telling, Place], Place | None]
    """What goes, asked of the sentence without the place; None where nothing is left that tells the event."""


def without(document: Document, removal: Removal, *, words: Words) -> Document:
    """Return the document without what one removal takes out of its sentences.

    Words, names and sums that stand there count no more; its companies are mentioned all the same.
    """
    for sentence in document.words.get(removal.layer, {}):
        for word in removal.words(document, sentence):
            if document.is_taken_out(word.start, word.start + 1):
                continue  # gone with another one
            telling = Telling.of(document, sentence, word)
            place = removal.place(telling)
            if place is None:
                continue
            left = _without_place(document, sentence, place, words)
            whole = removal.goes(telling._replace(document=left), place)
            if whole == place:
                document = left
            elif whole is not None:
                document = _without_place(document, sentence, whole, words)
    return document


def _without_place(document: Document, sentence: int, place: Place, words: Words) -> Document:
    """Return the document with nothing at a place of a sentence, and so without the words that go across it."""
    start, end = place
    text = document.folded.text
    nothing = " " if document.grammar.names.has_spaces else UNSPACED_NOTHING
    taken = document.but(
        folded=replace(document.folded, text=text[:start] + nothing * (end - start) + text[end:]),
        names_by_sentence={
            **document.names_by_sentence,
            sentence: [n for n in document.names_in(sentence) if not start <= n.start < end],
        },
    )
    return cut(outside_of_names(match(taken, words=words)))
