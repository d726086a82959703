"""JSON Schemas of the three files, for editors that complete and check while one writes.

They know shapes and words; what needs all files together (owners, channels, secrets) is checked by
`kabar check` alone.
"""

from __future__ import annotations

from pathlib import Path

NAMES = ("companies", "feeds", "subscriptions")


def schema_text(name: str) -> str:
    """Return the schema of `<name>.yml`."""
    return Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8")
