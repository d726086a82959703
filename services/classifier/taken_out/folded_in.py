"""Folded in: with what a buyer merges what it buys is not bought: "Norvik buys Zelmo and merges it with its unit Pixeo".

The words are those of `lexicon/shared/folded.yml`.
"""

from __future__ import annotations

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit, Words
from services.classifier.spans import VERBS
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import ended_by_and
from services.classifier.taken_out.removal import without

_BUYS = "active"
_DEAL = "acquisition"
_HINT = 1
"""What a cue weighs that alone says nothing."""
_FAR = 60
"""So far behind the word stands with what it is merged, or so far behind the purchase."""
_SIDES = 2
"""So many are named where it is told who buys what."""


def without_folded_in(document: Document, *, words: Words) -> Document:
    """Return the document without what its sentences with a purchase say of what is made of what is bought."""
    for sentence, found in document.words.get("folded", {}).items():
        for word in found:
            if document.is_taken_out(word.start, word.end):
                continue
            place = _told_of(document, sentence, word)
            if place is None:
                continue
            taken = without(document, sentence, place, words=words)
            if any(_buys(cue) for cue in taken.words_in("cue", sentence)):
                document = taken
    return document


def _told_of(document: Document, sentence: int, word: Hit) -> tuple[int, int] | None:
    """Return where a merger with others stands behind a purchase that is told whole, None without one."""
    buys = [
        cue for cue in document.words_in("cue", sentence) if _buys(cue) and cue.end <= word.start
    ]
    names = document.names_in(sentence)
    is_sov = document.grammar.order == "sov"
    if is_sov and not buys:
        return None
    begin = buys[-1].end if is_sov else word.start
    if len({name.company for name in names if name.end <= begin}) < _SIDES:
        return None
    end = word.end if is_sov else _until_the_next_verb(document, sentence, word)
    others = [name for name in names if begin <= name.start < end]
    if not others or word.start - begin > _FAR:
        return None
    if not (is_sov or _is_joined(document, sentence, word)):
        return None
    return begin, max(word.end, others[-1].end)


def _until_the_next_verb(document: Document, sentence: int, word: Hit) -> int:
    """Return how far behind a word stands with what is merged: "merges it with X and sells Y" tells more of Y."""
    verbs = [
        cue.start
        for cue in document.words_in("cue", sentence)
        if cue.start >= word.end and cue.meaning.frame in VERBS and cue.meaning.weight > _HINT
    ]
    return min([*verbs, word.end + _FAR])


def _buys(cue: Hit) -> bool:
    meaning = cue.meaning
    return (
        _DEAL in meaning.types
        and meaning.frame == _BUYS
        and meaning.weight > _HINT
        and meaning.stage is None
    )


def _is_joined(document: Document, sentence: int, word: Hit) -> bool:
    """Return whether a comma or an "and" stands right before a word: it shares the subject of the purchase."""
    text = document.folded.text
    before = text[document.sentences[sentence].start : word.start].rstrip()
    return (
        before[-1:] in COMMAS
        or ended_by_and(before, document.language)
        or ended_by_and(before.rpartition(" ")[0], document.language)
        or document.language in _GLUED
    )


_GLUED = frozenset({"ar", "zh", "th", "vi"})
"""Languages whose words begin with the "and", or need none."""
