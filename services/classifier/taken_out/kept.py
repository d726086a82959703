"""Kept: what somebody holds or keeps beside a deal over another company has no part in that deal.

"Norvik holds 20 percent of Balto and sells its stake in Zelmo": Balto is not sold. The words are those of
`lexicon/shared/kept.yml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from services.classifier.blocking.harmless_words import find
from services.classifier.blocking.holdings import is_of_shares
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit, Words
from services.classifier.spans import VERBS, Name, Trigger
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import COMMAS, Chain
from services.classifier.syntax.names.conjunctions import begun_by_and, conjunctions, is_and
from services.classifier.syntax.scene import Scene
from services.classifier.taken_out.removal import without
from services.common.contracts.reading import Role

_KEEPS = "keeps"
_PARTS = "parts"
_DEAL = "acquisition"
_HINT = 1
"""What a cue weighs that alone says nothing."""
_RIGHT_BESIDE = 6
"""So far from a verb stands what it holds whole: "keeps Balto"."""
_FAR = 70
"""So far from a verb stands what it holds a part of."""
_A_PART = 24
"""So far behind a company may stand what of it is held: "Balto shares"."""
_BETWEEN = frozenset({" ", *COMMAS})
_A_WORD = 12
_BESIDE = 24
"""How much text beside a name may hold its marker."""


def without_kept(document: Document, *, words: Words) -> Document:
    """Return the document without what its sentences with a deal say of companies that are only held.

    Words and names that stand there count no more; the companies are mentioned all the same.
    """
    for sentence, found in document.words.get("kept", {}).items():
        if len(document.names_in(sentence)) < 2 or not _tells_a_deal(document, sentence):
            continue
        for word in found:
            place = _held_by(document, sentence, word) if _is_verb(word) else None
            if place is None:
                continue
            taken = without(document, sentence, place, words=words)
            if whole := _to_its_deal(taken, sentence, place):
                document = without(document, sentence, whole, words=words)
    return document


def _is_verb(word: Hit) -> bool:
    return word.meaning.name == _KEEPS


def _tells_a_deal(document: Document, sentence: int) -> bool:
    return any(_DEAL in cue.meaning.types for cue in document.words_in("cue", sentence))


def _deals(document: Document, sentence: int) -> list[Hit]:
    """Return the verbs of a sentence by which somebody buys or sells."""
    return [
        cue
        for cue in document.words_in("cue", sentence)
        if _DEAL in cue.meaning.types
        and cue.meaning.weight > _HINT
        and cue.meaning.frame in VERBS
        and cue.meaning.frame != "refuse"
    ]


def _held_by(document: Document, sentence: int, word: Hit) -> tuple[int, int] | None:
    """Return where a verb and what is held by it stand, None where that is what the deal is about."""
    if document.is_taken_out(word.start, word.start + 1):
        return None  # gone with another one
    ends_clauses = document.grammar.order == "sov"
    names = document.names_in(sentence)
    if ends_clauses:
        row = _row_before(document, [name for name in names if name.end <= word.start])
    else:
        row = _row_behind(document, [name for name in names if name.start >= word.end])
    if not row or not _is_held(document, sentence, word, row):
        return None
    place = (min(word.start, row[0].start), max(word.end, row[-1].end))
    others = [name for name in names if not place[0] <= name.start < place[1]]
    if not others or (ends_clauses and not _has_subject(others, place)):
        return None
    return place


def _to_its_deal(
    document: Document, sentence: int, place: tuple[int, int]
) -> tuple[int, int] | None:
    """Return a place with what leads from it to the verb of a deal over another company, None without one.

    The document is one without the place: what held that verb within a longer cue is gone.
    """
    # Where a verb comes last, or words are not parted, "shares of X" may be all that is read of a deal's verb.
    grammar = document.grammar
    is_loose = grammar.order == "sov" or not grammar.names.has_spaces
    verbs = [
        verb for verb in _deals(document, sentence) if is_loose or not is_of_shares(document, verb)
    ]
    free = [
        name
        for name in document.names_in(sentence)
        if not any(_is_a_side(document, sentence, verb, name) for verb in verbs)
    ]
    subject = document.names_in(sentence)[:1]
    deals = [verb for verb in verbs if _is_of_another(document, place, verb, free, subject)]
    if not deals:
        return None
    start, end = place
    behind = [cue.start for cue in deals if cue.start >= end]
    if behind and grammar.order != "sov":
        return start, min(behind)  # their subject is that of the verb before them
    return start, _behind_signs(document, end)


def _behind_signs(document: Document, end: int) -> int:
    """Return where the next word begins behind a comma or an "and": it shares the subject of the one before."""
    text = document.folded.text
    while text[end : end + 1] in _BETWEEN:
        end += 1
    return end + max(begun_by_and(" " + text[end : end + _A_WORD], document.language) - 1, 0)


def _has_subject(others: Sequence[Name], place: tuple[int, int]) -> bool:
    return any(name.end <= place[0] for name in others)


def _row_before(document: Document, names: Sequence[Name]) -> list[Name]:
    row = list(names[-1:])
    for earlier, later in reversed(list(pairwise(names))):
        gap = document.folded.text[earlier.end : later.start]
        if not COMMAS.isdisjoint(gap) or not is_and(gap, document.language):
            break
        row.insert(0, earlier)
    return row


def _row_behind(document: Document, names: Sequence[Name]) -> list[Name]:
    row = list(names[:1])
    for earlier, later in pairwise(names):
        if not is_and(document.folded.text[earlier.end : later.start], document.language):
            break
        row.append(later)
    return row


def _is_held(document: Document, sentence: int, word: Hit, row: Sequence[Name]) -> bool:
    """Return whether a verb is about a row of names, or about a part of them."""
    start, end = row[0].start, row[-1].end
    gap = max(start - word.end, word.start - end)
    if gap > _FAR:
        return False
    between = (end, word.start) if end <= word.start else (word.end, start)
    parts = [part for part in document.words_in("kept", sentence) if part.meaning.name == _PARTS]
    if any(
        between[0] <= cue.start
        and cue.end <= between[1]
        and not any(cue.start <= part.start < cue.end for part in parts)
        for cue in document.words_in("cue", sentence)
        if cue.meaning.frame in VERBS and cue.meaning.weight > _HINT
    ):
        return False
    if gap <= _RIGHT_BESIDE:
        return True
    left, right = min(word.start, start), max(word.end, end + _A_PART)
    return "%" in document.folded.text[left:right] or any(
        left <= part.start < right for part in parts
    )


def _is_of_another(
    document: Document,
    place: tuple[int, int],
    deal: Hit,
    free: Sequence[Name],
    subject: Sequence[Name],
) -> bool:
    """Return whether a deal beside what is held has something else that it is about: one of the names that are no side."""
    start, end = place
    if start <= deal.start < end:
        return False
    is_sov = document.grammar.order == "sov"
    is_before = (deal.end if is_sov else deal.start) <= start
    gap = (deal.end, start) if is_before else (end, deal.start)
    if not is_sov and not _is_parted(document, *gap):
        return False
    left, right = (0, start) if is_before else (end, len(document.folded.text))
    if not is_sov:
        left = max(left, deal.start)
    return any(left <= name.start < right and not (is_sov and name in subject) for name in free)


def _is_parted(document: Document, start: int, end: int) -> bool:
    """Return whether a comma or an "and" stands between two offsets, and no "which"."""
    grammar = document.grammar
    text, language = document.folded.text, document.language
    gap = text[start:end]
    words = [word.strip(".,;:!?\"'") for word in gap.split()]
    if not {*grammar.pronouns, *grammar.relative}.isdisjoint(words):
        return False
    glued = folded_particles("glued_and", language)
    unspaced = any(len(word) and word in gap for word in conjunctions(language)) and " " not in gap
    return (
        not COMMAS.isdisjoint(gap)
        or not conjunctions(language).isdisjoint(words)
        or not set(grammar.breaks).isdisjoint(words)
        or unspaced
        or (bool(glued) and text[max(end - 1, 0) : end + 1].strip().startswith(glued))
    )


def _is_a_side(document: Document, sentence: int, deal: Hit, name: Name) -> bool:
    """Return whether a word beside a name marks who buys or sells: "to Balto", but not "stake in Balto"."""
    if (shares := find(document, "shares", max(name.start - _BESIDE, 0), name.start)) and (
        name.start - shares.end() <= 1
    ):
        return False
    trigger = Trigger(
        start=deal.start,
        end=deal.end,
        sentence=sentence,
        event_type=_DEAL,
        group=deal.meaning.name,
        frame=deal.meaning.frame,
        weight=deal.meaning.weight,
        score=deal.meaning.weight,
        stage=deal.meaning.stage,
    )
    role = beside_of(Scene(document, trigger), Chain((name,))).role
    return role in {Role.ACTOR, Role.SELLER}
