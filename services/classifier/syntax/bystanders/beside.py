"""Beside: whom a word right before or behind names leaves out: "a loan from Zelmo", "Zelmo's rival Balto"."""

from __future__ import annotations

from collections.abc import Sequence

from services.classifier.spans import Name
from services.classifier.syntax.bystanders.remark import Remark
from services.classifier.syntax.clauses.signs import has_sign
from services.classifier.syntax.names.chains import AROUND_A_NAME, COMMAS, Chain

INSTEAD = "instead"
"""Of whom words of it are said, takes the place of what is banned or closed."""
_BEHIND = 30
"""So many characters may stand between a word and the name behind it: "a loan of 2 billion euros from X"."""
_BEFORE = 24
AN_ENDING = 4
"""So many characters may be an ending of a name before a verb: "X'e geçti"."""


def first_behind(remark: Remark) -> Name | None:
    """Return the name behind a word if nothing parts them."""
    name, word = next(iter(remark.behind), None), remark.word
    reach = AN_ENDING if remark.events == INSTEAD else _BEHIND  # "lawmakers move to ban X"
    if name is None or name.start - word.end > reach:
        return None
    return None if has_sign(remark.text, word.end, name.start) else name


def up_to_last(remark: Remark) -> list[Name]:
    """Return the names up to the one right before a word, none where a sign or an event parts them."""
    names = [name for name in remark.names if name.end <= remark.word.start + 1]
    if not names or remark.word.start - names[-1].end > _BEFORE:
        return []
    gap = names[-1].end, remark.word.start
    return [] if has_sign(remark.text, *gap) or remark.has_cue(*gap) else names


def row_behind(remark: Remark) -> Sequence[Name]:
    """Return the row behind a word, of one that begins its sentence up to who does something: "Unlike X, Y buys Z"."""
    first, word = first_behind(remark), remark.word
    if first is None:
        return ()
    row = remark.row_of(first)
    if word.start == remark.span.start and first == row[0]:
        row = (Chain(row).topic(remark.document) or Chain(row)).names
    return [name for name in row if name.start >= word.end]


def row_of_relation(remark: Remark) -> Sequence[Name]:
    """Return the row behind a word that stands behind the comma of another name: "Y, rival of X"."""
    before, text = remark.before, remark.text
    is_apposed = before and text[before[-1].end : remark.word.start].strip(AROUND_A_NAME) in COMMAS
    return row_behind(remark) if is_apposed else ()


def row_before(remark: Remark) -> Sequence[Name]:
    """Return the name right before a word, with those that an "and" joins to it."""
    names = up_to_last(remark)
    return remark.joined(names) if names else ()
