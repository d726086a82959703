"""Spared: whom a sentence names only for contrast, "X goes, Y stays"."""

from __future__ import annotations

from services.classifier.document import Document, Name

_RIGHT_BEHIND = 3


def spared_in(document: Document, sentence: int) -> frozenset[Name]:
    """Return the names right behind which a word says that they stay, where another one stands before.

    "Norvik to scrap Balto, Pixeo survives": nothing happens to Pixeo.
    """
    words = document.words_in("stays", sentence)
    if not words:
        return frozenset()
    names = document.names_in(sentence)
    return frozenset(
        name
        for name in names
        if any(0 < word.start - name.end <= _RIGHT_BEHIND for word in words)
        and any(other.end <= name.start and other.company != name.company for other in names)
    )
