"""Email: one mail for a message, through a relay over SMTP."""

from __future__ import annotations

import asyncio
import re
import smtplib
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from functools import partial

from services.alerter.channels.errands import begun
from services.alerter.channels.port import Sent, Thread, Unthreaded
from services.alerter.channels.reached import Reached
from services.alerter.channels.relay import Connection, Relay, Smtp, conversation
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

_DONE_WITHIN_SECONDS = 40.0

_AUTHENTICATION_FAILED = 535
_TOO_LARGE = 552
_NO_SUCH_LETTERS = 553


async def _nobody() -> frozenset[str]:
    return frozenset()


async def _nothing() -> tuple[tuple[str, str], ...]:
    return ()


async def _keep_nothing(_: Iterable[tuple[str, str]]) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """Who of a channel's addresses asked for no more mail, and where each can ask for it.

    `reached` gives who has what others wait for, as pairs with the part of a message first, and
    `keep_reached` has it outlive this process. `unsubscribe_url` and `page_url`, where all that a
    delivery tells stands, give None where nobody could reach such an address.
    """

    suppressed: Callable[[], Awaitable[Collection[str]]] = _nobody
    reached: Callable[[], Awaitable[Iterable[tuple[str, str]]]] = _nothing
    keep_reached: Callable[[Iterable[tuple[str, str]]], Awaitable[None]] = _keep_nothing
    unsubscribe_url: Callable[[str], str | None] = lambda _: None
    page_url: Callable[[DeliveryId], str | None] = lambda _: None


class EmailChannel(Unthreaded):
    """Sends a mail of its own to each of `recipients`, except to those who asked for no more.

    The mails on one event are one thread. Who has an alert does not get it again when it is tried again
    for the others, in whichever message; only a process that dies while it sends forgets that, and then
    the Message-ID of the same message is the same.
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
        self._reached: Reached | None = None
        self._last: set[str] = set()

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        """Return 250 when the relay has taken the mails to everybody whom it does not refuse."""
        suppressed = await self._mailing.suppressed()
        wanted = [one for one in self._recipients if address_key(one) not in suppressed]
        if not wanted:
            raise ChannelUnwantedError("Everybody at this channel has unsubscribed.")
        own = begun_thread(message)
        joined = MailThread.of_handle(thread.root) if thread and own else own
        if self._reached is None:
            self._reached = Reached(await self._mailing.reached())
        reached = self._reached
        left = {one: reached.left_of(message, recipient=one) for one in wanted}
        mails = {one: self._mail(it, joined, one) for one, it in left.items() if it is not None}
        try:
            refused = await self._handed_over(mails, partial(reached.note, message))
            note = _verdict(refused, of=len(wanted))
        except (ChannelUnavailableError, ChannelRefusedError):
            if has := reached.by(message):
                await self._mailing.keep_reached(has)
            raise
        reached.forget(message)
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

    async def _handed_over(
        self, mails: Mapping[str, EmailMessage], note: Callable[[str], None]
    ) -> dict[str, Refusal]:
        """Return whom the relay refused, with its answers; who got the mail is noted at once.

        Those at whom the time went by come last the next time, so that the others have their turn.
        """
        connection = Connection()
        waiting = deque(sorted(mails.items(), key=lambda mail: mail[0] in self._last))
        refused: dict[str, Refusal] = {}
        hand_over = partial(self._hand_over, waiting, note, connection, refused)
        limit = asyncio.timeout(_DONE_WITHIN_SECONDS)
        try:
            async with limit:
                await begun(hand_over, name="mail").done
                return refused
        except TimeoutError as error:
            if not limit.expired():
                raise ChannelUnavailableError(_silence(error)) from error
            unreached = [one for one, _ in list(waiting)]
            self._last.update(refused, unreached[:1])
            return {**refused, **dict.fromkeys(unreached, (None, error))}
        except smtplib.SMTPResponseException as error:
            raise _trouble_with_relay(error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise ChannelUnavailableError(f"The relay cannot do what is needed: {error}") from error
        except ssl.SSLCertVerificationError as error:
            raise ChannelUnavailableError(_distrust(error)) from error
        # A name that is none, or a broken answer, is a ValueError.
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise ChannelUnavailableError(_silence(error)) from error
        finally:
            connection.cut()

    def _hand_over(
        self,
        waiting: deque[tuple[str, EmailMessage]],
        note: Callable[[str], None],
        connection: Connection,
        refused: dict[str, Refusal],
    ) -> None:
        """Hand over what is `waiting`. A connection that ends early ends it for nobody else: each has at
        least one address behind it before another one is made.
        """
        # The address alone: letters of the name would ask the relay for SMTPUTF8.
        sender = parseaddr(self._sender)[1] or self._sender
        while waiting:
            with conversation(self._relay, connection) as smtp:
                _converse(smtp, waiting, sender=sender, note=note, refused=refused)


def _converse(
    smtp: Smtp,
    waiting: deque[tuple[str, EmailMessage]],
    *,
    sender: str,
    note: Callable[[str], None],
    refused: dict[str, Refusal],
) -> None:
    """Hand over what is `waiting`, one mail after the other, as long as the connection lasts.

    What ends it before the relay had this mail may be that it takes no more over one connection: such a
    mail goes on waiting, unless it is the first.
    """
    at_first = len(waiting)
    while waiting and not smtp.has_hung_up():
        recipient, mail = waiting[0]
        smtp.has_begun_data = False
        try:
            smtp.send_message(mail, sender, [recipient])
            note(recipient)
        except smtplib.SMTPSenderRefused:
            if len(waiting) == at_first:
                raise
            return
        except smtplib.SMTPRecipientsRefused as error:
            if len(waiting) < at_first and smtp.has_hung_up():
                return
            refused[recipient] = error.recipients[recipient]
        except smtplib.SMTPDataError as error:  # some look at the mail before they refuse
            refused[recipient] = (error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:  # letters in the address
            refused[recipient] = (_NO_SUCH_LETTERS, str(error))
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            if len(waiting) < at_first and not smtp.has_begun_data:
                return
            smtp.close()
            refused[recipient] = (None, error)
        waiting.popleft()


def address_key(address: str) -> str:
    """Return what two spellings of one mail address have in common."""
    return parseaddr(address)[1].casefold() or address.casefold()


def _verdict(refused: Mapping[str, Refusal], *, of: int) -> str:
    """Return what the operator should know where somebody `of` so many has the mail.

    Raises:
        ChannelUnavailableError: somebody may still be reached: 4yz, a full mailbox, greylisting; or
            the relay takes nothing from us for anybody, as where it has our address on a list.
        ChannelRefusedError: nobody was, and nobody will be: 5yz, an address that does not exist.
    """
    if not refused:
        return ""
    passing = [answer for answer in refused.values() if answer[0] is None or answer[0] < 500]
    error = _channel_error(*(passing or list(refused.values()))[0])
    is_partial = len(refused) < of
    if passing and is_partial:
        said = f"{len(passing)} of {of} addresses not reached yet: {error}"
        raise ChannelUnavailableError(said, status=error.status, is_partial=True)
    if passing:
        raise error
    if is_partial:
        return f"{len(refused)} of {of} addresses refused: {error}"
    if all(_is_about_us(answer) for answer in refused.values()):
        raise ChannelUnavailableError(str(error), status=error.status)
    raise error


Refusal = tuple[int | None, bytes | str | Exception]
"""What a relay said at an address, or, without a code, how it hung up."""

_ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")


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


def _text_of(answer: bytes | str | Exception) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)


def _channel_error(
    code: int | None, answer: bytes | str | Exception
) -> ChannelUnavailableError | ChannelRefusedError:
    """Return what a relay's answer means: 4yz may pass, 5yz will not (RFC 5321, 4.2.1)."""
    if isinstance(answer, Exception) or code is None:
        return ChannelUnavailableError(_silence(answer))
    # Relays like to name the recipient, and reasons are logged.
    said = shortened(f"{code} {_ADDRESS.sub('(address)', _text_of(answer))}", code_points=200)
    if code in {530, 534, 538}:
        code = _AUTHENTICATION_FAILED
    if code < 500:
        return ChannelUnavailableError(said, status=code)
    return ChannelRefusedError(said, status=code)


def _silence(error: object) -> str:
    return f"The relay does not answer: {shortened(f'{type(error).__name__}: {error}', code_points=200)}"


def _distrust(error: ssl.SSLCertVerificationError) -> str:
    return shortened(
        f"The relay's certificate is not trusted: {error.verify_message.rstrip('.')}. Name the relay in"
        " KABAR_SMTP as its certificate does, or set SSL_CERT_FILE to the certificates that you trust.",
        code_points=300,
    )
