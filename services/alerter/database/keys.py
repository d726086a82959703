"""Keys: secrets that kabar makes for itself and keeps with what they are for."""

from __future__ import annotations

import secrets
import sqlite3

KEY_BYTES = 32
LINKS = "links"
"""Signs the links in mails and feeds."""


def key_of(connection: sqlite3.Connection, name: str) -> bytes:
    """Return the key of this name, made now where there is none."""
    connection.execute(
        "INSERT OR IGNORE INTO keys VALUES (?, ?)", (name, secrets.token_bytes(KEY_BYTES))
    )
    (value,) = connection.execute("SELECT value FROM keys WHERE name = ?", (name,)).fetchone()
    return bytes(value)
