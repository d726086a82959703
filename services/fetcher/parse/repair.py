"""Repairs of XML that is not well-formed, one name each; applied only where the strict pass failed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from html.entities import html5

_DECLARATION = re.compile(r"<\?xml\b[^>]{0,300}\?>", re.IGNORECASE)
_DOCTYPE = re.compile("<!DOCTYPE", re.IGNORECASE)
_SUBSET_END = re.compile(r"\]\s{0,100}+>")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&(?:#(?:x([0-9a-fA-F]{1,8})|(\d{1,8}));|(\w{1,32});|)")
_NUMBER = re.compile(r"&#(?:[xX]([0-9a-fA-F]++)|([0-9]++));?")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_START = re.compile(
    r"<(?:\?xml|!DOCTYPE|(?:\w+:)?(?:rss|feed|RDF|urlset|channel))\b", re.IGNORECASE
)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
# What is never closed goes on to the end, so that each start is looked at once.
_SECTION = re.compile(r"(<!\[CDATA\[(?:.*?\]\]>|.*\Z)|<!--(?:.*?-->|.*\Z))", re.DOTALL)


def repaired(text: str) -> tuple[str, tuple[str, ...]]:
    """Return `text` mended as far as we know how, and the names of the repairs that changed it.

    A declaration at its start goes too, without a name: the text is decoded by now.
    """
    names = []
    for name, repair in _REPAIRS:
        mended = repair(text)
        if mended != text:
            names.append(name)
        text = mended
        if repair is _from_first_tag and (declaration := _DECLARATION.match(text)):
            text = text[declaration.end() :].lstrip()
    return text, tuple(names)


def without_doctype(text: str) -> str:
    """Return `text` without its DOCTYPE: nothing that a document declares is ever expanded."""
    start = _DOCTYPE.search(text)
    if start is None:
        return text
    subset, end = text.find("[", start.end()), text.find(">", start.end())
    if 0 <= subset < end:
        closed = _SUBSET_END.search(text, subset)
        end = closed.end() - 1 if closed else -1
    return text if end < 0 else text[: start.start()] + text[end + 1 :]


def without_impossible_references(text: str) -> str:
    """Return `text` without references to halves of characters, as of emoji, and to numbers beyond all."""
    return _NUMBER.sub(lambda found: found[0] if _is_possible(*found.groups()) else "", text)


def _is_possible(hexadecimal: str | None, decimal: str | None) -> bool:
    digits = (hexadecimal or decimal or "").lstrip("0") or "0"
    if len(digits) > 7:
        return False
    code = int(digits, 16 if hexadecimal else 10)
    return code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF


def _from_first_tag(text: str) -> str:
    # Before a feed stand blank lines, or a warning that the publisher's software printed in HTML.
    start = _START.search(text)
    return text[start.start() :] if start else text


def _without_declarations(text: str) -> str:
    # One that is late or double, as when two documents were put together.
    return _DECLARATION.sub("", text)


def _without_illegal_characters(text: str) -> str:
    return _ILLEGAL.sub("", text)


def _with_known_references(text: str) -> str:
    """Turn HTML's entities into characters, and what is no reference into text."""
    parts = _SECTION.split(text)
    parts[::2] = [_REFERENCE.sub(_reference, part) for part in parts[::2]]
    return "".join(parts)


def _reference(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if hexadecimal or decimal:
        code = int(hexadecimal, 16) if hexadecimal else int(decimal)
        is_legal = code <= 0x10FFFF and not _ILLEGAL.match(chr(code))
        return found[0] if is_legal else ""
    if name in _XML_ENTITIES:
        return found[0]
    if name and f"{name};" in html5:
        return html.escape(html5[f"{name};"])
    return "&amp;" + found[0][1:]


def _until_root_ends(text: str) -> str:
    root = _ROOT.search(text)
    if root is None:
        return text
    closing = f"</{root[1]}"
    end = text.rfind(closing)
    return text if end < 0 else text[:end] + closing + ">"


_REPAIRS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("text_before_root", _from_first_tag),
    ("xml_declaration", _without_declarations),
    ("doctype", without_doctype),
    ("illegal_characters", _without_illegal_characters),
    ("entities", _with_known_references),
    ("text_after_root", _until_root_ends),
)
