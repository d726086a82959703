"""The admin token, the one-time links that log a browser in, and the sessions they begin.

The token is made once per data directory and stands in `admin-token`, readable by the owner only.
Links live in memory: a link that was used, ran out or was made before a restart opens nothing.
A session is a cookie that carries its own end and proof, so it survives a restart; a new token ends
every session.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import structlog

from services.common.clock import Clock
from services.common.errors import ConfigurationError

TOKEN_FILE = "admin-token"  # noqa: S105  the name of the file
LINK_LIFETIME = timedelta(days=1)
SESSION_LIFETIME = timedelta(days=30)
MAX_OPEN_LINKS = 32
"""More than anybody needs; a script that asks for links all day must not fill the memory."""

USED_FILE = "admin-token.used"

log = structlog.get_logger()


class AdminToken:
    """The token of one data directory. It never leaves this object; only proofs go in."""

    def __init__(self, token: str, *, directory: Path, clock: Clock) -> None:
        self._token = token.encode("ascii")
        self._directory = directory
        self._clock = clock
        self._links: OrderedDict[bytes, float] = OrderedDict()

    @classmethod
    def of(cls, directory: Path, *, clock: Clock) -> Self:
        """Return the token of `directory`, made now where there is none. Call it under the lock.

        Raises:
            ConfigurationError: the file cannot be read or written, or holds no token.
        """
        path = directory / TOKEN_FILE
        try:
            _make(path)
            token = path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise ConfigurationError(
                f"The admin token in {path} cannot be used: {why}. Run this as the user that runs kabar,"
                " or move the file away and kabar makes another."
            ) from error
        if len(token) < 32:
            raise ConfigurationError(
                f"{path} holds no token of 32 characters or more: remove it and kabar makes one."
            )
        return cls(token, directory=directory, clock=clock)

    @property
    def was_used(self) -> bool:
        """Return whether a login link of this data directory was ever used."""
        return (self._directory / USED_FILE).exists()

    def fresh_link(self) -> str:
        """Return the secret part of a login link that opens once, within a day."""
        secret = secrets.token_urlsafe(32)
        # Not by the time of day: the clock of a machine that just started may be set by decades.
        self._links[_digest(secret)] = self._clock.monotonic() + LINK_LIFETIME.total_seconds()
        while len(self._links) > MAX_OPEN_LINKS:
            self._links.popitem(last=False)
        return secret

    def session_from_link(self, secret: str) -> str | None:
        """Return the cookie of a new session, None when the link opens nothing (any longer)."""
        # Looked up by digest: how long that takes says nothing about the secret.
        ends_at = self._links.pop(_digest(secret), None)
        if ends_at is None or ends_at < self._clock.monotonic():
            return None
        with suppress(OSError):  # a full disk keeps nobody out; the next start logs a link again
            (self._directory / USED_FILE).touch(mode=0o600)
        return self._session(self._clock.now() + SESSION_LIFETIME)

    def opens_with_bearer(self, presented: str) -> bool:
        """Return whether `presented` is the token, in constant time."""
        return hmac.compare_digest(presented.encode("utf-8", "surrogatepass"), self._token)

    def opens_with_session(self, presented: str) -> bool:
        """Return whether `presented` is a session of ours that has not ended, in constant time."""
        ends, _, _ = presented.partition(".")
        # Eleven digits last until the year 5138; a date of twelve may be none.
        if not (ends.isascii() and ends.isdecimal() and len(ends) <= 11):
            return False
        ends_at = datetime.fromtimestamp(int(ends), UTC)
        expected = self._session(ends_at)
        is_ours = hmac.compare_digest(
            presented.encode("utf-8", "surrogatepass"), expected.encode("ascii")
        )
        return is_ours and ends_at > self._clock.now()

    def _session(self, ends_at: datetime) -> str:
        ends = str(int(ends_at.timestamp()))
        proof = hmac.new(self._token, f"session.{ends}".encode("ascii"), hashlib.sha256)
        return f"{ends}.{proof.hexdigest()}"


def login_url(secret: str, *, public_url: str | None, port: int) -> str:
    """Return the link that people open, on the public address or on this machine."""
    return f"{public_url or f'http://127.0.0.1:{port}'}/login?link={secret}"


def offer_login(token: AdminToken, *, fresh_login_url: Callable[[], str]) -> None:
    """Log a link that logs in once, at each start until one of the data directory was used."""
    if not token.was_used:
        log.info("login_link", url=fresh_login_url())


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _make(path: Path) -> None:
    """Write a new token whole or not at all, unless there is one."""
    if path.exists():
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
