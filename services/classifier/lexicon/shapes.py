"""Shapes: what an entry of a lexicon's file may be, and what is wrong with one that is something else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Protocol

from services.classifier.lexicon.spellings import split_forms
from services.common.config.findings import suggestion
from services.common.config.yaml import Mapping, Node, Scalar, Sequence

Mistake = tuple[Node, str]
"""What is wrong, and the node at whose place that is told."""

_ALTERNATIVES = re.compile(r"\{[^{}]*\}")


class Shape(Protocol):
    """What an entry may be."""

    def mistakes(self, node: Node, name: str) -> Iterator[Mistake]:
        """Yield what is wrong with `node`, the entry called `name` (`roles.actor.before`)."""
        ...


@dataclass(frozen=True, slots=True)
class Forms:
    """Forms, separated by `|`; there may be none. Those that `are_signs` may have no letters: "$"."""

    are_signs: bool = False

    def mistakes(self, node: Node, name: str) -> Iterator[Mistake]:
        """Yield what is wrong with an entry of forms."""
        if not isinstance(node, Scalar):
            yield node, f'{name}: forms are one text ("one | two"), no list and no mapping.'
            return
        for form in filter(None, map(str.strip, node.text.split("|"))):
            if not _closes_its_braces(form):
                yield node, f'{name}: a brace of "{form}" is not closed, or opens nothing.'
            elif not (self.are_signs or all(map(_has_letters, split_forms(form)))):
                yield node, f'{name}: a part of "{form}" has no letters.'


def _closes_its_braces(form: str) -> bool:
    while _ALTERNATIVES.search(form):
        form = _ALTERNATIVES.sub("", form)
    return not set("{}") & set(form)


def _has_letters(form: str) -> bool:
    return all(part.strip("+*$ ") for part in form.split(" ... "))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a closed set; `what` is what all of them are."""

    what: str
    known: Collection[str]

    def mistakes(self, node: Node, name: str) -> Iterator[Mistake]:
        """Yield that it is none of them, with the nearest that is."""
        if not isinstance(node, Scalar):
            yield node, f"{name}: one {self.what} is wanted, no list and no mapping."
        elif node.text not in self.known:
            near = suggestion(node.text, self.known) or "."
            yield node, f'{_begun(name)}there is no {self.what} "{node.text}"{near}'


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `least` to `most`."""

    least: float
    most: float
    is_whole: bool = False

    def mistakes(self, node: Node, name: str) -> Iterator[Mistake]:
        """Yield that it is no number, or one out of range."""
        if not (isinstance(node, Scalar) and self._has(node.text)):
            kind = "whole number" if self.is_whole else "number"
            text = f'"{node.text}" is no' if isinstance(node, Scalar) else "this is no"
            yield node, f"{name}: {text} {kind} from {self.least:g} to {self.most:g}."

    def _has(self, text: str) -> bool:
        try:
            number = int(text) if self.is_whole else float(text)
        except ValueError:
            return False
        return self.least <= number <= self.most


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency's code, or a name that several countries use; as a key also with a factor: `USD 1000000`."""

    codes: Collection[str]
    names: Collection[str]
    may_have_factor: bool = False

    def mistakes(self, node: Node, name: str) -> Iterator[Mistake]:
        """Yield that there is no such currency."""
        if not isinstance(node, Scalar):
            yield node, f"{name}: one currency is wanted, no list and no mapping."
            return
        currency, _, factor = node.text.partition(" ")
        known = {*self.codes, *self.names}
        if currency not in known:
            near = suggestion(currency, known) or "."
            yield node, f'{name}: there is no currency "{currency}"{near}'
        if factor and not (self.may_have_factor and factor.isdigit()):
            yield node, f'{name}: "{factor}" behind {currency} is no factor.'


@dataclass(frozen=True, slots=True)
class Row:
    """A list: of so many entries, where that is fixed."""

    entry: Shape
    count: int | None = None

    def mistakes(self, node: Node, name: str) -> Iterator[Mistake]:
        """Yield that it is no list, how many entries it should have, what is wrong with each."""
        if not isinstance(node, Sequence):
            yield node, f"{name}: a list is wanted."
            return
        if self.count not in {None, len(node.items)}:
            yield node, f"{name} has {len(node.items)} entries, {self.count} are needed."
        for item in node.items:
            yield from self.entry.mistakes(item, name)


@dataclass(frozen=True, slots=True)
class Text:
    """Any text that says something."""

    def mistakes(self, node: Node, name: str) -> Iterator[Mistake]:
        """Yield that it is no text, or an empty one."""
        if not (isinstance(node, Scalar) and node.text.strip()):
            yield node, f"{name}: a text is wanted."


@dataclass(frozen=True, slots=True)
class Keys:
    """A mapping with fixed keys, each of a shape of its own."""

    of: Table[str, Shape]
    needed: Collection[str] = ()

    def mistakes(self, node: Node, name: str) -> Iterator[Mistake]:
        """Yield the keys that are unknown or missing, and what is wrong with each of the others."""
        if not isinstance(node, Mapping):
            yield (
                node,
                f"{_begun(name)}a mapping is wanted, with keys as {', '.join([*self.of][:4])}.",
            )
            return
        key_shape = Word("key", self.of)
        for key, value in node.values.items():
            yield from key_shape.mistakes(node.keys[key], name)
            if key in self.of:
                yield from self.of[key].mistakes(value, _joined(name, key))
        for key in self.needed:
            if key not in node.values:
                yield node, f"{name} has no {key}."


@dataclass(frozen=True, slots=True)
class Each:
    """A mapping whose keys are all of one shape, and its values too."""

    key: Shape
    value: Shape
    others: Table[str, Shape] = field(default_factory=dict)
    """The shape of the value under a key that has one of its own."""

    def mistakes(self, node: Node, name: str) -> Iterator[Mistake]:
        """Yield what is wrong with each key, and with each value."""
        if not isinstance(node, Mapping):
            yield node, f"{_begun(name)}a mapping is wanted."
            return
        for key, value in node.values.items():
            yield from self.key.mistakes(node.keys[key], name)
            yield from self.others.get(key, self.value).mistakes(value, _joined(name, key))


def _joined(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key


def _begun(name: str) -> str:
    """Return how a message about an entry begins; the whole file has no name."""
    return f"{name}: " if name else ""
