"""Text as it comes from outside, made safe to store, send and compare."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from services.common.ids import fingerprint

MAX_TEXT_CODE_POINTS = 64_000
MAX_TEXT_BYTES = 200_000

_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f]")
_HOSTILE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")


def clean(text: str) -> str:
    """Return `text` with lone surrogates as U+FFFD and controls as spaces, one for one.

    Tab and newline stay; a carriage return is a control. Offsets into the result are offsets into
    `text`.
    """
    if text.isprintable() or _HOSTILE.search(text) is None:
        return text
    return _CONTROLS.sub(" ", _SURROGATES.sub("\ufffd", text))


def cut(
    text: str, *, code_points: int = MAX_TEXT_CODE_POINTS, utf8_bytes: int = MAX_TEXT_BYTES
) -> str:
    """Return the longest beginning of `text` within both limits."""
    text = text[:code_points]
    encoded = text.encode("utf-8")
    if len(encoded) <= utf8_bytes:
        return text
    return encoded[:utf8_bytes].decode("utf-8", "ignore")


def require_clean(name: str, text: str, *, code_points: int = MAX_TEXT_CODE_POINTS) -> None:
    """Raise ValueError when `text` could not travel as it is: what `clean` changes, or too long."""
    if len(text) > code_points:
        raise ValueError(f"{name} has {len(text)} characters, more than {code_points}.")
    # What is printable holds no control and no surrogate; asking is ten times as fast as searching.
    if not text.isprintable() and (found := _HOSTILE.search(text)):
        raise ValueError(f"{name} holds U+{ord(found[0]):04X} at {found.start()}.")


def folded(text: str) -> str:
    """Return the same for texts that differ only in case and form, such as "é" as one sign or two."""
    return unicodedata.normalize("NFKC", text).casefold()


def words_of(text: str) -> list[str]:
    """Return the words of `text` as texts are compared: without case, form, spacing, punctuation."""
    return re.findall(r"\w+", folded(text))


def text_hash(text: str) -> str:
    """Return the same for texts that differ only in case, form, spacing and punctuation."""
    return hash_of_words(words_of(text))


def hash_of_words(words: Iterable[str]) -> str:
    """Return the `text_hash` of a text with these `words_of`."""
    return fingerprint("text", " ".join(words))
