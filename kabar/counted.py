"""Counted: a number with its noun, for people."""

from __future__ import annotations


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return "1 error" or "2 errors"; `many` where the plural is not made by an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"
