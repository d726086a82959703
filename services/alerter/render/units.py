"""Units: cutting a text by the unit that a channel counts in, never within a character as seen."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

ELLIPSIS = "…"

_JOINER = "\u200d"


def code_points(text: str) -> int:
    """Return the length as Slack and Discord count it."""
    return len(text)


def utf16_units(text: str) -> int:
    """Return the length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def utf8_bytes(text: str) -> int:
    """Return the length as ntfy counts it."""
    return len(text.encode("utf-8"))


def cut_to(text: str, most: int, *, unit: Callable[[str], int]) -> str:
    """Return `text`, cut with an ellipsis at the end of a grapheme where it is longer than `most`."""
    if unit(text) <= most:
        return text
    room = most - unit(ELLIPSIS)
    kept: list[str] = []
    for grapheme in graphemes(text):
        room -= unit(grapheme)
        if room < 0:
            break
        kept.append(grapheme)
    return "".join(kept).rstrip() + ELLIPSIS


def graphemes(text: str) -> Iterator[str]:
    """Yield the characters as people see them: a base with its marks, joined emoji, flags.

    Close to UAX #29; it may keep together what it would part, and never the other way round in the
    scripts of our languages (conjuncts of Indic scripts stay whole).
    """
    current = ""
    for character in text:
        if current and not _continues(current, character):
            yield current
            current = ""
        current += character
    if current:
        yield current


def _continues(current: str, character: str) -> bool:
    """Return whether `character` belongs to the grapheme that `current` begins."""
    if character == _JOINER or current.endswith(_JOINER):
        return True
    if (
        unicodedata.category(character) in {"Mn", "Mc", "Me"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    ):
        return True
    if _is_flag_letter(character):
        return len(current) == 1 and _is_flag_letter(current)
    # A virama joins what follows in Indic scripts.
    return unicodedata.combining(current[-1]) == 9


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
