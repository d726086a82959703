"""Content encodings, undone under a cap: what a body may become is bounded before it becomes it."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Callable

from services.common.http.errors import ExchangeError, Failure

ACCEPT_ENCODING = "gzip, deflate"

# Deflate grows a thousandfold at most: from here on inflating could hold the event loop over 10 ms.
_INLINE_BYTES = 4 * 1024
# Each copies what stands behind it: half a million empty ones in ten megabytes would take minutes.
_MOST_MEMBERS = 300
# What servers say besides "identity" of a body that they leave as it is: RFC 9110, 8.4.1, knows none of it.
_NONE = {"", "identity", "none", "binary", "8bit", "utf-8", "utf8", "iso-8859-1"}
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
# Some servers name an encoding and do without; nothing that is encoded begins so.
_TEXT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[?!]?[a-zA-Z]{2}|[{\[]\s*[\"{])")


async def decoded(body: bytes, *, encodings: str, cap_bytes: int) -> bytes:
    """Return `body` without the encodings that a Content-Encoding header lists.

    Raises:
        ExchangeError: too_large where it grows over `cap_bytes`, bad_encoding where it is broken or
            in an encoding that we did not ask for.
    """
    return await _undone(body, encodings, cap_bytes, _whole)


async def decoded_beginning(body: bytes, *, encodings: str, most_bytes: int) -> bytes:
    """Return `most_bytes` of what `decoded` would return, or all of it; `body` may be a beginning too.

    Raises:
        ExchangeError: bad_encoding, as `decoded`.
    """
    begun = await _undone(body, encodings, most_bytes, _beginning)
    return _beginning(begun, most_bytes)


_Taken = Callable[[bytes, int], bytes]
"""What is taken of bytes of which there may be more than so many."""


def _whole(body: bytes, cap_bytes: int) -> bytes:
    if len(body) > cap_bytes:
        raise ExchangeError(Failure.TOO_LARGE, f"over {cap_bytes} bytes when decoded")
    return body


def _beginning(body: bytes, most_bytes: int) -> bytes:
    return body[:most_bytes]


async def _undone(body: bytes, encodings: str, at_most: int, taken: _Taken) -> bytes:
    names = [name.strip().lower() for name in encodings.split(",")]
    names = [name for name in names if name not in _NONE]
    if not names or not body:
        return body
    if len(body) <= _INLINE_BYTES:
        return _undo(body, names, at_most, taken)
    return await asyncio.to_thread(_undo, body, names, at_most, taken)


def _undo(body: bytes, names: list[str], at_most: int, taken: _Taken) -> bytes:
    if len(names) > 2:
        raise ExchangeError(Failure.BAD_ENCODING, f"encoded {len(names)} times over")
    for name in reversed(names):
        if not body or _TEXT.match(body):
            return body
        if name not in {"gzip", "x-gzip", "deflate"}:
            raise ExchangeError(
                Failure.BAD_ENCODING, f'in the encoding "{name[:40]}", not asked for'
            )
        try:
            body = taken(_inflated(body, window=_window(name, body), enough=at_most + 1), at_most)
        except zlib.error as error:
            raise ExchangeError(Failure.BAD_ENCODING, f"broken {name}: {error}") from error
    return body


def _window(name: str, body: bytes) -> int:
    """Return what zlib is to look for: what the bytes say, since some servers name one and send another.

    "deflate" means zlib's format (RFC 9110, 8.4.1.2), but some send the raw one.
    """
    if body.startswith(_GZIP):
        return _GZIP_WINDOW
    is_zlib = body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    if is_zlib:
        return zlib.MAX_WBITS
    return -zlib.MAX_WBITS if name == "deflate" else _GZIP_WINDOW


def _inflated(body: bytes, *, window: int, enough: int) -> bytes:
    """Return the members of `body` inflated until there are `enough` bytes; one that ends early gives what it has."""
    parts: list[bytes] = []
    size = 0
    for _ in range(_MOST_MEMBERS + 1):
        if not body or size >= enough:
            return b"".join(parts)
        member = zlib.decompressobj(window)
        parts.append(member.decompress(body, enough - size))
        size += len(parts[-1])
        # Some servers pad a gzip body; only another member goes on.
        body = member.unused_data if member.unused_data.startswith(_GZIP) else b""
    raise ExchangeError(Failure.TOO_LARGE, f"of over {_MOST_MEMBERS} compressed members")
