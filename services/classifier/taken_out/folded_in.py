"""Folded in: with what a buyer merges what it buys is not bought: "Norvik buys Zelmo and merges it with its unit Pixeo".

The words are those of `lexicon/shared/folded.yml`.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import VERBS
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import ended_by_and
from services.classifier.syntax.telling import Telling
from services.classifier.taken_out.removal import HINT, Place, Removal

_FAR = 60
"""So far behind the word stands with what it is merged, or so far behind the purchase."""
_SIDES = 2
"""So many are named where it is told who buys what."""
_GLUED = frozenset({"ar", "zh", "th", "vi"})
"""Languages whose words begin with the "and", or need none."""


def _words(document: Document, sentence: int) -> Sequence[Hit]:
    return document.words_in("folded", sentence)


def _place(telling: Telling) -> Place | None:
    """Return where a merger with others stands behind a purchase that is told whole, None without one."""
    word = telling.hit
    buys = [cue for cue in telling.words("cue") if _buys(cue) and cue.end <= word.start]
    is_sov = telling.grammar.order == "sov"
    if is_sov and not buys:
        return None
    begin = buys[-1].end if is_sov else word.start
    if len({name.company for name in telling.names if name.end <= begin}) < _SIDES:
        return None
    end = word.end if is_sov else _until_the_next_verb(telling)
    others = telling.names_between(begin, end)
    if not others or word.start - begin > _FAR or not (is_sov or _is_joined(telling)):
        return None
    return begin, max(word.end, others[-1].end)


def _goes(left: Telling, place: Place) -> Place | None:
    return place if any(map(_buys, left.words("cue"))) else None


FOLDED_IN = Removal("folded", _words, _place, _goes)
"""What a sentence with a purchase says of what is made of what is bought."""


def _until_the_next_verb(telling: Telling) -> int:
    """Return how far behind a word stands with what is merged: "merges it with X and sells Y" tells more of Y."""
    end = telling.hit.end
    verbs = [
        cue.start
        for cue in telling.words("cue")
        if cue.start >= end and cue.meaning.frame in VERBS and cue.meaning.weight > HINT
    ]
    return min([*verbs, end + _FAR])


def _buys(cue: Hit) -> bool:
    meaning = cue.meaning
    return (
        "acquisition" in meaning.types
        and meaning.frame == "active"
        and meaning.weight > HINT
        and meaning.stage is None
    )


def _is_joined(telling: Telling) -> bool:
    """Return whether a comma or an "and" stands right before a word: it shares the subject of the purchase."""
    language = telling.language
    before = telling.text[telling.span.start : telling.hit.start].rstrip()
    return (
        before[-1:] in COMMAS
        or ended_by_and(before, language)
        or ended_by_and(before.rpartition(" ")[0], language)
        or language in _GLUED
    )
