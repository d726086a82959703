"""Event types as data: `event_types.yml` beside this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from services.common.durations import parse_duration


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """One type: its words, the order of its anchor roles, how long its events stay open."""

    name: str
    label: str
    past: str
    anchor_roles: tuple[str, ...]
    window: timedelta


@cache
def event_types() -> Mapping[str, EventType]:
    """Return every known type by name, in the file's order."""
    text = files("services.common").joinpath("event_types.yml").read_text(encoding="utf-8")
    return {name: _type_of(name, body) for name, body in yaml.safe_load(text)["types"].items()}


def event_type(name: str) -> EventType:
    """Return the type called `name`; an unknown one gets its name as words and the usual anchor."""
    known = event_types().get(name)
    if known is not None:
        return known
    return EventType(
        name=name,
        label=name,
        past=f"in a {name}",
        anchor_roles=("target", "actor"),
        window=timedelta(days=30),
    )


def _type_of(name: str, body: dict[str, Any]) -> EventType:
    return EventType(
        name=name,
        label=body["label"],
        past=body["past"],
        anchor_roles=tuple(body["anchor"]),
        window=parse_duration(body["window"]),
    )
