"""Match: finds the lexicon's words in a document, layer by layer."""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit, Words

_SAID = frozenset({"stage", "hearsay", "avowed", "announced"})
"""Layers of verbs and adverbs, which a company's name only holds: "நோக்கி" (towards) in "நோக்கியா"."""


def match(document: Document, *, words: Words) -> Document:
    """Return the document with every word of its language that stands outside of furniture.

    Names are asked later (`outside_of_names`): most stories have no cue, and need nobody else's name then.
    """
    layers: dict[str, dict[int, list[Hit]]] = {}
    furniture = document.furniture
    starts = document.sentence_starts
    sentence, last_sentence = 0, len(starts) - 1
    for hit in words.find(document.folded.text, starts):
        start, _, meaning, _ = hit
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


def outside_of_names(document: Document) -> Document:
    """Return the document without the words of stages and sayings that are part of a name."""
    named = [(name.start, name.end) for name in document.names]
    said = {
        layer: {
            sentence: left
            for sentence, hits in document.words[layer].items()
            if (left := [hit for hit in hits if not _is_within(hit, named)])
        }
        for layer in _SAID & document.words.keys()
    }
    # A layer without words is no layer: others ask whether a story has it.
    words = {layer: said.get(layer, hits) for layer, hits in document.words.items()}
    return document.but(words={layer: hits for layer, hits in words.items() if hits})


def _is_within(hit: Hit, named: list[tuple[int, int]]) -> bool:
    """Return whether a word is part of a name; `named` are the names' places, in order."""
    at = bisect_right(named, hit.start, key=itemgetter(0)) - 1
    return at >= 0 and hit.end <= named[at][1]
