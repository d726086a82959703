"""Match: finds the lexicon's words in a document, layer by layer."""

from __future__ import annotations

from dataclasses import replace

from services.classifier.document import Document, Word
from services.classifier.lexicon.words import Words


def match(document: Document, *, words: Words) -> Document:
    """Return the document with every word of its language that stands outside of furniture."""
    layers: dict[str, list[Word]] = {}
    for hit in words.find(document.folded.text):
        if any(first <= hit.start < last for first, last in document.furniture):
            continue
        word = Word(hit, document.sentence_at(hit.start))
        layers.setdefault(hit.meaning.layer, []).append(word)
    return replace(document, words={layer: tuple(found) for layer, found in layers.items()})
