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
        layer = meaning.layer
        if layer not in layers:
            layers[layer] = {sentence: [hit]}
        elif sentence in layers[layer]:
            layers[layer][sentence].append(hit)
        else:
            layers[layer][sentence] = [hit]
    return document.but(words=layers)
