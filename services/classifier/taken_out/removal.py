"""Removal: a document without a place of one of its sentences, as old bids, holdings and answers are."""

from __future__ import annotations

from dataclasses import replace

from services.classifier.document import UNSPACED_NOTHING, Document
from services.classifier.lexicon.words import Words
from services.classifier.steps.clauses import cut
from services.classifier.steps.match import match, outside_of_names


def without(document: Document, sentence: int, place: tuple[int, int], *, words: Words) -> Document:
    """Return the document with nothing at a place of a sentence, and so without the words that go across it.

    Names there count no more; the companies are mentioned all the same.
    """
    start, end = place
    text = document.folded.text
    names = document.names_in(sentence)
    nothing = " " if document.grammar.names.has_spaces else UNSPACED_NOTHING
    taken = document.but(
        folded=replace(document.folded, text=text[:start] + nothing * (end - start) + text[end:]),
        names_by_sentence={
            **document.names_by_sentence,
            sentence: [name for name in names if not start <= name.start < end],
        },
    )
    return cut(outside_of_names(match(taken, words=words)))
