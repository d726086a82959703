"""Attributes: clauses that stand before the name that they describe, "Yを買収したX", "收购Y的X"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import folded_particles
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Name
from services.classifier.syntax.names.chains import COMMAS

_TO_ITS_NAME = 8
"""So many characters part what describes a name from that, its ending and a name in it aside."""
OPENING = " \"'《"
_A_SIGN = 2
"""What parts the two where verbs stand before what is bought: "收购Y的X", but "收购Y所持有的X"."""


class Aside(NamedTuple):
    """A clause that describes a name, by the offsets of the folded text."""

    start: int
    end: int
    whom: Name | None
    """Whom it describes; nobody where it says after what else something happens."""


def attributes(
    document: Document, sentence: int, names: Sequence[Name], cues: Sequence[Hit]
) -> Iterator[Aside]:
    """Yield what stands with a cue before the name that it describes, whatever else the sentence tells."""
    endings = folded_particles("attributive", document.language)
    text = document.folded.text
    for name in names if endings else ():
        before = text[: name.start].rstrip(OPENING)
        if not before.endswith(endings):
            continue
        cue = next((cue for cue in reversed(cues) if cue.start < len(before)), None)
        if cue is None:
            continue
        inner = [other for other in names if cue.end <= other.start < name.start]
        start, _ = document.clause_of(sentence, cue.start)
        if (
            inner
            and document.grammar.order == "svo"
            and any(start <= n.start < cue.start for n in names)
        ):
            continue  # "X收购Y的Z": Z is Y's
        between = max(len(before) - cue.end, 0) - sum(one.end - one.start for one in inner)
        if between <= (_A_SIGN if document.grammar.order == "svo" else _TO_ITS_NAME):
            yield Aside(max(start, *_begins(document, names, cues, cue, name)), name.start, name)


def _begins(
    document: Document, names: Sequence[Name], cues: Sequence[Hit], cue: Hit, described: Name
) -> Iterator[int]:
    """Yield where what describes a name may begin: behind a comma, another verb or the subject of the sentence."""
    text = document.folded.text
    yield from (text.rfind(sign, 0, cue.start) + 1 for sign in COMMAS)
    yield from (other.end for other in cues if other.end <= cue.start)
    before = [name for name in names if name.end <= cue.start]
    yield from (name.end for name in before if _is_topic(document, name))
    acted_on = folded_particles("acted_on", document.language)
    if before and acted_on and text.startswith(acted_on, described.end):
        yield before[0].end  # who does it to whom is described


def _is_topic(document: Document, name: Name) -> bool:
    about = folded_particles("about", document.language)
    return bool(about) and document.folded.text.startswith(about, name.end)
