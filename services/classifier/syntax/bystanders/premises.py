"""Premises: whom a sentence names only to say whose shop or plant it once was, or from whose store an app goes."""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.document import Document, Name, Segment
from services.classifier.lexicon.grammar import Grammar, Trait
from services.classifier.lexicon.shared_words import ends_pattern, harmless_pattern
from services.classifier.syntax.clauses.signs import has_sign
from services.classifier.syntax.names.chains import chains_of

_TO_ITS_NAME = 14
"""So many characters part "former" from what it is said of, and that from the name: "antigua tienda de Norvik"."""
_A_PAIR = 2
_TO_ITS_STORE = 5
"""So many characters part a store from whose it is: "dagli store di Norvik"."""


def on_premises(
    document: Document, grammar: Grammar, sentence: int, event_type: str
) -> frozenset[Name]:
    """Return the names of a sentence that have no part in a closing or a ban, as they only say what the place was.

    "Balto closes a former Norvik store", "the app is gone from the stores of Norvik and Balto".
    """
    match event_type:
        case "shutdown":
            return frozenset(_once_there(document, sentence))
        case "ban":
            return frozenset(_with_a_store(document, grammar, sentence))
        case _:
            return frozenset()


def _once_there(document: Document, sentence: int) -> Iterator[Name]:
    """Yield of whom a sentence says that something was theirs: "ex-Norvik", "antigua tienda de Norvik".

    Who is named alone may be called so today, "ex Ilva", unless it is said what of theirs it was.
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
            and not (is_alone and not _has_a_site(document, was.end(), name))
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


def _with_a_store(document: Document, grammar: Grammar, sentence: int) -> Iterator[Name]:
    """Yield whose the stores are from which a text says that something is taken, as a state or an authority bans it.

    In a title a store may ban by itself, as it may where nobody else does.
    """
    names = document.names_in(sentence)
    if (
        len(names) < _A_PAIR
        or grammar.order != "svo"
        or Trait.DENSE in grammar.traits
        or document.in_title(sentence)
        or not _is_by_a_state(document)
    ):
        return
    stores = ends_pattern("store", document.language)
    text, span = document.folded.text, document.sentences[sentence]
    for store in stores.finditer(text, span.start, span.end):
        for row in chains_of(document, names):
            gap = store.end(), row.start
            is_its = 0 <= gap[1] - gap[0] <= _TO_ITS_STORE and not has_sign(text, *gap)
            owners = {name.company for name in row.names}
            if is_its and any(name.company not in owners for name in names):
                yield from row.names


def _is_by_a_state(document: Document) -> bool:
    """Return whether title or lead name an authority or a country."""
    return any(
        document.words_in(layer, at)
        for layer in ("authority", "country")
        for at in document.sentences_of(Segment.TITLE, Segment.LEAD)
    )
