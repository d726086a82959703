"""Old bids: what a sentence with a deal recalls of a bid that came to nothing, its sum and who bid, is no part of the deal.

"Norvik buys Zelmo for 3 billion; Balto had offered 2 billion last year."
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit, Words
from services.classifier.spans import NOUNS, VERBS, Name
from services.classifier.syntax.names.conjunctions import begun_by_and
from services.classifier.taken_out.removal import without
from services.common.contracts.reading import Stage

_LAYER = "old_bids"
_BEGINS = "begins"
_ENDS = "ends"
_OF_IT = "of_it"
_DEAL = "acquisition"
_TELLING = VERBS | NOUNS | {"joins", "merge"}
"""Frames of cues that tell a deal."""
_HINT = 1
"""What a cue weighs that alone says nothing: "420 rupees per share, 3.8 billion in all, it had offered"."""
_PAUSE = re.compile(r"[;:()،؛、。]|(?<!\d),|,(?!\d)|\s-\s")
"""A sign that parts what a bid was from the deal beside it, no comma of a number."""


def without_old_bids(document: Document, *, words: Words) -> Document:
    """Return the document without what its sentences with a deal recall of a bid of before.

    Words, names and sums that stand there count no more; its companies are mentioned all the same.
    """
    for sentence, found in document.words.get(_LAYER, {}).items():
        for word in found:
            if word.meaning.name == _OF_IT or document.is_taken_out(word.start, word.start + 1):
                continue  # gone with another one
            place = _recalled(document, sentence, word)
            is_beside = _has_both_sides(document, sentence, place)
            if not is_beside or _tells_more(document, sentence, word, place):
                continue
            if _is_its_price(document, sentence, place):
                continue
            taken = without(document, sentence, place, words=words)
            if _tells_a_deal(taken, sentence):
                document = taken
    return document


def _tells_a_deal(document: Document, sentence: int) -> bool:
    """Return whether a sentence tells a deal that has not come to nothing."""
    return any(
        _DEAL in cue.meaning.types
        and cue.meaning.weight > _HINT
        and cue.meaning.stage in {None, Stage.PROPOSED}
        and cue.meaning.frame in _TELLING
        for cue in document.words_in("cue", sentence)
    )


def _has_both_sides(document: Document, sentence: int, place: tuple[int, int]) -> bool:
    """Return whether who buys and who is bought are named outside of a place: in what is left of its sentence, or the title.

    "Norvik, which had offered 3 billion for Zelmo, completed the takeover" recalls a bid too, but the only Zelmo with it.
    """
    start, end = place
    left = {name.company for name in document.names_in(sentence) if not start <= name.start < end}
    gone = {name.company for name in document.names_in(sentence)} - left
    if not gone:
        return bool(left)
    return len(left | (document.titled - gone)) > 1


def _tells_more(document: Document, sentence: int, word: Hit, place: tuple[int, int]) -> bool:
    """Return whether a place tells of something else than a deal: "regulators had proposed to ban Telegram"."""
    start, end = place
    return any(
        _DEAL not in cue.meaning.types
        and cue.meaning.frame in VERBS
        and start <= cue.start < end
        and not word.start <= cue.start < word.end
        for cue in document.words_in("cue", sentence)
    )


def _is_its_price(document: Document, sentence: int, place: tuple[int, int]) -> bool:
    """Return whether a place says what its buyer had offered for what is bought: "X buys Y, for which it had offered …"."""
    start, end = place
    is_of_others = any(start <= name.start < end for name in document.names_in(sentence))
    return not is_of_others and any(
        word.meaning.name == _OF_IT and start < word.end and word.start < end
        for word in document.words_in(_LAYER, sentence)
    )


def _recalled(document: Document, sentence: int, word: Hit) -> tuple[int, int]:
    """Return where a sentence recalls a bid that a word tells of."""
    span, names = document.sentences[sentence], document.names_in(sentence)
    pauses = sorted({*_pauses(document, sentence), *span.breaks})
    left = max((at for at in pauses if at <= word.start), default=span.start)
    right = min((at for at in pauses if at >= word.end), default=span.end)
    start = _start(names, word, (left, right))
    end = _end(document, sentence, word, (start, right))
    return start, min(end, _next_verb(document, sentence, word, end))


def _next_verb(document: Document, sentence: int, word: Hit, end: int) -> int:
    """Return where an "and" leads back to who does the deal: "buys Zelmo after Balto's bid failed and closes Pixeo"."""
    if word.meaning.name != _BEGINS:
        return end
    text, language = document.folded.text, document.language
    verbs = (
        cue.start
        for cue in document.words_in("cue", sentence)
        if word.end <= cue.start < end and cue.meaning.frame in VERBS
    )
    verb = min(verbs, default=word.end)
    ands = (at for at in range(word.end, verb) if begun_by_and(text[at:verb], language))
    return max(ands, default=end)


def _pauses(document: Document, sentence: int) -> Iterator[int]:
    start, end, *_ = document.sentences[sentence]
    return (found.end() for found in _PAUSE.finditer(document.folded.text, start, end))


def _start(names: Sequence[Name], word: Hit, clause: tuple[int, int]) -> int:
    """Return where a bid begins to be told: with its word, with who bid before it, or where the clause does."""
    start, end = clause
    if word.meaning.name == _BEGINS:
        return word.start
    before = [name for name in names if start <= name.start < word.start]
    if len({name.company for name in before}) < 2:
        return start
    others = {name.company for name in names if not start <= name.start < end}
    bidders = [name.start for name in before if name.company not in others]
    return bidders[-1] if bidders else start


def _end(document: Document, sentence: int, word: Hit, clause: tuple[int, int]) -> int:
    """Return where it ends: with the clause, or before who does the deal or the verb of it, if that comes only now."""
    start, end = clause
    names = document.names_in(sentence)
    is_first = not any(name.start < start for name in names)
    behind = [name.start for name in names if word.end <= name.start < end]
    if word.meaning.name == _ENDS:
        return min(behind, default=end) if is_first else word.end
    if not is_first or any(name.start >= end for name in names):
        return end
    has_bidder = any(start <= name.start < word.end for name in names)
    verbs = [
        cue.start
        for cue in document.words_in("cue", sentence)
        if word.end <= cue.start < end and cue.meaning.frame in VERBS
    ]
    return min([*(behind if has_bidder else behind[1:]), *verbs], default=end)
