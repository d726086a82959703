"""Fold: gives the document the one spelling that names and words are looked up in."""

from __future__ import annotations

from services.classifier.document import Document
from services.classifier.lexicon.folding import fold as fold_whole


def fold(document: Document) -> Document:
    """Return the document with its folded text."""
    return document.but(folded=fold_whole(document.whole))
