"""Match: finds the lexicon's words in a document, layer by layer."""

from __future__ import annotations

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit, Words


def match(document: Document, *, words: Words) -> Document:
    """Return the document with every word of its language that stands outside of furniture."""
    layers: dict[str, dict[int, list[Hit]]] = {}
    furniture = document.furniture
    starts = document.sentence_starts
    sentence, last_sentence = 0, len(starts) - 1
    for hit in words.find(document.folded.text, starts):
        start, _, meaning = hit
        if furniture and any(first <= start < last for first, last in furniture):
            continue
        while sentence < last_sentence and starts[sentence + 1] <= start:
            sentence += 1
        sentences = layers.get(meaning.layer)
        if sentences is None:
            sentences = layers[meaning.layer] = {}
        if sentence in sentences:
            sentences[sentence].append(hit)
        else:
            sentences[sentence] = [hit]
    return document.but(words=layers)
