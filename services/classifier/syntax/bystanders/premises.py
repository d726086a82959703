"""Premises: whom a sentence names only to say whose shop or plant it once was."""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import harmless_pattern
from services.classifier.spans import Name
from services.classifier.syntax.clauses.signs import has_sign

_TO_ITS_NAME = 14
"""So many characters part "former" from what it is said of, and that from the name: "antigua tienda de Norvik"."""


def on_premises(document: Document, sentence: int, event_type: str) -> frozenset[Name]:
    """Return the names of a sentence that have no part in a closing, as they only say what the place was.

    "Balto closes a former Norvik store".
    """
    return frozenset(_once_there(document, sentence) if event_type == "shutdown" else ())


def _once_there(document: Document, sentence: int) -> Iterator[Name]:
    """Yield of whom a sentence says that something was theirs: "ex-Norvik", "antigua tienda de Norvik".

    Who is named alone or first may be called so today, "ex Ilva", unless it is said what of theirs it was.
    """
    former = harmless_pattern("former", document.language)
    names = document.names_in(sentence)
    if former is None or not names:
        return
    text, span = document.folded.text, document.sentences[sentence]
    is_alone = len({name.company for name in names}) == 1
    for was in former.finditer(text, span.start, span.end):
        name = next((name for name in names if name.start >= was.end()), None)
        if (
            name is not None
            and name.start - was.end() <= _TO_ITS_NAME
            and not has_sign(text, was.end(), name.start)
            and not document.has_cue(sentence, was.end(), name.start)
            and not ((is_alone or name == names[0]) and not _has_a_site(document, was.end(), name))
        ):
            yield name


def _has_a_site(document: Document, start: int, name: Name) -> bool:
    """Return whether a word for a shop, a plant or another part of a company stands before a name or right behind it."""
    text = document.folded.text
    end = name.end + len(text[name.end : name.end + _TO_ITS_NAME].rpartition(" ")[0])
    patterns = (harmless_pattern(kind, document.language) for kind in ("going", "heads"))
    return any(
        pattern.search(text, *place) is not None
        for pattern in patterns
        if pattern is not None
        for place in ((start, name.start), (name.end, end))
    )
