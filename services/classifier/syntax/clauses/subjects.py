"""Subjects: names that stand before what comes between them and their verb.

"X, which made a record profit last year, buys Y", "X (NYSE: ABC) buys Y", and in verb-last languages
"…, X, Y-yi satın aldı": the clause of the cue goes on with who was named before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from services.classifier.document import Document
from services.classifier.lexicon.grammar import Grammar
from services.classifier.spans import Name
from services.classifier.syntax.clauses.sayings import is_said
from services.classifier.syntax.names.chains import COMMAS, chains_of
from services.classifier.syntax.scene import Scene

_BRACKETS = re.compile(r"\([^()]{0,60}\Z")
_COMMAS = re.escape("".join(COMMAS))
_TOPIC = re.compile(rf"[^{_COMMAS}.]{{0,12}}[{_COMMAS}]\s*\Z")
_TO_ITS_VERB = 16
"""So far behind its subject stands a verb of saying: "X ha annunciato"."""
_FRAMES = frozenset({"talks", "merge"})


def subject_before(scene: Scene, names: Sequence[Name]) -> list[Name]:
    """Return the names of a sentence that the clause of a cue goes on with, none for most.

    `names` are those of the sentence near the cue, in order.
    """
    document, trigger = scene.document, scene.trigger
    text = scene.text
    start, _ = scene.clause
    first = scene.span.start
    above = [name for name in names if name.end <= start]
    if start == first or not above or trigger.frame in _FRAMES:
        return []
    if ")" in text[start - 1 : start + 1]:
        opened = _BRACKETS.search(text, first, start if text[start] == ")" else start - 1)
        return _last_of(document, above, opened.start()) if opened else []
    if scene.grammar.order == "svo" and is_said(document, trigger.sentence, start):
        return _speakers(document, trigger.sentence, above)
    return _behind_a_comma(scene, above)


def _behind_a_comma(scene: Scene, above: Sequence[Name]) -> list[Name]:
    """Return the names that a clause goes on with behind a comma."""
    document, grammar = scene.document, scene.grammar
    text = scene.text
    start, _ = scene.clause
    if text[start - 1] not in COMMAS:
        return []
    if grammar.relative and (named := _before_relative(document, above, start)):
        return named
    if grammar.order == "sov" and _TOPIC.match(text, above[-1].end, start):
        begun, _ = document.clause_of(scene.trigger.sentence, start - 1)
        is_told = any(begun <= hit.start < start for hit in scene.words("cue"))
        return [] if is_told else _row(document, above)
    return []


def _speakers(document: Document, sentence: int, above: Sequence[Name]) -> list[Name]:
    """Return who says what a clause tells: "X said on Monday, in a note, that it buys Y"."""
    row = list(chains_of(document, above)[0].names)
    is_theirs = any(
        0 <= word.start - row[-1].end <= _TO_ITS_VERB
        for word in document.words_in("announced", sentence)
    )
    return row if is_theirs else []


def _before_relative(document: Document, above: Sequence[Name], start: int) -> list[Name]:
    """Return the names behind which a clause begins that is about them and ends right before `start`."""
    text = document.folded.text
    for at in range(len(above) - 1, -1, -1):
        found = _relative(document.grammar).match(text, above[at].end, start)
        if found and not any(sign in text[found.end() : start - 1] for sign in COMMAS):
            return _row(document, above[: at + 1])
    return []


def _last_of(document: Document, above: Sequence[Name], end: int) -> list[Name]:
    """Return the names in a row that end right before `end`."""
    outside = [name for name in above if name.end <= end]
    text = document.folded.text
    if not outside or text[outside[-1].end : end].strip(" \"')"):
        return []
    return _row(document, outside)


def _row(document: Document, above: Sequence[Name]) -> list[Name]:
    """Return the last names in a row: "X and Y, which compete in Asia, buy Z"."""
    return list(chains_of(document, above)[-1].names)


@lru_cache(maxsize=64)
def _relative(grammar: Grammar) -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(grammar.relative, key=len, reverse=True)))
    return re.compile(
        rf"[^{_COMMAS}.]{{0,12}}(?:[{_COMMAS}]\s*(?:\w{{1,14}}\s){{0,3}}|\s*(?:\w{{1,4}}\s)?)(?:{words})(?!\w)"
    )
