"""Submitted: one subscription that came by API, page or command line, read by the rules of the file.

It has the keys of an entry in subscriptions.yml, as JSON. What would be a line in the file is a field
here: `send[0].to`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.common.config import yaml
from services.common.config.channels import Channels
from services.common.config.findings import Finding, Severity
from services.common.config.subscriptions import Known, read_subscription
from services.common.config.yaml import Node, Page, Scalar, Sequence
from services.common.contracts.subscription import ChannelConfig, Subscription

DATABASE = "database"
"""The origin of what was made by API, page or command line."""

READ_ONLY_KEYS = frozenset(
    {"origin", "findings", "last_alert_at", "alerts_in_30_days", "is_overridden"}
)
"""What the API shows with a subscription and ignores where it is sent back."""

_MOST_DEPTH = 12

# What is missing has no node, so its finding stands at what should hold it.
_MISSING = re.compile(r' needs "([a-z_]+)"$')


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """What is wrong with a field, such as `send[0].to`; empty for the whole."""

    field: str
    severity: Severity
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What was read: a subscription unless its id is unusable; it may be used without errors only."""

    subscription: Subscription | None
    findings: tuple[FieldFinding, ...]

    @property
    def errors(self) -> tuple[FieldFinding, ...]:
        """Return the findings because of which it is not taken."""
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)


def read_submitted(
    body: object, *, channels: Iterable[ChannelConfig], known: Known | None
) -> Submitted:
    """Return the subscription that `body` describes, with every mistake in it.

    `body` is what JSON decodes to. `null` is the same as absent; numbers and booleans are the text
    that stands for them. `channels` are those it may send to; without `known` nothing is said of the
    companies that it follows.
    """
    if isinstance(body, Mapping):
        body = {key: value for key, value in body.items() if key not in READ_ONLY_KEYS}
    fields = _Fields()
    try:
        page = Page(DATABASE, root=fields.node(body, "", depth=0))
    except ValueError as error:
        finding = FieldFinding("", Severity.ERROR, str(error))
        return Submitted(subscription=None, findings=(finding,))
    configs = tuple(channels)
    ways = Channels(configs=configs, names=frozenset(config.id for config in configs))
    subscription = read_subscription(page, channels=ways, known=known)
    return Submitted(
        subscription=None if subscription is None else replace(subscription, origin=DATABASE),
        findings=tuple(fields.finding(found) for found in page.findings),
    )


def value_of(node: Node | None) -> Any:
    """Return what `node` of a YAML file holds as JSON has it: texts, lists and mappings."""
    match node:
        case Sequence():
            return [value_of(item) for item in node.items]
        case yaml.Mapping():
            return {key: value_of(value) for key, value in node.values.items()}
        case Scalar():
            return None if node.is_empty else node.text
        case _:
            return None


def node_at(node: Node | None, field: str) -> Node | None:
    """Return the place of `field` in a YAML file, or the nearest that is there."""
    for step in re.findall(r"[^.\[\]]+", field):
        inner: Node | None = None
        if isinstance(node, yaml.Mapping):
            inner = node.values.get(step) or node.keys.get(step)
        elif isinstance(node, Sequence) and step.isdecimal() and int(step) < len(node.items):
            inner = node.items[int(step)]
        if inner is None:
            return node
        node = inner
    return node


class _Fields:
    """Makes nodes of a body. A node's line is the number of its field."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def node(self, value: object, name: str, *, depth: int) -> Node:
        """Return `value` as nodes.

        Raises:
            ValueError: it is nested deeper than any subscription.
        """
        if depth > _MOST_DEPTH:
            raise ValueError("This is nested too deeply to be a subscription.")
        self._names.append(name)
        line = len(self._names)
        if isinstance(value, Mapping):
            return self._mapping(value, name, line=line, depth=depth)
        if isinstance(value, list | tuple):
            listed = Sequence(line, 1)
            listed.items = [
                self.node(item, f"{name}[{index}]", depth=depth + 1)
                for index, item in enumerate(value)
            ]
            return listed
        return _scalar(value, line)

    def finding(self, found: Finding) -> FieldFinding:
        """Return a finding with its field instead of its line."""
        name = self._names[found.line - 1]
        missing = _MISSING.search(found.message)
        if missing is not None and not name.endswith(missing[1]):
            name = f"{name}.{missing[1]}" if name else missing[1]
        return FieldFinding(name, found.severity, found.message)

    def _mapping(
        self, value: Mapping[object, object], name: str, *, line: int, depth: int
    ) -> yaml.Mapping:
        mapping = yaml.Mapping(line, 1)
        for key, held in value.items():
            text = str(key)
            inner = f"{name}.{text}" if name else text
            node = self.node(held, inner, depth=depth + 1)
            mapping.keys[text] = Scalar(text, node.line, 1)
            mapping.values[text] = node
        return mapping


def _scalar(value: object, line: int) -> Scalar:
    match value:
        case None:
            return Scalar("", line, 1)
        case bool():
            return Scalar(str(value).lower(), line, 1)
        case str():
            return Scalar(value, line, 1, is_plain=False)
        case _:
            return Scalar(str(value), line, 1)
