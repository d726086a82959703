"""Holder words: where those of `lexicon/shared/holders.yml` stand, which say who has what, and who has no part in it."""

from __future__ import annotations

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import holders_pattern


def tells_of(kind: str, document: Document, start: int, end: int) -> bool:
    """Return whether a word of a kind of `holders.yml` stands between two offsets."""
    pattern = holders_pattern(kind, document.language)
    return pattern.search(document.folded.text, start, end) is not None
