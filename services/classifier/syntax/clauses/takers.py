"""Takers: who by a clause of its own takes what the one before sells, and names nothing itself.

"Norvik parts with Zelmo: Balto buys", "செல்மோவை விற்கிறது X; வாங்குகிறது Y".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name, Segment
from services.classifier.syntax.clauses.signs import CLAUSE_SIGN
from services.classifier.syntax.names.beside import beside_of
from services.classifier.syntax.names.chains import Chain
from services.classifier.syntax.scene import Scene, once
from services.common.contracts.reading import Role

_SALES = frozenset({"sell", "sold", "passive"})
_THAI_SPACE = re.compile(r"(?<=[\u0e00-\u0e7f])\s(?=[\u0e00-\u0e7f])")
"""Thai parts clauses by a space."""
_LAYERS = ("taken_by", "taker")
_HEAVY = ":.;\n"
"""Behind anything else a verb may go on with the subject before it: "sells X, buys Y"."""
_LETTERS = re.compile(r"[^\W\d_]+")
_A_MARK = 3
"""So many letters beside name and verb are a mark of either, or "it"."""

Part = tuple[int, int]


@once
def takers(scene: Scene) -> Mapping[Name, Part]:
    """Return who takes what a deal's title sells, each with the bounds of its clause; most titles have none."""
    trigger = scene.trigger
    is_title = scene.span.segment is Segment.TITLE
    if not is_title or trigger.event_type != "acquisition":
        return {}
    sold = min((cue.end for cue in _sales(scene.document, trigger.sentence)), default=None)
    if sold is None:
        return {}
    return {
        name: part
        for part in _parts(scene.document, trigger.sentence)
        if sold <= part[0] and (name := _taker(scene, part)) is not None
    }


def _sales(document: Document, sentence: int) -> Iterator[Hit]:
    """Yield the cues of a sale in a title, up to a sentence of it."""
    for index in range(sentence + 1):
        for cue in document.words_in("cue", index):
            if cue.meaning.frame in _SALES and "acquisition" in cue.meaning.types:
                yield cue


def _parts(document: Document, sentence: int) -> Iterator[Part]:
    """Yield the bounds of what signs and the breaks of a headline part."""
    span, text = document.sentences[sentence], document.folded.text
    signs = (
        sign.end()
        for pattern in (CLAUSE_SIGN, _THAI_SPACE)
        for sign in pattern.finditer(text, span.start, span.end)
    )
    bounds = sorted({span.start, *signs, *span.halves, span.end})
    yield from pairwise(bounds)


def _taker(scene: Scene, part: Part) -> Name | None:
    """Return who stands alone with a verb of taking between two bounds, None where nobody does."""
    document = scene.document
    start, end = part
    names = scene.names_between(start, end)
    earlier = {name.company for name in document.names if name.start < start}
    verb = next(_verbs(document, scene.trigger.sentence, part), None)
    if len(names) != 1 or verb is None or names[0].company in earlier or not earlier:
        return None
    name, text = names[0], scene.text
    first, last = sorted(((name.start, name.end), verb[:2]))
    rest = text[start : first[0]] + " " + text[first[1] : last[0]] + " " + text[last[1] : end]
    if sum(map(len, _LETTERS.findall(rest))) > _A_MARK or not _may_follow(
        document, start, name, verb
    ):
        return None
    bought = scene.trigger._replace(frame="active", start=verb.start, end=verb.end)
    role = beside_of(scene.of(bought), Chain((name,))).role
    return name if role in {None, Role.ACTOR} else None


def _verbs(document: Document, sentence: int, part: Part) -> Iterator[Hit]:
    """Yield the words between two bounds by which somebody takes or buys something."""
    start, end = part
    for layer in (*_LAYERS, "cue"):
        for word in document.words_in(layer, sentence):
            is_bought = layer in _LAYERS or (
                word.meaning.frame == "active" and "acquisition" in word.meaning.types
            )
            if is_bought and start <= word.start and word.end <= end:
                yield word


def _may_follow(document: Document, start: int, name: Name, verb: Hit) -> bool:
    """Return whether a name has the place of the subject of a clause's verb, and not of what it buys.

    Before a verb at the end may stand what is bought, unless who does it is marked: "Zを売却 Y買収".
    """
    text = document.folded.text
    if name.end <= verb.start:
        doers = particles("doer", document.language)
        return not doers or text.startswith(doers, name.end)
    is_behind = verb.meaning.layer == "taken_by"
    return is_behind and (document.grammar.order == "sov" or text[:start].rstrip()[-1:] in _HEAVY)
