"""Circumstances: words of another subject that only say when, why or with what else something happens.

"Norvik buys Balto ahead of its IPO" is no offer of shares, "closes 40 stores, lays off 300" no mere layoff.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from services.classifier.blocking.harmless_words import has_word
from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name
from services.classifier.syntax.names.chains import COMMAS
from services.classifier.syntax.names.conjunctions import ended_by_and

CIRCUMSTANTIAL = frozenset(
    (
        *("boycott", "build", "goods", "ipo", "layoffs", "market", "office"),
        *("partner", "users", "wages"),
    )
)
"""What may be a circumstance. A lockdown, an outage or a holiday says why something closes for a while, and
a word for a player or a person may say who a name is: "buys X, the striker"."""

_VERBS = frozenset({"active", "passive", "sell", "sold", "close", "merge"})

_SURE = 2.0
"""What a cue weighs that says what is closed: "closes 40 stores"."""

_BESIDE = 12
"""So many characters from the verb stands what it is about: "buys the dairy X"."""

_REACH = 25
"""So many characters before a word of another subject stands the one that makes it a circumstance."""

_PARTS = re.compile(r"[,、،;:؛]|\s-\s")
_DIGIT = re.compile(r"\d")


def is_circumstance(document: Document, sentence: int, blocker: Hit, cues: Iterable[Hit]) -> bool:
    """Return whether a sentence tells an event whole, and what a blocker stands for besides."""
    if blocker.meaning.name not in CIRCUMSTANTIAL:
        return False
    names = document.names_in(sentence)
    if any(_is_told_before(document, blocker, cue, names) for cue in cues):
        return True
    return any(
        (blocker.start >= end and _is_added_behind(document, blocker, end))
        or (blocker.end <= start and _is_added_in_front(document, blocker, start))
        for cue in cues
        if cue.meaning.frame in _VERBS
        for start, end in _told(document, cue, names)
    )


def _is_told_before(document: Document, blocker: Hit, cue: Hit, names: Sequence[Name]) -> bool:
    """Return whether "and" parts a closing of something from what its subject does first: "X cuts 300 jobs and closes 2 plants"."""
    return (
        "shutdown" in cue.meaning.types
        and cue.meaning.frame in _VERBS
        and cue.meaning.weight >= _SURE
        and any(name.end <= blocker.start for name in names)
        and blocker.end <= cue.start
        and ended_by_and(document.folded.text[blocker.end : cue.start], document.language)
    )


def _told(document: Document, cue: Hit, names: Sequence[Name]) -> Iterator[tuple[int, int]]:
    """Yield from where to where a cue tells an event whole: who, and whom or what."""
    grammar = document.grammar
    before = next((name for name in reversed(names) if name.end <= cue.start), None)
    after = next((name for name in names if name.start >= cue.end), None)
    text = document.folded.text
    is_after = after is not None and _is_beside(text[cue.end : after.start])
    is_before = before is not None and _is_beside(text[before.end : cue.start])
    if "acquisition" in cue.meaning.types:
        if before and after and is_after and before.company != after.company:
            yield before.start, after.end
        elif before and is_before and grammar.order == "sov":
            other = next((n for n in names if n.end <= before.start), None)
            if other is not None and other.company != before.company:
                yield other.start, cue.end
    elif after is not None and is_after and grammar.order != "sov":
        yield (before.start if before else cue.start), after.end
    elif before is not None and (
        (is_before and (cue.meaning.frame == "passive" or grammar.order == "sov"))
        or ("shutdown" in cue.meaning.types and cue.meaning.weight >= _SURE)
    ):
        yield before.start, cue.end


def _is_beside(gap: str) -> bool:
    """Return whether so little stands between a verb and what it is about; a number counts goods."""
    return len(gap) <= _BESIDE and not _DIGIT.search(gap) and COMMAS.isdisjoint(gap)


def _is_added_behind(document: Document, blocker: Hit, end: int) -> bool:
    """Return whether a sign or a word such as "after" parts a blocker from what is told before it."""
    gap = document.folded.text[end : blocker.start]
    return _PARTS.search(gap) is not None or has_word(
        gap, folded_particles("amid", document.language)
    )


def _is_added_in_front(document: Document, blocker: Hit, start: int) -> bool:
    """Return whether words such as "after" make a circumstance of a blocker before what is told."""
    text = document.folded.text
    before = text[max(blocker.start - _REACH, 0) : blocker.start]
    return has_word(
        text[blocker.end : start], folded_particles("amid_behind", document.language)
    ) or has_word(before, folded_particles("amid", document.language))
