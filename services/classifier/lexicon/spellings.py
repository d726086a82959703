"""Spellings: how the forms of a lexicon are written, and how each of them begins.

`|` parts forms, `{a,b}` within one are alternatives, which may have some of their own, ` ... ` parts what may
stand apart; a star stands for endings, and behind one a piece must be the next word ("cierr* su").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

PAIR = " ... "
STEM = 14
"""How many characters of a form's first piece the automaton holds: whole ones, a million in all languages, would
take 130 MB, these 45; with 12 each story would ask a third more often how a form goes on."""
_BRACES = re.compile(r"\{([^{}]*)\}")
_BRACES_WITHIN = re.compile(r"\{[^{}]*\{")


def split_forms(text: str) -> list[str]:
    """Return the forms of an entry, every spelling of each: `ban{s,ned}` is "bans" and "banned"."""
    return [
        form
        for piece in written_forms(text)
        for spelled in spellings(piece)
        if (form := tidy(spelled))
    ]


def written_forms(text: str) -> list[str]:
    """Return the forms of an entry with their alternatives, none of which has braces of its own."""
    return [form for piece in text.split("|") for form in _unnested(piece)]


def _unnested(form: str) -> list[str]:
    """Return a form with braces within braces as several: of `{a,b {c,d}} e` they are `a e` and `b {c,d} e`.

    One whose braces are not closed stays as it stands: the check tells of it.
    """
    outer = _BRACES_WITHIN.search(form)
    parts = _alternatives(form, outer.start()) if outer else []
    if outer is None or not parts:
        return [form]
    head, tail = form[: outer.start()], form[parts[-1].stop + 1 :]
    return [whole for part in parts for whole in _unnested(f"{head}{form[part]}{tail}")]


def _alternatives(form: str, start: int) -> list[slice]:
    """Return where each alternative of a brace stands, whatever braces it has; none where it is not closed."""
    parts: list[slice] = []
    begin, depth = start + 1, 0
    for at in range(start, len(form)):
        depth += {"{": 1, "}": -1}.get(form[at], 0)
        if not depth or (depth == 1 and form[at] == ","):
            parts.append(slice(begin, at))
            begin = at + 1
        if not depth:
            return parts
    return []


def spellings(form: str) -> list[str]:
    """Return every spelling of a form, with the spaces that empty alternatives leave."""
    parts = _BRACES.split(form)
    choices = [text.split(",") if at % 2 else (text,) for at, text in enumerate(parts)]
    return list(map("".join, product(*choices)))


def tidy(form: str) -> str:
    """Return a form with one space between its words."""
    return " ".join(form.split())


def stems_of(form: str) -> Iterator[str]:
    """Yield the stem of every spelling of a form, some of them more than once.

    What stands behind a stem is not spelled out, or eight forms in nine would be made for nothing.
    """
    braces = _BRACES.search(form)
    head = form[: braces.start()] if braces else form
    if braces is None or _is_settled(head):
        yield first_piece(head)[:STEM]
        return
    tail = form[braces.end() :]
    for one in braces[1].split(","):
        yield from stems_of(f"{head}{one}{tail}")


def spellings_of(form: str, stem: str) -> Iterator[str]:
    """Yield every spelling of a form whose first piece has a stem."""
    braces = _BRACES.search(form)
    if braces is None:
        if first_piece(form)[:STEM] == stem:
            yield tidy(form)
        return
    head = form[: braces.start()]
    if _is_settled(head):
        if first_piece(head)[:STEM] == stem:
            yield from map(tidy, spellings(form))
    elif _may_have(head, stem):
        tail = form[braces.end() :]
        for one in braces[1].split(","):
            yield from spellings_of(f"{head}{one}{tail}", stem)


def first_piece(form: str) -> str:
    """Return the letters of a form's first piece, without its marks."""
    return tidy(form.partition("* ")[0]).removesuffix("$").strip("* ")


def _is_settled(head: str) -> bool:
    """Return whether nothing behind the head of a form belongs to its stem."""
    return "* " in head or (len(head) > STEM and len(first_piece(head)) >= STEM)


def _may_have(head: str, stem: str) -> bool:
    """Return whether a form with this head may have a stem."""
    begun = first_piece(head)
    return begun.startswith(stem) or stem.startswith(begun)
