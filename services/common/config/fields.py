"""Fields: one mapping of a file, read key by key; what is wrong becomes a finding, never an exception.

A reading method returns None where the key is absent or its value unusable; only the second leaves a
finding. So a reader goes on to the last line and reports all mistakes of a file at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from services.common.config.findings import suggestion
from services.common.config.yaml import Mapping, Node, Page, Scalar, Sequence
from services.common.durations import parse_duration
from services.common.text import require_clean

T = TypeVar("T")

MAX_TEXT = 2_048

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Fields:
    """The keys of one mapping. Unknown keys are reported when it is built."""

    def __init__(self, page: Page, node: Mapping, *, known: Collection[str], of: str) -> None:
        self.page = page
        self.node = node
        self._of = of
        if not node.keys.keys() <= set(known):
            self._report_unknown(known)

    def has(self, key: str) -> bool:
        """Return whether the key stands there with something behind it."""
        return self.node_of(key) is not None

    def require(self, *keys: str) -> None:
        """Report those of `keys` that are absent or have nothing behind them."""
        for key in keys:
            if not self.has(key):
                place = self.node.keys.get(key, self.node)
                self.page.error(place, f'{self._of} needs "{key}"')

    def node_of(self, key: str) -> Node | None:
        """Return the value's node, None where there is nothing."""
        value = self.node.values.get(key)
        return None if isinstance(value, Scalar) and value.is_empty else value

    def scalar(self, key: str) -> Scalar | None:
        """Return a text with its place."""
        node = self.node_of(key)
        if node is None:
            return None
        if not isinstance(node, Scalar):
            self.page.error(node, f'"{key}" is one value, not {_shape(node)}')
            return None
        return node if self.is_text(key, node) else None

    def text(self, key: str) -> str | None:
        """Return a text that is not empty."""
        node = self.scalar(key)
        return None if node is None else node.text

    def read(self, key: str, parse: Callable[[str], T]) -> T | None:
        """Return what `parse` makes of the text; its ValueError is the finding."""
        node = self.scalar(key)
        return None if node is None else parsed(self.page, node, parse)

    def scalars(self, key: str) -> list[Scalar]:
        """Return a list's texts with their places, empty where there is none."""
        node = self.node_of(key)
        if node is None:
            return []
        if not isinstance(node, Sequence):
            shown = f"[{node.text}]" if isinstance(node, Scalar) else "[…]"
            self.page.error(node, f'"{key}" is a list: write {key}: {shown}')
            return []
        read = (self._text_node(key, item) for item in node.items)
        return [item for item in read if item is not None]

    def empty_list(self, key: str) -> Sequence | None:
        """Return the list that stands there where it has nothing in it, else None."""
        node = self.node_of(key)
        return node if isinstance(node, Sequence) and not node.items else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list's texts, empty where there is none."""
        return tuple(item.text for item in self.scalars(key))

    def choices(self, key: str, known: Iterable[str]) -> tuple[str, ...] | None:
        """Return a list whose texts are among `known`; None where the key is absent."""
        known = tuple(known)
        found = []
        for item in self.scalars(key):
            if item.text in known:
                found.append(item.text)
            else:
                self.page.error(item, unknown_word(key, item.text, known))
        return tuple(found) if self.has(key) else None

    def choice(self, key: str, known: Iterable[str]) -> str | None:
        """Return a text that is among `known`."""
        node = self.scalar(key)
        if node is None or node.text in (known := tuple(known)):
            return None if node is None else node.text
        self.page.error(node, unknown_word(key, node.text, known))
        return None

    def flag(self, key: str) -> bool | None:
        """Return true or false."""
        return self.read(key, _flag)

    def count(self, key: str) -> int | None:
        """Return a whole number from 1 on."""
        return self.read(key, _count)

    def duration(self, key: str) -> timedelta | None:
        """Return a duration such as 10m."""
        return self.read(key, parse_duration)

    def mapping(self, key: str, *, known: Collection[str]) -> Fields | None:
        """Return the fields of a mapping inside this one."""
        node = self.node_of(key)
        if node is None:
            return None
        return mapping_at(self.page, node, known=known, of=f'"{key}"')

    def _report_unknown(self, known: Collection[str]) -> None:
        for key, place in self.node.keys.items():
            if key not in known:
                near = suggestion(key, known)
                self.page.error(place, f'unknown key "{key}" in {self._of}{near}')

    def _text_node(self, key: str, item: Node) -> Scalar | None:
        if not isinstance(item, Scalar):
            self.page.error(item, f'"{key}" holds texts, not {_shape(item)}')
            return None
        return item if self.is_text(key, item) else None

    def is_text(self, key: str, node: Scalar) -> bool:
        """Return whether a text can be used; spaces at its ends are taken off."""
        text = node.text
        # What is printable and has no space at its ends needs no closer look.
        if text.isprintable() and text and text == text.strip() and len(text) <= MAX_TEXT:
            return True
        if not text.strip():
            self.page.error(node, f'"{key}" has an empty text')
            return False
        try:
            require_clean(f'"{key}"', text, code_points=MAX_TEXT)
        except ValueError as error:
            self.page.error(node, sentence(error))
            return False
        if len(text.strip().splitlines()) > 1:
            self.page.error(node, f'"{key}" holds a line break: write it on one line')
            return False
        node.text = text.strip()
        return True


def mapping_at(page: Page, node: Node, *, known: Collection[str], of: str) -> Fields | None:
    """Return the fields of `node`, None with a finding where it is no mapping."""
    if isinstance(node, Mapping):
        return Fields(page, node, known=known, of=of)
    page.error(node, f"{of} is a mapping (key: value), not {_shape(node)}")
    return None


def mappings_in(fields: Fields, key: str, *, known: Collection[str], of: str) -> list[Fields]:
    """Return the fields of each mapping in a list."""
    node = fields.node_of(key)
    if node is None:
        return []
    if not isinstance(node, Sequence):
        fields.page.error(node, f'"{key}" is a list: begin each of its entries with "- "')
        return []
    read = (mapping_at(fields.page, item, known=known, of=of) for item in node.items)
    return [entry for entry in read if entry is not None]


def root_of(page: Page, *, known: Collection[str]) -> Fields | None:
    """Return the fields of a whole file, None where there are none to read."""
    if page.root is None:
        return None
    return mapping_at(page, page.root, known=known, of="this file")


def parsed(page: Page, node: Scalar, parse: Callable[[str], T]) -> T | None:
    """Return what `parse` makes of a text; its ValueError is the finding."""
    try:
        return parse(node.text)
    except ValueError as error:
        page.error(node, sentence(error))
        return None


def unknown_word(key: str, word: str, known: Iterable[str]) -> str:
    """Return the message for a word that is not among the `known` ones of a key."""
    known = tuple(known)
    near = suggestion(word, known)
    choices = "" if near or len(known) > 12 else f": write one of {', '.join(known)}"
    return f'"{word}" is no value of "{key}"{near or choices}'


def sentence(error: ValueError) -> str:
    """Return an error's text as a finding says it: without the full stop."""
    return str(error).removesuffix(".")


def identifier(text: str) -> str:
    """Return `text` when it is kebab-case.

    Raises:
        ValueError: it is not, and the message has one that is.
    """
    if _ID.fullmatch(text) and len(text) <= 100:
        return text
    kebab = "-".join(re.findall(r"[a-z0-9]+", text.lower()))
    hint = f', as in "{kebab}"' if kebab else ""
    raise ValueError(f'"{text}" is no id: write lower-case letters, digits and hyphens{hint}')


def web_address(text: str) -> str:
    """Return `text` when it is an address that can be fetched.

    Raises:
        ValueError: it is not, and the message says why, without user and password.
    """
    shown = _without_user(text)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        # Its words may be a piece of the password.
        reason = str(error) if shown == text else _HOW_TO_WRITE_A_PASSWORD
        raise ValueError(f'"{shown}" is not an address: {reason}') from None
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError(f'"{shown}" is not an address: begin it with https:// and a host')
    if re.search(r"\s", text):
        raise ValueError(f'"{shown}" is not an address: it holds a space')
    return text


_HOW_TO_WRITE_A_PASSWORD = "write / in a password as %2F, ? as %3F, # as %23, @ as %40"  # noqa: S105  no password


def _without_user(text: str) -> str:
    """Return what may be shown of a text that is perhaps no address."""
    before, at, after = text.rpartition("@")
    scheme, separator, _ = before.partition("://")
    return f"{scheme if separator else ''}{separator}{'…@' if at else ''}{after}"


def secret_address(text: str) -> str:
    """Return `text`, which is a key, when it is an address that can be fetched.

    Raises:
        ValueError: it is not; the message does not show it.
    """
    try:
        return web_address(text)
    except ValueError:
        raise ValueError("it is not an address: begin it with https:// and a host") from None


def _flag(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(f'"{text}" is neither true nor false')
    return text == "true"


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise ValueError(f'"{text}" is not a whole number from 1 on')
    return int(text)


def _shape(node: Node) -> str:
    match node:
        case Scalar(is_empty=True):
            return "nothing"
        case Scalar():
            return "a text"
        case Sequence():
            return "a list"
        case Mapping():
            return "a mapping"
