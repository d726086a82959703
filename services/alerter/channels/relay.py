"""Relay: the server that takes our mail, and conversations with it that can be cut."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote, urlsplit

# Each answer of the relay.
_ANSWER_WITHIN_SECONDS = 15.0
_LOGGED_IN = 235
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """The server that takes our mail. `is_tls` from the first byte; else STARTTLS where offered."""

    host: str
    port: int
    is_tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, url: str) -> Self:
        """Return the relay of `smtp[s]://[user:password@]host[:port]`.

        Raises:
            ValueError: it is not such an address; the message does not show it.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("A relay is smtp[s]://[user:password@]host:port.")
        is_tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if is_tls else 25),
            is_tls=is_tls,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


class Connection:
    """The connection of one try. Its thread cannot be cancelled, so its connection is cut instead: what
    goes on after its time would meet the next try, or wait for ever for a relay that says a byte a while.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sock: socket.socket | None = None
        self._is_cut = False

    def made(self, sock: socket.socket) -> None:
        """Take note of `sock`, before anything is said over it.

        Raises:
            SMTPServerDisconnected: the time is over.
        """
        with self._lock:
            if self._is_cut:
                raise smtplib.SMTPServerDisconnected("It took too long.")
            # One of its own: TLS takes the other over, and leaves nothing to cut while it begins.
            self._sock = sock.dup()

    def cut(self) -> None:
        """End whatever the thread does with the connection."""
        with self._lock:
            self._is_cut = True
            if self._sock is not None:
                with suppress(OSError):
                    self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Say that the thread is done with it: nothing is left to cut."""
        with self._lock:
            if self._sock is not None:
                self._sock.close()
                self._sock = None


@contextmanager
def conversation(relay: Relay, connection: Connection) -> Iterator[Smtp]:
    """Give a conversation with `relay` over `connection`, logged in where the relay has a user.

    How the relay takes its leave changes nothing.

    Raises:
        SMTPException, OSError, ValueError: it does not come about.
    """
    with closing(connection), closing(Smtp(relay, connection)) as smtp:
        smtp.begin()
        yield smtp
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()


class Smtp(smtplib.SMTP):
    """Speaks with a relay over a connection that can be cut from its first byte on.

    `has_begun_data` is set where the relay may have got a mail.
    """

    has_begun_data = False

    def __init__(self, relay: Relay, connection: Connection) -> None:
        self._relay = relay
        self._connection = connection
        super().__init__(relay.host, relay.port, timeout=_ANSWER_WITHIN_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Return the connection: what smtplib itself overrides for TLS from the first byte."""
        sock = socket.create_connection((host, port), timeout)
        try:
            self._connection.made(sock)
            if self._relay.is_tls:
                return self._certificates().wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise
        return sock

    def has_hung_up(self) -> bool:
        """Return whether the connection is over."""
        return self.sock is None

    def begin(self) -> None:
        """Begin TLS where the relay offers it, then log in."""
        self.ehlo_or_helo_if_needed()
        if not self._relay.is_tls and self.has_extn("starttls"):
            self.starttls(context=self._certificates())
            self.ehlo()
        if self._relay.user is not None:
            self._log_in(self._relay.user, self._relay.password or "")

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Return the answer to a mail, from whose first byte on it may have been taken."""
        self.has_begun_data = True
        return super().data(msg)

    def _certificates(self) -> ssl.SSLContext:
        """Return which certificates are trusted: on this machine, which nobody stands in between, any. A
        mail server makes one of its own when it is installed, as Debian's Postfix does.
        """
        context = ssl.create_default_context()
        if self._relay.host in _THIS_MACHINE:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _log_in(self, user: str, password: str) -> None:
        if not isinstance(self.sock, ssl.SSLSocket) and self._relay.host not in _THIS_MACHINE:
            raise smtplib.SMTPNotSupportedError("no TLS, and a password is not sent without")
        try:
            _log_in_with(self, user, password)
        except smtplib.SMTPAuthenticationError as error:
            said = _without_password(error.smtp_error, user, password)
            raise smtplib.SMTPAuthenticationError(error.smtp_code, said) from None


def _log_in_with(smtp: smtplib.SMTP, user: str, password: str) -> None:
    """Log in, with letters beyond ASCII too, which smtplib refuses; they go as UTF-8 (RFC 4616)."""
    if (user + password).isascii():
        smtp.login(user, password)
        return
    smtp.ehlo_or_helo_if_needed()
    code, answer = smtp.docmd("AUTH", f"PLAIN {_as_said(user, password).decode('ascii')}")
    if code != _LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _as_said(user: str, password: str) -> bytes:
    """Return how `AUTH PLAIN` has user and password."""
    return b64encode(f"\0{user}\0{password}".encode())


def _without_password(answer: bytes | str, user: str, password: str) -> bytes:
    """Return what a relay said of a login without the password: some repeat what they do not take."""
    said = answer if isinstance(answer, bytes) else answer.encode()
    for form in (_as_said(user, password), b64encode(password.encode()), password.encode()):
        said = said.replace(form, b"(password)") if form else said
    return said
