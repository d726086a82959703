"""Fakes: what forgers make or open under a company's name, which no ban or closing of it hits."""

from __future__ import annotations

import re

from services.classifier.blocking.harmless_words import find_all, may_stand
from services.classifier.document import Document
from services.classifier.lexicon.words import Hit

_BEFORE_REACH = 30
"""So far before the name of who is copied stands what is forged: "fake shops under the name of X"."""
_BEHIND_REACH = 12
_STOPS = re.compile(r"[,;:.!?()،。、]")


def harm_of_fakes(document: Document, sentence: int, cue: Hit) -> str | None:
    """Return the kind of a ban's or a closing's cue that hits forgers, None for any other."""
    is_theirs = "acquisition" not in cue.meaning.types and _is_of_fakes(document, sentence)
    return "fakes" if is_theirs else None


def _is_of_fakes(document: Document, sentence: int) -> bool:
    """Return whether a sentence names companies only as those whose goods or sites are forged."""
    start, end = document.sentences[sentence][:2]
    if not may_stand(document, "fakes", start, end):
        return False
    text = document.folded.text
    names = document.names_in(sentence)
    fakes = list(find_all(document, "fakes", start, end))
    return bool(names) and all(
        any(
            (
                0 <= name.start - fake.end() <= _BEFORE_REACH
                and not _STOPS.search(text, fake.end(), name.start)
            )
            or 0 <= fake.start() - name.end <= _BEHIND_REACH
            for fake in fakes
        )
        for name in names
    )
