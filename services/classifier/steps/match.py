"""Match: finds the lexicon's words in a document, layer by layer."""

from __future__ import annotations

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit, Words


def match(document: Document, *, words: Words) -> Document:
    """Return the document with every word of its language that stands outside of furniture."""
    layers: dict[str, dict[int, list[Hit]]] = {}
    furniture = document.furniture
    for hit in words.find(document.folded.text, document.sentence_starts):
        if furniture and any(first <= hit.start < last for first, last in furniture):
            continue
        sentences = layers.setdefault(hit.meaning.layer, {})
        sentences.setdefault(document.sentence_at(hit.start), []).append(hit)
    return document.but(words=layers)
