"""Halves: what a sentence of a verb-last language tells behind or before a comma, of somebody else.

"X ने Y को खरीदा, Z को झटका": who gets the shock has no part in the purchase. "X নয়, Y কিনছে Z": nor
has who does not buy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.classifier.document import Document
from services.classifier.spans import Name
from services.classifier.syntax.clauses.grounds import is_refusal
from services.classifier.syntax.names.conjunctions import is_and
from services.classifier.syntax.scene import Scene

_COMMA = re.compile(r"[,،](?=\s)|、")
_A_MARK = 4
"""So many letters beside a name are its mark: a row goes on behind the comma."""
_TELLING = 2.0
"""What a cue must weigh to tell of the names of its half."""


def of_its_half(scene: Scene, names: Sequence[Name]) -> list[Name]:
    """Return the names of a cue's clause without those of halves that tell something else.

    Where the cue's own half names nobody, or one side only of a deal, all are left.
    """
    trigger = scene.trigger
    if scene.grammar.order != "sov" or not names:
        return list(names)
    text = scene.text
    first, last = min(n.start for n in names), max(n.end for n in names)
    commas = [m.start() for m in _COMMA.finditer(text, min(first, trigger.start), last)]
    if not commas:
        return list(names)
    start = max((at for at in commas if at < trigger.start), default=-1)
    end = min((at for at in commas if at >= trigger.end), default=len(text))
    own = [name for name in names if start < name.start < end]
    is_deal = trigger.event_type == "acquisition"
    if len({name.company for name in own}) <= is_deal:
        return list(names)
    bounds = [scene.span.start - 1, *commas]
    ends = [*commas, scene.span.end]
    kept = list(own)
    is_row = True
    for begun, ended in zip(bounds, ends, strict=True):
        inside = [name for name in names if begun < name.start < ended]
        if not inside or inside[0] in own:
            continue
        if begun < start:
            if not _tells_of_another(scene, inside, begun, ended):
                kept.extend(inside)
        elif is_row and _goes_on(scene, inside, begun, ended):
            kept.extend(inside)
        else:
            is_row = False
    return sorted(kept, key=lambda name: (name.start, name.end))


def _goes_on(scene: Scene, names: Sequence[Name], start: int, end: int) -> bool:
    """Return whether a half behind the cue's only adds names: "…, Z पर भी"."""
    rest = _without(scene.document, names, start + 1, end)
    return len(rest) <= _A_MARK or any(start < word.start < end for word in scene.words("also"))


def _tells_of_another(scene: Scene, names: Sequence[Name], start: int, end: int) -> bool:
    """Return whether a half before the cue's says "not X", or tells who withdrew, or a deal where the cue tells none."""
    trigger = scene.trigger
    words = [w for w in scene.words("negation") if start < w.start < end]
    if words:
        rest = _without(scene.document, names, start + 1, end)
        return len(rest) <= sum(word.end - word.start for word in words)
    if trigger.stage is None and any(
        start < word.start < end and is_refusal(word, trigger.event_type)
        for word in scene.words("stage")
    ):
        return True
    return trigger.event_type != "acquisition" and any(
        start < cue.start < end
        and cue.meaning.weight >= _TELLING
        and "acquisition" in cue.meaning.types
        for cue in scene.words("cue")
    )


def _without(document: Document, names: Sequence[Name], start: int, end: int) -> str:
    """Return what a half has besides its names, without spaces, signs and words for "and"."""
    text = document.folded.text
    rest, at = [], start
    for name in names:
        gap = text[at : name.start] if name.start > at else ""
        if not is_and(gap, document.language):
            rest.append(gap)
        at = max(at, name.end)
    rest.append(text[at:end])
    return "".join(
        sign
        for sign in "".join(rest)
        if sign.isalnum() or (ord(sign) > 0x900 and not sign.isspace())
    )
