"""Fakes: what forgers make or open under a company's name, which no ban or closing of it hits."""

from __future__ import annotations

import re

from services.classifier.blocking.harmless_words import find_all
from services.classifier.document import Document

_BEFORE_REACH = 30
"""So far before the name of who is copied stands what is forged: "fake shops under the name of X"."""
_BEHIND_REACH = 12
_STOPS = re.compile(r"[,;:.!?()،。、]")


def harm_of_fakes(document: Document, sentence: int) -> str | None:
    """Return the kind of a sentence that names companies only as those whose goods or sites are forged, else None.

    What it says of a ban or a closing hits the forgers.
    """
    text, names = document.folded.text, document.names_in(sentence)
    fakes = list(find_all(document, "fakes", *document.sentences[sentence][:2]))
    is_theirs = bool(fakes and names) and all(
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
    return "fakes" if is_theirs else None
