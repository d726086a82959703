"""Folding: one spelling for all ways to write the same, with the way back to the original text.

Nearly every character becomes one character, so that offsets stay. Where the text holds sequences
that have to be joined or dropped (combining accents, nuktas, tatweel, zero-width signs), the folded
text is shorter and keeps the places where it was shortened.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

_SINGLES = {
    **dict.fromkeys("İIı", "i"),
    **dict.fromkeys("ىیيﻱې", "ي"),
    "ک": "ك",
    **dict.fromkeys("ةۀہەھۃۂ", "ه"),
    **dict.fromkeys("أإآٱ", "ا"),
    "ؤ": "و",
    **dict.fromkeys("ЁёЀѐ", "е"),
    **dict.fromkeys("\u200c\u200d\u00a0\u202f\u2009\u3000", " "),
    **dict.fromkeys("’‘ʼ＇`´ʹ′", "'"),
    **dict.fromkeys("“”„«»『』「」＂″", '"'),
    **dict.fromkeys("‐‑‒–—―−－", "-"),
    "…": ".",
    "٫": ".",
    "٬": ",",
    "ß": "ß",
    "ำ": "ำ",
}
_DROPPED = "\u0640\u00ad\u200b\u200e\u200f\u2060\ufeff\u064b-\u0655\u0670\u202a-\u202e\ufe0f"
# A letter with what combines with it, or something to drop. Nuktas are joined to their letter, for
# texts have both spellings; NFC would take them apart.
_IRREGULAR = re.compile(
    f"[{_DROPPED}]|[^\\s{_DROPPED}][\u0300-\u036f\u093c\u09bc\u0a3c\u3099\u309a\uff9e\uff9f]+"
    "|ํา|\u09c7[\u09be\u09d7]|[\u0bc6\u0bc7][\u0bbe\u0bd7]|[\ufb00-\ufb06]|[ᄀ-ᄒ][ᅡ-ᅵ][ᆨ-ᇂ]?"
)
# Without one of these nothing irregular is there; most texts have none, and a set of single characters
# is found much sooner than the pattern above.
_SIGNS = re.compile(
    f"[{_DROPPED}\u0300-\u036f\u093c\u09bc\u0a3c\u3099\u309a\uff9e\uff9f"
    "ํ\u09c7\u0bc6\u0bc7\ufb00-\ufb06ᄀ-ᄒ]"
)
_JOINED = {
    unicodedata.normalize("NFD", letter): letter
    for letter in map(
        chr, [*range(0x958, 0x960), 0x929, 0x931, 0x934, 0x9DC, 0x9DD, 0x9DF, 0xA33, 0xA36]
    )
}


class _Table(dict[int, int]):
    """The folded form of single characters, filled as they come."""

    def __missing__(self, code: int) -> int:
        folded = ord(_fold_one(chr(code)))
        self[code] = folded
        return folded


def _fold_one(character: str) -> str:
    if character in _SINGLES:
        return _SINGLES[character]
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) != 1:
        return character
    lower = plain.lower()
    return _SINGLES.get(lower, lower) if len(lower) == 1 else plain


_TABLE = _Table()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text. `original(i)` is the place in the text that it was made from."""

    text: str
    breaks: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def original(self, index: int) -> int:
        """Return where in the original the folded character `index` begins."""
        if not self.breaks:
            return index
        at = bisect_right(self.breaks, index)
        return index + self.shifts[at - 1] if at else index


def fold(text: str) -> Folded:
    """Return `text` folded: case, width, digits, apostrophes and spelling variants made one."""
    if text.isascii() or _SIGNS.search(text) is None or _IRREGULAR.search(text) is None:
        return Folded(text.translate(_TABLE))
    pieces: list[str] = []
    breaks: list[int] = []
    shifts: list[int] = []
    done = length = 0
    for found in _IRREGULAR.finditer(text):
        joined = _join(found[0])
        pieces.extend((text[done : found.start()], joined))
        length += found.start() - done + len(joined)
        done = found.end()
        breaks.append(length)
        shifts.append(done - length)
    pieces.append(text[done:])
    return Folded("".join(pieces).translate(_TABLE), tuple(breaks), tuple(shifts))


def fold_text(text: str) -> str:
    """Return `text` folded, for words that need no way back."""
    return fold(text).text


def _join(unit: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unit)
    if decomposed in _JOINED:
        return _JOINED[decomposed]
    if unit == "ํา":
        return "ำ"
    if re.fullmatch(f"[{_DROPPED}]", unit):
        return ""
    return unicodedata.normalize("NFKC", unit)
