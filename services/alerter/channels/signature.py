"""Signature: Standard Webhooks, version 1 of the symmetric scheme.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac

_PREFIX = "whsec_"


def signing_key(secret: str) -> bytes:
    """Return the key of a secret in its usual form, `whsec_` and base64 of 24 to 64 bytes.

    Raises:
        ValueError: it is not in that form; the message does not show it.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except ValueError:
        key = b""
    if not secret.startswith(_PREFIX) or not 24 <= len(key) <= 64:
        raise ValueError('A webhook secret is "whsec_" and base64 of 24 to 64 bytes.')
    return key


def signature(key: bytes, *, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of the header `webhook-signature` for a body sent at `timestamp` (seconds)."""
    content = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode('ascii')}"
