"""Folding: one spelling for all ways to write the same, with the way back to the original text.

Nearly every character becomes one character, so that offsets stay. Where the text holds sequences
that have to be joined or dropped (combining accents, nuktas, tatweel, zero-width signs), the folded
text is shorter and keeps the places where it was shortened.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

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
    "\u09f7": "।",  # a Bengali numerator that many type for the full stop
    **dict(zip("\u0958\u0959\u095a\u095b\u095e", "\u0915\u0916\u0917\u091c\u092b", strict=True)),
    "٫": ".",
    "٬": ",",
    "ำ": "ำ",
}
_DROPPED = "\u0640\u00ad\u200b\u200e\u200f\u2060\ufeff\u064b-\u0655\u0670\u202a-\u202e\ufe0f"
# A letter with what combines with it, or something to drop. Nuktas are joined to their letter, for
# texts have both spellings; NFC would take them apart.
_IRREGULAR = re.compile(
    f"[{_DROPPED}]|[^\\s{_DROPPED}][\u0300-\u036f\u093c\u09bc\u0a3c\u3099\u309a\uff9e\uff9f]+"
    "|ํา|\u09c7[\u09be\u09d7]|[\u0bc6\u0bc7][\u0bbe\u0bd7]|[\ufb00-\ufb06ßẞ]|[ᄀ-ᄒ][ᅡ-ᅵ][ᆨ-ᇂ]?"
)
# Without one of these nothing irregular is there; most texts have none, and a set of single characters
# is found much sooner than the pattern above.
_SIGNS = re.compile(
    f"[{_DROPPED}\u0300-\u036f\u093c\u09bc\u0a3c\u3099\u309a\uff9e\uff9f"
    "ํ\u09c7\u0bc6\u0bc7\ufb00-\ufb06ßẞᄀ-ᄒ]"
)
_JOINED = {
    unicodedata.normalize("NFD", letter): letter
    for letter in map(
        chr, [*range(0x958, 0x960), 0x929, 0x931, 0x934, 0x9DC, 0x9DD, 0x9DF, 0xA33, 0xA36]
    )
}


@cache
def _simplified() -> dict[str, str]:
    """Return the simplified character of each traditional one that lexicons and names are written with."""
    table = files("services.classifier.lexicon").joinpath("shared", "chinese.yml")
    parsed = yaml.load(table.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)  # noqa: S506  builds text only
    return {pair[0]: pair[1] for pairs in parsed.values() for pair in pairs.split()}


def _fold_one(character: str) -> str:
    if character in _SINGLES:
        return _SINGLES[character]
    if "\u4e00" <= character <= "\u9fff":
        return _simplified().get(character, character)
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) != 1:
        return character
    lower = plain.lower()
    return _SINGLES.get(lower, lower) if len(lower) == 1 else plain


class _Special(dict[str, str]):
    """The folded form of the characters that `str.lower` does not fold."""

    def __missing__(self, character: str) -> str:
        folded = _fold_one(character)
        self[character] = folded
        return folded


# Most characters only lose their case, which `str.lower` does in a tenth of the time of a table. It is
# right for single characters only where it neither looks at what stands beside (final sigma) nor
# makes two of one. In the blocks left out here, Hangul and most of Han, nothing is folded.
_SPECIAL = _Special(
    (character, folded)
    for character in map(chr, (*range(0x3400), *range(0xA000, 0xAC00), *range(0xD7A4, 0xD800)))
    if (folded := _fold_one(character)) != character.lower() or character == "Σ"
)
_SPECIAL.update(_simplified())
_SPECIAL.update((character, _fold_one(character)) for character in map(chr, range(0xF900, 0x10000)))
_SPECIALS = re.compile(f"[{re.escape(''.join(_SPECIAL))}\U00010000-\U0010ffff]")


# The commonest by far; looking for one of them takes next to nothing where it is not there.
_COMMON = tuple((character, _SPECIAL[character]) for character in "یکہھةأإآىı«»")


def _fold_all(text: str) -> str:
    """Return `text` with each character folded, one for one."""
    if text.isascii():
        return text.lower().replace("`", "'")
    for character, folded in _COMMON:
        text = text.replace(character, folded)
    return _SPECIALS.sub(_fold_special, text).lower()


def _fold_special(found: re.Match[str]) -> str:
    return _SPECIAL[found[0]]


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
    if text.isascii() or _SIGNS.search(text) is None:
        return Folded(_fold_all(text))
    pieces: list[str] = []
    breaks: list[int] = []
    shifts: list[int] = []
    done = length = 0
    for found in _irregular(text):
        joined = _join(found[0])
        pieces.extend((text[done : found.start()], joined))
        length += found.start() - done + len(joined)
        done = found.end()
        # What came of it beyond its own length begins where it ends: "¼" with an accent has four characters.
        for inside in range(min(len(found[0]), len(joined)) - len(joined), 1):
            breaks.append(length + inside)
            shifts.append(done - length - inside)
    if not breaks:
        return Folded(_fold_all(text))
    pieces.append(text[done:])
    return Folded(_fold_all("".join(pieces)), tuple(breaks), tuple(shifts))


def _irregular(text: str) -> Iterator[re.Match[str]]:
    """Yield what `_IRREGULAR.finditer` would, which tries every character and takes ten times as long."""
    done = 0
    for sign in _SIGNS.finditer(text):
        at = sign.start()
        if at < done:
            continue
        found = (at > done and _IRREGULAR.match(text, at - 1)) or _IRREGULAR.match(text, at)
        if found:
            yield found
            done = found.end()


def fold_text(text: str) -> str:
    """Return `text` folded, for words that need no way back."""
    return fold(text).text


def _join(unit: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unit)
    if decomposed in _JOINED:
        return _JOINED[decomposed]
    if unit == "ํา":
        return "ำ"
    if unit in "ßẞ":
        return "ss"  # the Swiss write nothing else: "schliesst"
    if re.fullmatch(f"[{_DROPPED}]", unit):
        return ""
    return unicodedata.normalize("NFKC", unit)
