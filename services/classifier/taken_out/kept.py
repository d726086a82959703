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
from services.classifier.lexicon.words import Hit
from services.classifier.spans import VERBS, Name, Trigger
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import COMMAS, Chain
from services.classifier.syntax.names.conjunctions import begun_by_and, conjunctions, is_and
from services.classifier.syntax.scene import Scene
from services.classifier.syntax.telling import Telling
from services.classifier.taken_out.removal import HINT, Place, Removal
from services.common.contracts.reading import Role

_PARTS = "parts"
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


def _verbs(document: Document, sentence: int) -> list[Hit]:
    """Return the verbs that hold or keep something in a sentence with a deal and several names."""
    if len(document.names_in(sentence)) < 2 or not any(
        "acquisition" in cue.meaning.types for cue in document.words_in("cue", sentence)
    ):
        return []
    return [word for word in document.words_in("kept", sentence) if word.meaning.name == "keeps"]


def _place(telling: Telling) -> Place | None:
    """Return where a verb and what is held by it stand, None where that is what the deal is about."""
    word, names = telling.hit, telling.names
    is_sov = telling.grammar.order == "sov"
    row = _row_before(telling) if is_sov else _row_behind(telling)
    if not row or not _is_held(telling, row):
        return None
    start, end = min(word.start, row[0].start), max(word.end, row[-1].end)
    others = [name for name in names if not start <= name.start < end]
    if not others or (is_sov and not any(name.end <= start for name in others)):
        return None
    return start, end


def _goes(left: Telling, place: Place) -> Place | None:
    """Return a place with what leads from it to the verb of a deal over another company, None without one.

    In the sentence without the place, what held that verb within a longer cue is gone.
    """
    is_sov = left.grammar.order == "sov"
    # Where a verb comes last, or words are not parted, "shares of X" may be all that is read of a deal's verb.
    is_loose = is_sov or not left.grammar.names.has_spaces
    verbs = [verb for verb in _deals(left) if is_loose or not is_of_shares(left.document, verb)]
    free = [name for name in left.names if not any(_is_a_side(left, verb, name) for verb in verbs)]
    deals = [verb for verb in verbs if _is_of_another(left, place, verb, free)]
    if not deals:
        return None
    start, end = place
    behind = [cue.start for cue in deals if cue.start >= end]
    if behind and not is_sov:
        return start, min(behind)  # their subject is that of the verb before them
    return start, _behind_signs(left, end)


KEPT = Removal("kept", _verbs, _place, _goes)
"""What a sentence with a deal says of companies that are only held."""


def _deals(telling: Telling) -> list[Hit]:
    """Return the verbs of a sentence by which somebody buys or sells."""
    return [
        cue
        for cue in telling.words("cue")
        if "acquisition" in cue.meaning.types
        and cue.meaning.weight > HINT
        and cue.meaning.frame in VERBS
        and cue.meaning.frame != "refuse"
    ]


def _behind_signs(telling: Telling, end: int) -> int:
    """Return where the next word begins behind a comma or an "and": it shares the subject of the one before."""
    text = telling.text
    while text[end : end + 1] in _BETWEEN:
        end += 1
    return end + max(begun_by_and(" " + text[end : end + _A_WORD], telling.language) - 1, 0)


def _row_before(telling: Telling) -> list[Name]:
    names = [name for name in telling.names if name.end <= telling.hit.start]
    row = names[-1:]
    for earlier, later in reversed(list(pairwise(names))):
        gap = telling.text[earlier.end : later.start]
        if not COMMAS.isdisjoint(gap) or not is_and(gap, telling.language):
            break
        row.insert(0, earlier)
    return row


def _row_behind(telling: Telling) -> list[Name]:
    names = [name for name in telling.names if name.start >= telling.hit.end]
    row = names[:1]
    for earlier, later in pairwise(names):
        if not is_and(telling.text[earlier.end : later.start], telling.language):
            break
        row.append(later)
    return row


def _is_held(telling: Telling, row: Sequence[Name]) -> bool:
    """Return whether a verb is about a row of names, or about a part of them."""
    word, start, end = telling.hit, row[0].start, row[-1].end
    gap = max(start - word.end, word.start - end)
    if gap > _FAR:
        return False
    first, last = (end, word.start) if end <= word.start else (word.end, start)
    parts = [part for part in telling.words("kept") if part.meaning.name == _PARTS]
    if any(
        first <= cue.start
        and cue.end <= last
        and not any(cue.start <= part.start < cue.end for part in parts)
        for cue in telling.words("cue")
        if cue.meaning.frame in VERBS and cue.meaning.weight > HINT
    ):
        return False
    if gap <= _RIGHT_BESIDE:
        return True
    left, right = min(word.start, start), max(word.end, end + _A_PART)
    return "%" in telling.text[left:right] or any(left <= part.start < right for part in parts)


def _is_of_another(telling: Telling, place: Place, deal: Hit, free: Sequence[Name]) -> bool:
    """Return whether a deal beside what is held has something else that it is about: one of the names that are no side."""
    start, end = place
    if start <= deal.start < end:
        return False
    if telling.grammar.order == "sov":
        names = [name for name in free if name not in telling.names[:1]]
        if deal.end <= start:
            return any(name.start < start for name in names)
        return any(name.start >= end for name in names)
    if deal.start <= start:
        is_about = any(deal.start <= name.start < start for name in free)
        return is_about and _is_parted(telling, deal.start, start)
    return any(name.start >= deal.start for name in free) and _is_parted(telling, end, deal.start)


def _is_parted(telling: Telling, start: int, end: int) -> bool:
    """Return whether a comma or an "and" stands between two offsets, and no "which"."""
    grammar, ands = telling.grammar, conjunctions(telling.language)
    gap = telling.text[start:end]
    words = [word.strip(".,;:!?\"'") for word in gap.split()]
    if not {*grammar.pronouns, *grammar.relative}.isdisjoint(words):
        return False
    glued = folded_particles("glued_and", telling.language)
    return (
        not COMMAS.isdisjoint(gap)
        or not ands.isdisjoint(words)
        or not set(grammar.breaks).isdisjoint(words)
        or (" " not in gap and any(word and word in gap for word in ands))
        or (bool(glued) and telling.text[max(end - 1, 0) : end + 1].strip().startswith(glued))
    )


def _is_a_side(telling: Telling, deal: Hit, name: Name) -> bool:
    """Return whether a word beside a name marks who buys or sells: "to Balto", but not "stake in Balto"."""
    shares = find(telling.document, "shares", max(name.start - _BESIDE, 0), name.start)
    if shares and name.start - shares.end() <= 1:
        return False
    trigger = Trigger(
        start=deal.start,
        end=deal.end,
        sentence=telling.sentence,
        event_type="acquisition",
        group=deal.meaning.name,
        frame=deal.meaning.frame,
        weight=deal.meaning.weight,
        score=deal.meaning.weight,
        stage=deal.meaning.stage,
    )
    role = beside_of(Scene(telling.document, trigger), Chain((name,))).role
    return role in {Role.ACTOR, Role.SELLER}
