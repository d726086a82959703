"""Afters: what an event comes after, or since when something is so: "after the sale of X", "X 인수 이래"."""

from __future__ import annotations

from services.classifier.lexicon.grammar import Trait
from services.classifier.lexicon.words import Hit
from services.classifier.spans import NOUNS
from services.classifier.syntax.clauses.sinces import is_bare
from services.classifier.syntax.telling import Telling

_NOUN_REACH = 24
"""So far behind "after" stands what is over: "after the surprising takeover of"."""
_SINCE_REACH = 12
_BEHIND_REACH = 10
"""So far behind a cue a word stands that ends its clause: "인수한 뒤"."""
_POSTPOSED_REACH = 16
_TO_ITS_NOUN = 3
"""So many characters part a name from the noun of its deal: "X's takeover"."""


def is_over(telling: Telling) -> bool:
    """Return whether a cue is what something happened after: "after the sale of X", "X 인수 후".

    A ban that was lifted is told with what it made possible: "X is back after a court lifted the block".
    """
    meaning = telling.hit.meaning
    if meaning.stage == "reversed" and "ban" in meaning.types:
        return False
    is_behind = telling.grammar.says_after_behind
    return any(
        _is_of(telling, after, is_behind=is_behind) for after in telling.afters
    ) or _explains(telling)


def _explains(telling: Telling) -> bool:
    """Return whether a deal only says why a figure is what it is: "sales up thanks to the takeover of X".

    Who "wants to win customers by the takeover of X" has it ahead.
    """
    if "acquisition" not in telling.hit.meaning.types:
        return False
    owing = telling.words("owing")
    is_behind = telling.grammar.order == "sov" and telling.grammar.says_after_behind
    return (
        bool(owing)
        and bool(telling.words("figures"))
        and any(
            not _is_wished(telling, cause)
            and (
                _is_of(telling, cause, is_behind=is_behind)
                or (not is_behind and _is_of_a_name(telling, cause))
            )
            for cause in owing
        )
    )


def _is_wished(telling: Telling, cause: Hit) -> bool:
    """Return whether a sentence says before a cause that somebody wants or plans something."""
    return any(
        word.meaning.name == "proposed" and word.end <= cause.start
        for word in telling.words("stage")
    )


def _is_of(telling: Telling, after: Hit, *, is_behind: bool) -> bool:
    """Return whether a cue goes with a word for "after", which stands behind it or before."""
    hit = telling.hit
    if is_behind:
        reach = _POSTPOSED_REACH if Trait.AFTER_BEHIND in telling.grammar.traits else _BEHIND_REACH
        return -1 <= after.start - hit.end <= reach and not _is_of_another(telling, after)
    if hit.start < after.start and after.end < hit.end <= after.end + _NOUN_REACH:
        return (
            hit.meaning.frame in NOUNS
        )  # "schließt Y zwei Jahre nach der Übernahme" completes none
    gap = hit.start - after.end
    if gap < 0 or after.start < telling.clause[0]:
        return False
    if gap > 1 and (hit.meaning.frame not in NOUNS or gap > _NOUN_REACH):
        return False
    return not any(
        after.end <= name.start < hit.start and telling.text[name.end : hit.start] != "-"
        for name in telling.names
    )  # but "nach X-Übernahme"


def _is_of_another(telling: Telling, word: Hit) -> bool:
    """Return whether a name parts a verb from "after" or "since": "X 인수…Y 인수 이후"; not where what is bought follows."""
    return telling.grammar.order == "sov" and telling.has_name(telling.hit.end, word.start)


def _is_of_a_name(telling: Telling, cause: Hit) -> bool:
    """Return whether a noun stands right behind a name and that right behind a cause: "thanks to X takeover"."""
    hit = telling.hit
    return hit.meaning.frame in NOUNS and any(
        0 <= name.start - cause.end <= 1 and 0 <= hit.start - name.end <= _TO_ITS_NOUN
        for name in telling.names
    )


def _is_of_a_stage(telling: Telling, since: Hit) -> bool:
    """Return whether a word is the end of another that says how far a deal has come: "o krok od kupna"."""
    return any(
        word.start < since.start and since.end <= word.end for word in telling.words("stage")
    )


def began_then(telling: Telling) -> bool:
    """Return whether a cue is since when something is so: "since the takeover of X", "인수 이래".

    What a comma or a year parts from it is news: "in its biggest deal since 2019, X buys Y".
    """
    hit, text = telling.hit, telling.text
    for since in telling.words("since"):
        if telling.grammar.says_after_behind:
            gap = text[hit.end : since.start]
            is_beside = (
                0 <= since.start - hit.end <= _POSTPOSED_REACH
                or since.start <= hit.start < since.end
            )
        else:
            gap = text[since.end : hit.start]
            is_beside = since.start <= hit.start <= since.end + _SINCE_REACH and since.end < hit.end
        if (
            is_beside
            and is_bare(gap)
            and not (
                _is_of_a_stage(telling, since)
                or (telling.grammar.says_after_behind and _is_of_another(telling, since))
            )
        ):
            return True
    return False
