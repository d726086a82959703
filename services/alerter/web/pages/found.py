"""Found: those of a list that have what somebody looks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from services.common.text import folded

Row = TypeVar("Row")


def found_rows(
    rows: Iterable[Row], wanted: str, texts: Callable[[Row], Iterable[str]]
) -> list[Row]:
    """Return the rows of which one of the `texts` has `wanted`, in their order; all where that is empty."""
    sought = folded(wanted)
    if not sought:
        return list(rows)
    return [row for row in rows if any(sought in folded(text) for text in texts(row))]
