"""Email: one mail for a message, through a relay over SMTP."""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Self
from urllib.parse import unquote, urlsplit

from services.alerter.render.mail import mail_of
from services.alerter.render.message import Message
from services.alerter.render.words import shortened
from services.common.clock import Clock
from services.common.errors import ChannelRefusedError, ChannelUnavailableError

TAKEN = 250

# Each answer of the relay.
_ANSWER_WITHIN_SECONDS = 15.0
_DONE_WITHIN_SECONDS = 40.0

_AUTHENTICATION_FAILED = 535


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


class EmailChannel:
    """Sends to all of `recipients` in one mail, in a thread of its own for each message."""

    type = "email"
    concurrency = 1
    is_repeat_safe = False

    def __init__(
        self, recipients: Sequence[str], *, sender: str, relay: Relay, clock: Clock
    ) -> None:
        self._recipients = tuple(recipients)
        self._sender = sender
        self._relay = relay
        self._clock = clock

    async def send(self, message: Message) -> int:
        """Return 250 when the relay has taken the mail for everybody whom it does not refuse."""
        now = self._clock.now()
        mail = mail_of(message, sender=self._sender, recipients=self._recipients, sent_at=now)
        try:
            async with asyncio.timeout(_DONE_WITHIN_SECONDS):
                refused = await asyncio.to_thread(self._hand_over, mail)
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except smtplib.SMTPResponseException as error:
            raise _channel_error(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise ChannelRefusedError(f"The relay cannot do what is needed: {error}") from error
        except (smtplib.SMTPException, OSError) as error:  # a TimeoutError is an OSError
            raise ChannelUnavailableError(f"The relay does not answer: {_named(error)}") from error
        self._look_at(refused)
        return TAKEN

    def _hand_over(self, mail: EmailMessage) -> dict[str, tuple[int, bytes]]:
        """Return whom the relay refused, with its answers."""
        with self._connection() as smtp:
            if self._relay.user is not None:
                self._log_in(smtp)
            return smtp.send_message(mail, self._sender, self._recipients)

    def _connection(self) -> smtplib.SMTP:
        place, wait = (self._relay.host, self._relay.port), _ANSWER_WITHIN_SECONDS
        if self._relay.is_tls:
            return smtplib.SMTP_SSL(*place, timeout=wait, context=ssl.create_default_context())
        smtp = smtplib.SMTP(*place, timeout=wait)
        try:
            smtp.ehlo()
            if smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        is_safe = isinstance(smtp.sock, ssl.SSLSocket) or self._relay.host in _THIS_MACHINE
        if not is_safe:
            raise smtplib.SMTPNotSupportedError("no TLS, and a password is not sent without")
        smtp.login(self._relay.user or "", self._relay.password or "")

    def _look_at(self, refused: dict[str, tuple[int, bytes]]) -> None:
        """Raise where somebody may still be reached, or nobody was.

        Who already has the mail gets it again then, under the same Message-ID: a mail twice is
        better than an alert that never comes.
        """
        passing = [answer for answer in refused.values() if answer[0] < 500]
        if passing:
            raise _channel_error(*passing[0])
        if refused and len(refused) == len(self._recipients):
            raise _channel_error(*next(iter(refused.values())))


_ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


def _channel_error(code: int, answer: bytes | str) -> ChannelUnavailableError | ChannelRefusedError:
    """Return what a relay's answer means: 4yz may pass, 5yz will not (RFC 5321, 4.2.1)."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    # Relays like to name the recipient, and reasons are logged.
    said = shortened(f"{code} {_ADDRESS.sub('(address)', text)}", code_points=200)
    if code in {530, 534, 538}:
        code = _AUTHENTICATION_FAILED
    if code < 500:
        return ChannelUnavailableError(said, status=code)
    return ChannelRefusedError(said, status=code)


def _named(error: Exception) -> str:
    return shortened(f"{type(error).__name__}: {error}", code_points=200)
