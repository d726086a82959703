"""Ranks: behind whom somebody ranks, "the second-largest after X": that one has no part.

The words are those of `ranked` and `outranked` in `onlookers.yml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from services.classifier.spans import Name
from services.classifier.syntax.bystanders.beside import first_behind, up_to_last
from services.classifier.syntax.bystanders.remark import Remark

KINDS = frozenset({"ranked", "outranked"})


def ranked(remark: Remark) -> Sequence[Name]:
    """Return behind whom somebody ranks by words before them: "the fourth-largest after X, Y and Z".

    Behind a comma may stand who ranks so, "its largest rival after X, Y": a row has an "and" at its end.
    """
    first = first_behind(remark)
    if first is None or _tells_more(remark) or remark.has_cue(remark.word.end, first.start):
        return ()  # "the second-largest after buying X"
    row = remark.row_of(first)
    row = row[row.index(first) :]
    joined = [
        at
        for at, (one, other) in enumerate(pairwise(row), 1)
        if remark.is_and(one.end, other.start)
    ]
    is_whose = bool(remark.before)
    return row[: joined[-1] + 1 if joined and (is_whose or joined[0] == 1) else 1]


def outranked(remark: Remark) -> Sequence[Name]:
    """Return behind whom somebody ranks by words behind them; who does stands behind: "X、Y、Zに次ぐ4位のA"."""
    names = up_to_last(remark)
    if not names or _tells_more(remark):
        return ()
    return [name for name in remark.row_of(names[-1]) if name.end <= names[-1].end]


def _tells_more(remark: Remark) -> bool:
    """Return whether an event or a name stands between the two parts of a word: "the largest one closes after"."""
    word = remark.word
    return remark.has_cue(word.start, word.end) or bool(remark.names_between(word.start, word.end))
