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
    """Return `text`, cut with an ellipsis at the end of a grapheme where it is longer than `most`.

    `unit` counts at least one for each code point, and for a text no less than for its beginning.
    """
    if unit(text) <= most:
        return text
    room = most - unit(ELLIPSIS)
    end = _longest(text, room, unit=unit)
    kept = start = _surely_a_border(text, end)
    for grapheme in graphemes(text[start : end + _LONGEST_GRAPHEME]):
        if kept + len(grapheme) > end:
            break
        kept += len(grapheme)
    return text[:kept].rstrip() + ELLIPSIS


_LONGEST_GRAPHEME = 64
_LOOK_BACK = 200


def _longest(text: str, room: int, *, unit: Callable[[str], int]) -> int:
    """Return the length of the longest beginning that has at most `room` units."""
    low, high = 0, max(min(len(text), room), 0)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if unit(text[:middle]) <= room else (low, middle - 1)
    return low


def _surely_a_border(text: str, end: int) -> int:
    """Return a place at or before `end` where one grapheme ends and the next begins, if not close: 0.

    Between two ASCII characters there always is one.
    """
    for place in range(end, max(end - _LOOK_BACK, 0), -1):
        if text[place - 1 : place + 1].isascii():
            return place
    return 0


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
