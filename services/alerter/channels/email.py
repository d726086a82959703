"""Email: one mail for a message, through a relay over SMTP."""

from __future__ import annotations

import asyncio
import re
import smtplib
import socket
import ssl
import threading
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Self
from urllib.parse import unquote, urlsplit

from services.alerter.channels.port import Sent, Thread, Unthreaded
from services.alerter.render.mail import MailThread, begun_thread, mail_of
from services.alerter.render.message import Message
from services.alerter.render.words import shortened
from services.common.clock import Clock
from services.common.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    ChannelUnwantedError,
)
from services.common.ids import DeliveryId

TAKEN = 250

# Each answer of the relay.
_ANSWER_WITHIN_SECONDS = 15.0
_DONE_WITHIN_SECONDS = 40.0

_LOGGED_IN = 235
_AUTHENTICATION_FAILED = 535
_TOO_LARGE = 552
_NO_SUCH_LETTERS = 553


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


async def _nobody() -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """Who of a channel's addresses asked for no more mail, and where each can ask for it.

    `unsubscribe_url` and `page_url`, where all that a delivery tells stands, give None where nobody
    could reach such an address.
    """

    suppressed: Callable[[], Awaitable[Collection[str]]] = _nobody
    unsubscribe_url: Callable[[str], str | None] = lambda _: None
    page_url: Callable[[DeliveryId], str | None] = lambda _: None


class EmailChannel(Unthreaded):
    """Sends a mail of its own to each of `recipients`, except to those who asked for no more.

    The mails on one event are one thread. Who has a mail does not get it again when it is tried again
    for the others; only a restart in between forgets that, and then the Message-ID is the same.
    """

    type = "email"
    concurrency = 1
    is_repeat_safe = False

    def __init__(
        self,
        recipients: Sequence[str],
        *,
        sender: str,
        relay: Relay,
        clock: Clock,
        mailing: Mailing | None = None,
    ) -> None:
        self._recipients = tuple(recipients)
        self._sender = sender
        self._relay = relay
        self._clock = clock
        self._mailing = mailing or Mailing()
        self._reached: OrderedDict[DeliveryId, set[str]] = OrderedDict()

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        """Return 250 when the relay has taken the mails to everybody whom it does not refuse."""
        suppressed = await self._mailing.suppressed()
        wanted = [one for one in self._recipients if address_key(one) not in suppressed]
        if not wanted:
            raise ChannelUnwantedError("Everybody at this channel has unsubscribed.")
        begun = begun_thread(message)
        joined = MailThread.of_handle(thread.root) if thread and begun else begun
        reached = self._reached_by(message.id)
        mails = {one: self._mail(message, joined, one) for one in wanted if one not in reached}
        refused = await self._handed_over(mails, reached)
        note = _verdict(refused, reached)
        del self._reached[message.id]
        return Sent(status=TAKEN, handle=joined.handle if joined else None, note=note)

    def _mail(self, message: Message, thread: MailThread | None, recipient: str) -> EmailMessage:
        return mail_of(
            message,
            thread=thread,
            sender=self._sender,
            recipient=recipient,
            sent_at=self._clock.now(),
            unsubscribe_url=self._mailing.unsubscribe_url(recipient),
            page_url=self._mailing.page_url(message.id),
        )

    def _reached_by(self, delivery: DeliveryId) -> set[str]:
        reached = self._reached.setdefault(delivery, set())
        while len(self._reached) > _MOST_REMEMBERED:
            self._reached.popitem(last=False)
        return reached

    async def _handed_over(
        self, mails: Mapping[str, EmailMessage], reached: set[str]
    ) -> dict[str, Refusal]:
        """Return whom the relay refused, with its answers; who got the mail is added to `reached`."""
        connection = _Connection()
        try:
            async with asyncio.timeout(_DONE_WITHIN_SECONDS):
                return await asyncio.to_thread(self._hand_over, mails, reached, connection)
        except smtplib.SMTPResponseException as error:
            raise _trouble_with_relay(error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise ChannelUnavailableError(f"The relay cannot do what is needed: {error}") from error
        except (smtplib.SMTPException, OSError) as error:  # a TimeoutError is an OSError
            raise ChannelUnavailableError(f"The relay does not answer: {_named(error)}") from error
        finally:
            connection.cut()

    def _hand_over(
        self, mails: Mapping[str, EmailMessage], reached: set[str], connection: _Connection
    ) -> dict[str, Refusal]:
        refused: dict[str, Refusal] = {}
        # The address alone: letters of the name would ask the relay for SMTPUTF8.
        sender = parseaddr(self._sender)[1] or self._sender
        with closing(connection), _taking_leave(self._connected(connection)) as smtp:
            if self._relay.user is not None:
                self._log_in(smtp)
            for recipient, mail in mails.items():
                try:
                    smtp.send_message(mail, sender, [recipient])
                    reached.add(recipient)
                except smtplib.SMTPRecipientsRefused as error:
                    refused[recipient] = error.recipients[recipient]
                except smtplib.SMTPDataError as error:  # some look at the mail before they refuse
                    refused[recipient] = (error.smtp_code, error.smtp_error)
                except smtplib.SMTPNotSupportedError as error:  # letters in the address
                    refused[recipient] = (_NO_SUCH_LETTERS, str(error))
        return refused

    def _connected(self, connection: _Connection) -> smtplib.SMTP:
        smtp = _Smtp(self._relay, connection)
        if self._relay.is_tls:
            return smtp
        try:
            smtp.ehlo_or_helo_if_needed()
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
        _log_in_with(smtp, self._relay.user or "", self._relay.password or "")


def _log_in_with(smtp: smtplib.SMTP, user: str, password: str) -> None:
    """Log in, with letters beyond ASCII too, which smtplib refuses; they go as UTF-8 (RFC 4616)."""
    if (user + password).isascii():
        smtp.login(user, password)
        return
    smtp.ehlo_or_helo_if_needed()
    said = b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
    code, answer = smtp.docmd("AUTH", f"PLAIN {said}")
    if code != _LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(code, answer)


class _Connection:
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


class _Smtp(smtplib.SMTP):
    """Speaks with a relay over a connection that can be cut from its first byte on."""

    def __init__(self, relay: Relay, connection: _Connection) -> None:
        self._is_tls = relay.is_tls
        self._connection = connection
        super().__init__(relay.host, relay.port, timeout=_ANSWER_WITHIN_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Return the connection: what smtplib itself overrides for TLS from the first byte."""
        sock = socket.create_connection((host, port), timeout)
        try:
            self._connection.made(sock)
            if self._is_tls:
                return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise
        return sock


@contextmanager
def _taking_leave(smtp: smtplib.SMTP) -> Iterator[smtplib.SMTP]:
    """Give `smtp` and close it; how the relay takes its leave changes nothing."""
    with closing(smtp):
        yield smtp
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()


def address_key(address: str) -> str:
    """Return what two spellings of one mail address have in common."""
    return parseaddr(address)[1].casefold() or address.casefold()


def _verdict(refused: Mapping[str, Refusal], reached: Collection[str]) -> str:
    """Return what the operator should know where somebody has the mail.

    Raises:
        ChannelUnavailableError: somebody may still be reached: 4yz, a full mailbox, greylisting; or
            the relay takes nothing from us for anybody, as where it has our address on a list.
        ChannelRefusedError: nobody was, and nobody will be: 5yz, an address that does not exist.
    """
    passing = [answer for answer in refused.values() if answer[0] < 500]
    if passing:
        raise _channel_error(*passing[0])
    if not refused:
        return ""
    error = _channel_error(*next(iter(refused.values())))
    if not reached and all(_is_about_us(answer) for answer in refused.values()):
        raise ChannelUnavailableError(str(error), status=error.status)
    if not reached:
        raise error
    return f"{len(refused)} of {len(refused) + len(reached)} addresses refused: {error}"


Refusal = tuple[int, bytes | str]
_MOST_REMEMBERED = 500

_ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


def _trouble_with_relay(
    error: smtplib.SMTPResponseException,
) -> ChannelUnavailableError | ChannelRefusedError:
    """Return what an answer means that came before a recipient was named.

    It says nothing of this message, unless that is too large: what waits goes when the relay is mended.
    """
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= 500:
        return _channel_error(_AUTHENTICATION_FAILED, error.smtp_error)
    found = _channel_error(error.smtp_code, error.smtp_error)
    is_of_message = error.smtp_code == _TOO_LARGE or found.status == _AUTHENTICATION_FAILED
    return found if is_of_message else ChannelUnavailableError(str(found), status=found.status)


def _is_about_us(answer: Refusal) -> bool:
    """Return whether a relay refuses who sends, not who is to get it (RFC 3463, 3.8: X.7.1)."""
    return _text_of(answer[1]).lstrip().startswith("5.7.")


def _text_of(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _channel_error(code: int, answer: bytes | str) -> ChannelUnavailableError | ChannelRefusedError:
    """Return what a relay's answer means: 4yz may pass, 5yz will not (RFC 5321, 4.2.1)."""
    text = _text_of(answer)
    # Relays like to name the recipient, and reasons are logged.
    said = shortened(f"{code} {_ADDRESS.sub('(address)', text)}", code_points=200)
    if code in {530, 534, 538}:
        code = _AUTHENTICATION_FAILED
    if code < 500:
        return ChannelUnavailableError(said, status=code)
    return ChannelRefusedError(said, status=code)


def _named(error: Exception) -> str:
    return shortened(f"{type(error).__name__}: {error}", code_points=200)
