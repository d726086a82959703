"""Holdings: shares that somebody has and nobody buys: "the state holds 17 percent of X", "国の出資比率は17%".

The words are those of `lexicon/shared/harmless.yml`: `shares` begin a cue that names a part of a company,
`holds` say who has it, `moves` that it is no longer what it was, there or in the title.
"""

from __future__ import annotations

from services.classifier.blocking.harmless_words import find, find_in
from services.classifier.document import Document
from services.classifier.lexicon.words import Hit
from services.classifier.spans import Segment
from services.classifier.syntax.clauses.signs import has_sign
from services.classifier.syntax.telling import Telling

_TO_ITS_FIGURE = 12
"""So many characters part a share from the figure that it is of: "% de son bénéfice"."""
_NEXT_TO = 3
"""So far behind a cue's beginning stands the word that it begins with, a figure aside."""


def harm_of_holding(telling: Telling) -> str | None:
    """Return the kind of a cue that only says how much somebody has of a company, None for any other.

    Any other cue of a deal beside it, in title or lead tells what became of the shares, as `moves` do:
    "X holds 99 percent of Y. Z agreed to buy that stake".
    """
    document, cue = telling.document, telling.hit
    if not is_of_shares(document, cue):
        return None
    start, end = telling.span[:2]
    if (
        not find(document, "holds", start, end)
        or find(document, "moves", start, end)
        or find_in(document, "moves", Segment.TITLE)
    ):
        return None
    told = {telling.sentence, *document.sentences_of(Segment.TITLE, Segment.LEAD)}
    others = (
        other
        for at in told
        for other in document.words_in("cue", at)
        if other.meaning.weight and "acquisition" in other.meaning.types
    )
    return "holding" if all(is_of_shares(document, other) for other in others) else None


def harm_of_figure(telling: Telling) -> str | None:
    """Return the kind of a cue that tells the part of a figure and not of a company: "15 percent of its profit"."""
    cue = telling.hit
    if not _begins(telling.document, "shares", cue):
        return None
    deals = [
        other
        for other in telling.words("cue")
        if other is not cue and "acquisition" in other.meaning.types
    ]
    is_of_one = any(
        0 <= figure.start - cue.end <= _TO_ITS_FIGURE
        and not has_sign(telling.text, cue.end, figure.start)
        and not telling.has_name(cue.end, figure.end + _NEXT_TO)  # "of its customer X"
        and not any(deal.start <= figure.start < deal.end for deal in deals)  # "the sale of"
        for figure in telling.words("figures")
    )
    return "figure" if is_of_one else None


def is_of_shares(document: Document, cue: Hit) -> bool:
    """Return whether a cue begins with a share, or with a verb for having one: "percent of", "holds … of"."""
    if cue.meaning.stage is not None:
        return False
    return _begins(document, "shares", cue) or (
        _begins(document, "holds", cue) and find(document, "shares", cue.start, cue.end) is not None
    )


def _begins(document: Document, kind: str, cue: Hit) -> bool:
    found = find(document, kind, cue.start, cue.end)
    return found is not None and found.start() <= cue.start + _NEXT_TO
