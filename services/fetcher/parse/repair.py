"""Repairs of XML that is not well-formed, one name each; applied only where the strict pass failed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from html.entities import html5

_DECLARATION = re.compile(r"<\?xml\b[^>]{0,300}\?>", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]{0,500}(?:\[(?:[^\]<]|<[^>]*>)*\]\s*)?>", re.IGNORECASE)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&(?:#(?:x([0-9a-fA-F]{1,8})|(\d{1,8}));|(\w{1,32});|)")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_START = re.compile(
    r"<(?:\?xml|!DOCTYPE|(?:\w+:)?(?:rss|feed|RDF|urlset|channel))\b", re.IGNORECASE
)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_SECTION = re.compile(r"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)", re.DOTALL)


def repaired(text: str) -> tuple[str, tuple[str, ...]]:
    """Return `text` mended as far as we know how, and the names of the repairs that changed it."""
    names = []
    for name, repair in _REPAIRS:
        mended = repair(text)
        if mended != text:
            names.append(name)
        text = mended
    return text, tuple(names)


def without_doctype(text: str) -> str:
    """Return `text` without its DOCTYPE: nothing that a document declares is ever expanded."""
    return _DOCTYPE.sub("", text, count=1)


def _from_first_tag(text: str) -> str:
    # Before a feed stand blank lines, or a warning that the publisher's software printed in HTML.
    start = _START.search(text)
    return text[start.start() :] if start else text


def _without_declarations(text: str) -> str:
    # The text is decoded by now: no declaration has anything left to say.
    return _DECLARATION.sub("", text).lstrip()


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
