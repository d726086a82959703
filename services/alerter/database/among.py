"""Among: SQL conditions that a column is one of some values."""

from __future__ import annotations

import json
from collections.abc import Collection

_FEW = 8


def among(column: str, values: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """Return the condition that `column` is one of `values`, and its parameters.

    A few stand in the text, which is one of few and so prepared once; many travel as one parameter,
    which takes SQLite some 20 µs longer to read.
    """
    if len(values) <= _FEW:
        return f"{column} IN ({', '.join('?' * len(values))})", tuple(values)
    many = "IN (SELECT value FROM json_each(?))"
    return f"{column} {many}", (json.dumps(list(values)),)
