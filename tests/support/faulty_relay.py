"""A mail relay on loopback that hangs up, limits and lies as a test says."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

SILENCE = "silence"


class FaultyRelay:
    """Takes mails; `taken` has their recipients, in order, `connections` how many came.

    `answers` has what it says to a recipient's RCPT, DATA, or "." at the end of the mail; "" hangs up
    and SILENCE waits until the client does. Of one connection it takes `most` mails, and says `enough` to the next MAIL. While it `is_silent` it says
    nothing at all. With `certificate` it offers STARTTLS, with `logins` a way to log in, which it refuses.
    """

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.answers: dict[tuple[str, str], str] = {}
        self.most = 1_000
        self.enough = "421 4.7.0 enough"
        self.is_silent = False
        self.certificate: ssl.SSLContext | None = None
        self.logins = ""
        self.connections = 0
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak with one client until one of both hangs up."""
        self.connections += 1
        if self.is_silent:
            await reader.read()
        else:
            await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer, before, recipient = "220 relay", len(self.taken), ""
        while answer:
            if answer == SILENCE:
                await reader.read()
                return
            writer.write(f"{answer}\r\n".encode())
            line = (await reader.readline()).decode().strip()
            match line.partition(" ")[0].upper():
                case "" | "QUIT":
                    return
                case "EHLO" | "STARTTLS" as command if self.certificate is not None:
                    answer = await self._over_tls(command, reader, writer)
                case "EHLO" if self.logins:
                    answer = f"250-relay\r\n250 AUTH {self.logins}"
                case _ if self.logins:
                    answer = f"535 5.7.8 I do not take {line}"
                case "MAIL" if len(self.taken) - before >= self.most:
                    answer = self.enough
                case "RCPT":
                    recipient = line.partition("<")[2].partition(">")[0]
                    answer = self.answers.get(("RCPT", recipient), "250 OK")
                case "DATA":
                    answer = await self._take(recipient, reader, writer)
                case _:
                    answer = "250 OK"

    async def _take(
        self, recipient: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> str:
        answer = self.answers.get(("DATA", recipient), "354 go on")
        if answer.startswith("354"):
            writer.write(f"{answer}\r\n".encode())
            await reader.readuntil(b"\r\n.\r\n")
            answer = self.answers.get((".", recipient), "250 OK")
            if answer.startswith("250"):
                self.taken.append(recipient)
        return answer

    async def _over_tls(
        self, command: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> str:
        if command == "EHLO":
            return "250-relay\r\n250 STARTTLS"
        writer.write(b"220 go on\r\n")
        assert self.certificate is not None
        await writer.start_tls(self.certificate)
        # The EHLO that begins anew.
        return "250 relay" if await reader.readline() else ""


@asynccontextmanager
async def a_faulty_relay() -> AsyncIterator[FaultyRelay]:
    """Give a relay on a port of its own; 127.0.0.2 reaches it too, as a stranger's."""
    relay = FaultyRelay()
    listening = await asyncio.start_server(relay.talk, "0.0.0.0", 0)  # noqa: S104  127.0.0.2 is a stranger
    relay.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield relay


def a_certificate_of_its_own(directory: Path) -> ssl.SSLContext:
    """Return a certificate that no authority has signed, as a server makes one when it is installed."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    command = "openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=relay"
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
