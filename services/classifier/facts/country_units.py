"""Country units: countries that say which part of a company something is about: "the Indian business"."""

from __future__ import annotations

from services.classifier.document import Document
from services.classifier.facts.origins import behind, ends_with_any
from services.classifier.lexicon.scripts import is_word_end
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit


def is_unit(document: Document, hit: Hit) -> bool:
    """Return whether a word for a part of a company stands beside a country, or before "in" it."""
    grammar = document.grammar
    text = document.folded.text
    left = text[max(hit.start - 24, 0) : hit.start].rstrip(" (-")
    scope = max(
        (word for word in grammar.scope if ends_with_any(left, (word,))), key=len, default=None
    )
    if scope is not None and ends_with_any(left[: -len(scope)].rstrip(), grammar.unit):
        return True
    follows = behind(document, hit, 24)
    for particle in folded_particles("owned_by", document.language):
        # "इटली का कारोबार"
        if follows.startswith(f"{particle} "):
            follows = follows[len(particle) :].lstrip()
            break
    if _begins_with(follows, grammar.unit):
        return True
    # "la filial argentina", "bisnis Italia": the country behind its noun; "la marca australiana X" is from there.
    end = document.word_end(hit.end)
    is_before_name = any(
        end <= name.start and not text[end : name.start].strip()
        for name in document.names_in(document.sentence_at(hit.start))
    )
    branches = folded_particles("branches", document.language)
    return ends_with_any(left, branches if is_before_name else grammar.unit)


def is_of_a_unit(document: Document, start: int) -> bool:
    """Return whether a country that begins there says which part of a company it is about."""
    return any(
        hit.start == start and is_unit(document, hit)
        for hit in document.words_in("country", document.sentence_at(start))
    )


def _begins_with(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a text begins with one of the words; an asterisk stands for any ending."""
    return any(
        text.startswith(word.rstrip("*")) and (word.endswith("*") or is_word_end(text, len(word)))
        for word in words
    )
