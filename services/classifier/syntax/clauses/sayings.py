"""Sayings: clauses that tell what somebody said, and so describe no name."""

from __future__ import annotations

from services.classifier.document import Document
from services.classifier.syntax.names.chains import COMMAS

_ENDING = 3


def is_said(document: Document, sentence: int, start: int) -> bool:
    """Return whether a clause is what somebody said, "said on Monday, in a note, that", and describes no name."""
    return any(word.end <= start for word in document.words_in("announced", sentence)) and not any(
        0 <= start - name.end <= _ENDING for name in document.names_in(sentence)
    )


def is_noted(document: Document, sentence: int, start: int) -> bool:
    """Return whether a note between two commas parts what was said from who said it: "said, in a note, that".

    Without one a relative describes what was announced: "announced a new app, which was banned".
    """
    text = document.folded.text
    return is_said(document, sentence, start) and any(
        sum(map(text[word.end : start].count, COMMAS)) > 1
        for word in document.words_in("announced", sentence)
    )
