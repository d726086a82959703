"""Bytes to text: which encoding a document is in, whatever it says.

In this order: a byte order mark; UTF-8 where the bytes are valid UTF-8, be it to a cut within the last
character, since no other text looks like it by chance; the label of HTTP; the label of the XML
declaration; what the text looks like. ISO 8859-1 comes after other labels: servers say it of all that
they send. Of labels that contradict each other that one counts whose letters the text has.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"), (b"<\0r\0", "utf-16-le"))
_XML_LABEL = re.compile(rb"""^[^<]{0,200}<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)["']""")
_HTTP_LABEL = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_LANGUAGE = re.compile(rb"(?:<language>|<dc:language>|xml:lang=[\"'])\s*([a-zA-Z]{2})")

_LATIN = "windows-1252"

# A label names the superset that publishers mean by it (WHATWG, Encoding, section 4.2).
_SUPERSETS = {
    "ascii": _LATIN,
    "iso8859-1": _LATIN,
    "iso8859-9": "windows-1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Python's own; "undefined" is what a program writes that does not know. They raise what they like.
_OF_NO_DOCUMENT = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"}
_SHOWN = {"cp932": "shift_jis", "cp949": "euc-kr", "big5hkscs": "big5", "cp874": "windows-874"}
_BY_LANGUAGE = {
    "ar": "windows-1256", "fa": "windows-1256", "ur": "windows-1256", "ja": "cp932", "ko": "cp949",
    "pl": "windows-1250", "ru": "windows-1251", "th": "cp874", "tr": "windows-1254",
    "uk": "windows-1251", "vi": "windows-1258", "zh": "gb18030",
}  # fmt: skip
_RUN = re.compile(rb"[\x80-\xff]+")
_KANA = re.compile("[\u3040-\u30ff]")
_LETTERS = (  # what most of a text in this encoding is made of, beyond ASCII
    ("windows-1251", re.compile("[а-яёіїє]")),
    ("koi8-r", re.compile("[а-яё]")),
    ("cp874", re.compile("[\u0e01-\u0e4c]")),
    ("windows-1256", re.compile("[\u0621-\u064a]")),
)
_LOOKED_AT = 20_000  # characters that are enough to tell
_FEWEST_TO_TELL = 20
_SURE = 0.85


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document's text, the encoding it was read by, and what had to be mended."""

    text: str
    encoding: str
    repairs: tuple[str, ...] = ()


def decode(body: bytes, *, content_type: str | None = None) -> Decoded:
    """Return the text of `body`; characters that cannot be read become U+FFFD, never an error."""
    if (marked := _marked(body)) is not None:
        return marked
    labels = [name for name in (_http_label(content_type), _xml_label(body)) if name is not None]
    is_escaped = any(name.startswith("iso2022") for name in labels)
    if not is_escaped and (text := _strict(body, "utf-8")) is not None:
        return Decoded(text, "utf-8")
    if (text := _until_a_cut(body)) is not None and ("utf-8" in labels or not text.isascii()):
        return Decoded(f"{text}\ufffd", "utf-8", ("invalid_bytes",))
    labels.sort(key=lambda name: name == _LATIN)
    if _LATIN in labels and {*labels} <= {_LATIN, "utf-8"} and not _looks_latin(body):
        labels = []
    if len({*labels}) > 1 and not _looks_latin(body):
        share, look = _by_letters(body)
        labels.sort(key=lambda name: share > _SURE and name != _codec(look))
    for name in labels:
        if (text := _strict(body, name)) is not None:
            return Decoded(text, _shown(name))
    return _guessed(body, labels)


def _marked(body: bytes) -> Decoded | None:
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _replaced(body[len(mark) :], name.removesuffix("-le").removesuffix("-be"), name)
    for start, name in _UNMARKED:
        if body.startswith(start):
            return _replaced(body, name, name)
    return None


def _guessed(body: bytes, labels: list[str]) -> Decoded:
    mended = body.decode("utf-8", "replace")
    beyond_ascii = sum(1 for byte in body[:_LOOKED_AT] if byte > 0x7F)
    # One broken character in a hundred is a stray byte in what is UTF-8 otherwise.
    if mended[:_LOOKED_AT].count("\ufffd") * 50 <= beyond_ascii or len(body) < 4:
        return Decoded(mended, "utf-8", ("invalid_bytes",))
    if "utf-8" not in labels and labels:
        return _replaced(body, _shown(labels[0]), labels[0])
    name = _by_look(body)
    return _replaced(body, _shown(name), name, repairs=("wrong_encoding",))


def _looks_latin(body: bytes) -> bool:
    """Return whether letters beyond ASCII stand alone, as accents do; in other scripts all of a word are."""
    runs = _RUN.findall(body[: 4 * _LOOKED_AT])
    return sum(map(len, runs)) < max(2 * len(runs), _FEWEST_TO_TELL)


def _by_look(body: bytes) -> str:
    language = _LANGUAGE.search(body[:4096])
    usual = _BY_LANGUAGE.get(language[1].decode("ascii").lower()) if language else None
    if usual is not None and _strict(body, usual) is not None:
        return usual
    runs = _RUN.findall(body[: 4 * _LOOKED_AT])
    if _share(_KANA, body.decode("cp932", "replace")) > 0.3:
        return "cp932"
    share, name = _by_letters(body)
    # The accents of "café fermé" would be Cyrillic letters, but nobody writes those one by one.
    if share > _SURE and sum(map(len, runs)) >= 1.5 * len(runs):
        return name
    if sum(len(run) % 2 == 0 and min(run) > 0xA0 for run in runs) >= 0.95 * len(runs):
        return _by_rows([byte for run in runs for byte in run[::2]])
    if sum(map(len, runs)) < 2 * len(runs):  # single letters with accents
        return _LATIN
    return name if share > 0.5 else _LATIN


def _by_letters(body: bytes) -> tuple[float, str]:
    """Return in which of the encodings with letters of their own most is letters, and their share."""
    return max((_share(letters, body.decode(n, "replace")), n) for n, letters in _LETTERS)


def _by_rows(rows: list[int]) -> str:
    """Return which of the encodings in rows of 94 characters a text is in, by its rows."""
    if sum(row in {0xA4, 0xA5} for row in rows) > 0.2 * len(rows):
        return "euc_jp"
    words = [row for row in rows if row >= 0xB0]
    is_korean = sum(row <= 0xC8 for row in words) > 0.9 * len(words)
    return "cp949" if is_korean else "gb18030"


def _share(letters: re.Pattern[str], text: str) -> float:
    text = text[:_LOOKED_AT]
    foreign = sum(character > "\x7f" for character in text) or 1
    return (len(letters.findall(text)) - 4 * text.count("\ufffd")) / foreign


def _replaced(body: bytes, shown: str, name: str, repairs: tuple[str, ...] = ()) -> Decoded:
    text = body.decode(name, "replace")
    return Decoded(text, shown, repairs or (("invalid_bytes",) if "\ufffd" in text else ()))


def _strict(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except UnicodeDecodeError:
        return None


def _until_a_cut(body: bytes) -> str | None:
    """Return the text of UTF-8 that ends within a character, less that one; None where it is otherwise."""
    try:
        text, length = codecs.utf_8_decode(body, "strict", False)
    except UnicodeDecodeError:
        return None
    return text if length < len(body) else None


def _http_label(content_type: str | None) -> str | None:
    found = _HTTP_LABEL.search(content_type or "")
    return _codec(found[1]) if found else None


def _xml_label(body: bytes) -> str | None:
    found = _XML_LABEL.match(body[:512])
    return _codec(found[1].decode("ascii")) if found else None


def _codec(label: str) -> str | None:
    """Return the codec for a label, None for one that nobody knows or that is no text encoding."""
    try:
        found = codecs.lookup(label)
    except LookupError:
        return None
    is_text = found._is_text_encoding  # noqa: SLF001  the only way to tell base64 from an encoding
    if not is_text or found.name in _OF_NO_DOCUMENT:
        return None
    return _SUPERSETS.get(found.name, found.name)


def _shown(name: str) -> str:
    return _SHOWN.get(name, name.lower().replace("cp125", "windows-125"))
