"""JSON Schemas of the three files, for editors that complete and check while one writes.

They know shapes and words; what needs all files together (owners, channels, secrets) is checked by
`kabar check` alone.
"""

from __future__ import annotations

from pathlib import Path

from services.common.event_types import event_types

NAMES = ("companies", "feeds", "subscriptions")
_EVENT_TYPES = "{event types}"
"""What stands in a schema for the names of all event types."""


def schema_text(name: str) -> str:
    """Return the schema of `<name>.yml`."""
    text = Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8")
    return text.replace(_EVENT_TYPES, ", ".join(event_types()))
