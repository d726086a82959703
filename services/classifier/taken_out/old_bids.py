"""Old bids: what a sentence with a deal recalls of a bid that came to nothing, its sum and who bid, is no part of the deal.

"Norvik buys Zelmo for 3 billion; Balto had offered 2 billion last year."
"""

from __future__ import annotations

import re

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import NOUNS, VERBS
from services.classifier.syntax.names.conjunctions import begun_by_and
from services.classifier.syntax.telling import Telling
from services.classifier.taken_out.removal import HINT, Place, Removal
from services.common.contracts.reading import Stage

_BEGINS = "begins"
_ENDS = "ends"
_OF_IT = "of_it"
_TELLING = VERBS | NOUNS | {"joins", "merge"}
"""Frames of cues that tell a deal."""
_PAUSE = re.compile(r"[;:()،؛、。]|(?<!\d),|,(?!\d)|\s-\s")
"""A sign that parts what a bid was from the deal beside it, no comma of a number."""


def _words(document: Document, sentence: int) -> list[Hit]:
    words = document.words_in("old_bids", sentence)
    return [word for word in words if word.meaning.name != _OF_IT]


def _place(telling: Telling) -> Place | None:
    """Return where a sentence recalls a bid beside a deal that it tells, None where that is the deal's own."""
    place = _recalled(telling)
    if not _has_both_sides(telling, place):
        return None
    return None if _tells_more(telling, place) or _is_its_price(telling, place) else place


def _goes(left: Telling, place: Place) -> Place | None:
    """Return the place where a sentence tells a deal that has not come to nothing."""
    is_told = any(
        "acquisition" in cue.meaning.types
        and cue.meaning.weight
        > HINT  # not "420 rupees per share, 3.8 billion in all, it had offered"
        and cue.meaning.stage in {None, Stage.PROPOSED}
        and cue.meaning.frame in _TELLING
        for cue in left.words("cue")
    )
    return place if is_told else None


OLD_BIDS = Removal("old_bids", _words, _place, _goes)
"""What a sentence with a deal recalls of a bid of before."""


def _has_both_sides(telling: Telling, place: Place) -> bool:
    """Return whether who buys and who is bought are named outside of a place: in what is left of its sentence, or the title.

    "Norvik, which had offered 3 billion for Zelmo, completed the takeover" recalls a bid too, but the only Zelmo with it.
    """
    start, end = place
    left = {name.company for name in telling.names if not start <= name.start < end}
    gone = {name.company for name in telling.names} - left
    if not gone:
        return bool(left)
    return len(left | (telling.document.titled - gone)) > 1


def _tells_more(telling: Telling, place: Place) -> bool:
    """Return whether a place tells of something else than a deal: "regulators had proposed to ban Telegram"."""
    start, end = place
    word = telling.hit
    return any(
        "acquisition" not in cue.meaning.types
        and cue.meaning.frame in VERBS
        and start <= cue.start < end
        and not word.start <= cue.start < word.end
        for cue in telling.words("cue")
    )


def _is_its_price(telling: Telling, place: Place) -> bool:
    """Return whether a place says what its buyer had offered for what is bought: "X buys Y, for which it had offered …"."""
    start, end = place
    return not telling.names_between(start, end) and any(
        word.meaning.name == _OF_IT and start < word.end and word.start < end
        for word in telling.words("old_bids")
    )


def _recalled(telling: Telling) -> Place:
    """Return where a sentence recalls a bid that a word tells of."""
    word, span = telling.hit, telling.span
    signs = _PAUSE.finditer(telling.text, span.start, span.end)
    pauses = {*(sign.end() for sign in signs), *span.breaks}
    left = max((at for at in pauses if at <= word.start), default=span.start)
    right = min((at for at in pauses if at >= word.end), default=span.end)
    start = _start(telling, left, right)
    end = _end(telling, start, right)
    return start, min(end, _next_verb(telling, end))


def _next_verb(telling: Telling, end: int) -> int:
    """Return where an "and" leads back to who does the deal: "buys Zelmo after Balto's bid failed and closes Pixeo"."""
    word = telling.hit
    if word.meaning.name != _BEGINS:
        return end
    verb = min(_verbs(telling, end), default=word.end)
    ands = (
        at for at in range(word.end, verb) if begun_by_and(telling.text[at:verb], telling.language)
    )
    return max(ands, default=end)


def _verbs(telling: Telling, end: int) -> list[int]:
    """Return where verbs begin behind a word, up to an offset."""
    return [
        cue.start
        for cue in telling.words("cue")
        if telling.hit.end <= cue.start < end and cue.meaning.frame in VERBS
    ]


def _start(telling: Telling, start: int, end: int) -> int:
    """Return where a bid begins to be told: with its word, with who bid before it, or where the clause does."""
    word = telling.hit
    if word.meaning.name == _BEGINS:
        return word.start
    before = telling.names_between(start, word.start)
    if len({name.company for name in before}) < 2:
        return start
    others = {name.company for name in telling.names if not start <= name.start < end}
    bidders = [name.start for name in before if name.company not in others]
    return bidders[-1] if bidders else start


def _end(telling: Telling, start: int, end: int) -> int:
    """Return where it ends: with the clause, or before who does the deal or the verb of it, if that comes only now."""
    word, names = telling.hit, telling.names
    is_first = not any(name.start < start for name in names)
    behind = [name.start for name in telling.names_between(word.end, end)]
    if word.meaning.name == _ENDS:
        return min(behind, default=end) if is_first else word.end
    if not is_first or any(name.start >= end for name in names):
        return end
    has_bidder = bool(telling.names_between(start, word.end))
    return min([*(behind if has_bidder else behind[1:]), *_verbs(telling, end)], default=end)
