"""Answers: what a channel's HTTP answer means for a message."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import SplitResult, unquote, urlsplit

from services.alerter.render.words import shortened
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.http.client import Answer

LONGEST_WAIT = timedelta(days=2)
"""What a channel may ask for at most; longer wishes are cut to it."""

_SECONDS = re.compile(r"[0-9]+(\.[0-9]+)?")  # a fraction is Discord's habit
# 404 and 405 speak of the address, not of the message: a receiver that is being put up anew answers them
# too. 407 speaks of a proxy, 421 of the connection.
_PASSING = {404, 405, 407, 408, 421, 425, 429}

_PAGE = re.compile(rb"(\xef\xbb\xbf)?\s*(<\?xml[^<>]*>\s*)?<(!doctype html|html)\b", re.IGNORECASE)
_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^<>]*>", re.IGNORECASE | re.DOTALL)
_LOOKED_AT_BYTES = 4_000
_SHORTEST_KEY = 8
_SHORTEST_PASSWORD = 4
_LONGEST_WORD = 15

REFUSED_FORMS = frozenset({400, 413})
"""What an API answers to a form that it cannot read; the same as plain text may pass."""


def accepted(answer: Answer, *, now: datetime, forms: Collection[int] = ()) -> int:
    """Return the status of an answer that took the message; `forms` are those that refuse its form.

    Raises:
        ChannelUnavailableError: 3xx (redirects are not followed), 404, 405, 407, 408, 421, 425, 429, 5xx.
        ChannelRefusedError: any other 4xx.
    """
    status = answer.status
    if 200 <= status < 300:
        return status
    if 300 <= status < 400:
        raise ChannelUnavailableError(
            f"{_named(status)}: redirects are not followed; configure the final address.",
            status=status,
        )
    if status in _PASSING or status >= 500:
        wait = retry_after(answer.headers.get("retry-after"), now=now)
        raise ChannelUnavailableError(said(answer), status=status, retry_after=wait)
    raise ChannelRefusedError(said(answer), status=status, is_format=status in forms)


def retry_after(text: str | None, *, now: datetime) -> timedelta | None:
    """Return how long `Retry-After` asks to wait (RFC 9110, 10.2.3: seconds or a date).

    None where it is absent, not readable or in the past.
    """
    if text is None:
        return None
    text = text.strip()
    if found := _SECONDS.fullmatch(text):
        return min(timedelta(seconds=float(found[0][:12])), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(wait, LONGEST_WAIT) if wait > timedelta() else None


def is_page(answer: Answer) -> bool:
    """Return whether somebody answered with a page for people, such as a network's login."""
    return _PAGE.match(answer.body[:_LOOKED_AT_BYTES]) is not None


def said(answer: Answer) -> str:
    """Return the status and the beginning of what the server wrote, on one line.

    Without the address that was asked, which may be a key: many servers repeat what they do not know.
    """
    written = answer.body[:_LOOKED_AT_BYTES].decode("utf-8", "replace").replace("\\/", "/")
    if is_page(answer):
        written = html.unescape(_TAGS.sub(" ", written))
    text = shortened(_without(answer.url, written), code_points=200)
    return f"{_named(answer.status)}: {text}" if text else f"{_named(answer.status)}."


def _without(url: str, text: str) -> str:
    """Return `text` without `url`, and without the parts of it that may be a key, or are a password."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    pieces = {url, target, *filter(_may_be_key, parts.path.split("/"))}
    pieces |= set(re.split("[&=]", parts.query))
    pieces |= {unquote(piece) for piece in pieces}
    keys = {piece for piece in pieces if len(piece) >= _SHORTEST_KEY} | _passwords(parts)
    for key in sorted(keys, key=len, reverse=True):
        text = text.replace(key, "(address)")
    return text


def _passwords(parts: SplitResult) -> set[str]:
    """Return the password of an address, and the forms in which a request has it."""
    if len(parts.password or "") < _SHORTEST_PASSWORD:
        return set()
    user, password = parts.username or "", parts.password or ""
    basic = b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode().rstrip("=")
    return {password, unquote(password), basic}


def _may_be_key(part: str) -> bool:
    """Return whether a part of an address is no word, such as "webhooks"."""
    return len(part) > _LONGEST_WORD or not part.isalpha()


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
