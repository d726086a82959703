"""A scripted HTTP server on loopback: answers what a test wrote down, and remembers what was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One scripted answer.

    `raw` replaces the whole answer by these bytes; after `never_ends` the body never comes to an end.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    never_ends: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as it came: header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class FeedServer:
    """Answers each path with its replies in turn; the last one stays."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self.connections = 0
        self.port = 0
        self._replies: dict[str, list[Reply]] = {}
        self._closing = asyncio.Event()

    def url(self, path: str, *, host: str = "127.0.0.1") -> str:
        """Return the address of `path` here."""
        return f"http://{host}:{self.port}{path}"

    def script(self, path: str, *replies: Reply) -> str:
        """Answer `path` with `replies` in turn from now on; return its address."""
        self._replies[path] = list(replies)
        return self.url(path)

    def asked(self, path: str) -> list[Asked]:
        """Return the requests for `path` so far."""
        return [request for request in self.requests if request.target == path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        self.connections += 1
        try:
            while (request := await _request(reader)) is not None:
                self.requests.append(request)
                reply = self._reply(request.target)
                writer.write(reply.raw if reply.raw is not None else _encoded(reply))
                await writer.drain()
                if reply.never_ends:
                    await self._closing.wait()
                if reply.raw is not None:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def close(self) -> None:
        """Let go of whoever waits for the end of an answer."""
        self._closing.set()

    def _reply(self, target: str) -> Reply:
        replies = self._replies.get(target) or [Reply(status=404)]
        return replies.pop(0) if len(replies) > 1 else replies[0]


@asynccontextmanager
async def feed_server() -> AsyncIterator[FeedServer]:
    """Give a server on a port of its own, closed with its connections at the end."""
    scripted = FeedServer()
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    scripted.port = server.sockets[0].getsockname()[1]
    try:
        yield scripted
    finally:
        scripted.close()
        server.close()


async def _request(reader: asyncio.StreamReader) -> Asked | None:
    line = await reader.readline()
    if not line.strip():
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    while (line := await reader.readline()).strip():
        name, _, text = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = text.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method=method, target=target, headers=headers, body=body)


def _encoded(reply: Reply) -> bytes:
    headers = dict(reply.headers)
    if reply.status not in {204, 304} and not reply.never_ends:
        headers.setdefault("Content-Length", str(len(reply.body)))
    head = f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n"
    lines = "".join(f"{name}: {text}\r\n" for name, text in headers.items())
    return (head + lines + "\r\n").encode("latin-1") + reply.body
