"""A real SMTP server on loopback that remembers what it took and answers as a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.channel_servers import over_limit


class MailServer:
    """`answers` has a recipient's answer to RCPT; `password` the one that AUTH takes.

    Of each mail it says that it has it once `is_quick` is set. `goodbye` answers QUIT.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answers: dict[str, str] = {}
        self.password: bytes | None = None
        self.is_quick = asyncio.Event()
        self.is_quick.set()
        self.goodbye = "221 Bye"
        self.port = 0

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        if (wrong := over_limit("email", mail_document(mail, content))) is not None:
            return f"552 5.3.4 {wrong} is too long"
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        await self.is_quick.wait()
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: LoginPassword
    ) -> AuthResult:
        return AuthResult(success=given.password == self.password, handled=False)


def mail_document(mail: EmailMessage, content: bytes) -> dict[str, object]:
    """Return what the limits of mail speak of."""
    html = mail.get_body(("html",))
    return {
        "lines": content.decode("utf-8", "replace").split("\r\n"),
        "html": "" if html is None else html.get_content(),
        "subject": str(mail["Subject"]),
    }


class _Session(SMTP):
    """Says goodbye as the server wants."""

    async def smtp_QUIT(self, _argument: str) -> None:  # noqa: N802  aiosmtpd's name
        assert isinstance(self.event_handler, MailServer)
        assert self._handler_coroutine is not None
        assert self.transport is not None
        await self.push(self.event_handler.goodbye)
        self._handler_coroutine.cancel()
        self.transport.close()


@asynccontextmanager
async def a_mail_server(
    *, needs_password: bytes | None = None, is_international: bool = True
) -> AsyncIterator[MailServer]:
    """Give a server on a port of its own; one that `is_international` takes any letters in addresses."""
    server = MailServer()
    server.password = needs_password

    def session() -> SMTP:
        return _Session(
            server,
            enable_SMTPUTF8=is_international,
            auth_required=needs_password is not None,
            auth_require_tls=False,
            authenticator=server.authenticate if needs_password else None,
        )

    listening = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()


def texts(server: MailServer, recipient: str) -> list[str]:
    """Return what the mails to `recipient` say, in order."""
    return [
        part.get_content()
        for mail, [to] in zip(server.mails, server.recipients, strict=True)
        if to == recipient and (part := mail.get_body(("plain",))) is not None
    ]
