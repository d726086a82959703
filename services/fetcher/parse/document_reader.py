"""Reading documents without holding up the event loop.

Small ones are read here, larger ones in a thread. Very large ones, and larger ones that are broken, are
read in a process that is killed when it takes too long: one regular expression over megabytes would keep
every thread waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from datetime import timedelta

from services.common.contracts.codec import decode
from services.common.http.client import MAX_BODY_BYTES
from services.common.http.decoding import decoded
from services.common.http.errors import ExchangeError
from services.fetcher.parse.document import Document, UnreadableError
from services.fetcher.parse.reader import BrokenError, read, read_strictly

# By benchmarks/feed_holds.py, ms of CPU on a busy machine: 27 kB of 300 bare titles take 7.5 and 41 kB of
# 30 summaries 3; 84 kB of 300 short items took 8, beside all else that a poll does. A thread costs 0.3.
_INLINE_BYTES = 32 * 1024
_REPAIRED_IN_THREAD_BYTES = 128 * 1024
_IN_THREAD_BYTES = 512 * 1024
_GZIP = b"\x1f\x8b"
TOLERANT_DEADLINE = timedelta(seconds=5)
# A child in use keeps some 40 MB; few feeds need one, and those seldom.
_IDLE = timedelta(seconds=60)


class DocumentReader:
    """Reads documents; one for the life of a process, closed at its end."""

    def __init__(self, *, deadline: timedelta = TOLERANT_DEADLINE) -> None:
        self._deadline_seconds = deadline.total_seconds()
        self._child: Process | None = None
        self._one_at_a_time = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None

    async def read(
        self, body: bytes, *, url: str | None = None, content_type: str | None = None
    ) -> Document:
        """Return what the document holds.

        Raises:
            UnreadableError: it is no feed, or so broken that nothing reads it within the deadline.
        """
        if body.startswith(_GZIP):
            body = await _unzipped(body)
        try:
            if len(body) <= _INLINE_BYTES:
                return read(body, url=url, content_type=content_type)
            if len(body) <= _REPAIRED_IN_THREAD_BYTES:
                return await asyncio.to_thread(read, body, url=url, content_type=content_type)
            if len(body) <= _IN_THREAD_BYTES:
                return await asyncio.to_thread(
                    read_strictly, body, url=url, content_type=content_type
                )
        except BrokenError:
            pass
        return await self._read_in_child(body, url=url, content_type=content_type)

    async def aclose(self) -> None:
        """End the child, if there is one."""
        async with self._one_at_a_time:
            await self._end_child()

    async def _read_in_child(
        self, body: bytes, *, url: str | None, content_type: str | None
    ) -> Document:
        head = {"size": len(body), "url": url, "content_type": content_type}
        request = json.dumps(head).encode() + b"\n" + body
        async with self._one_at_a_time:
            is_answered = False
            try:
                child = await self._started()
                async with asyncio.timeout(self._deadline_seconds):
                    answer = await _exchange(child, request)
                is_answered = True
            except TimeoutError as error:
                raise UnreadableError(
                    "parse", f"The feed is broken: not read within {self._deadline_seconds:g} s."
                ) from error
            except (OSError, asyncio.IncompleteReadError) as error:
                raise UnreadableError("parse", "The feed is broken: its reader died.") from error
            finally:
                if is_answered:
                    self._rest()
                else:
                    await self._end_child()
        return _document(answer)

    async def _started(self) -> Process:
        if self._idle is not None:
            self._idle.cancel()
        if self._child is None or self._child.returncode is not None:
            program = (sys.executable, "-m", "services.fetcher.parse.tolerant")
            # A session of its own: Ctrl-C reaches a whole terminal, and the parent ends its child.
            self._child = await asyncio.create_subprocess_exec(
                *program, stdin=PIPE, stdout=PIPE, start_new_session=True
            )
        return self._child

    def _rest(self) -> None:
        """Let the child end by itself when nobody needs it for a while: its stdin is closed."""
        child = self._child
        if child is not None and child.stdin is not None:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(_IDLE.total_seconds(), self._let_go, child)

    def _let_go(self, child: Process) -> None:
        if child.stdin is not None:
            child.stdin.close()
        if self._child is child:
            self._child = None

    async def _end_child(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        child, self._child = self._child, None
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def _unzipped(body: bytes) -> bytes:
    """Return what a file such as news.xml.gz holds, as the protocol of sitemaps allows it."""
    try:
        return await decoded(body, encodings="gzip", cap_bytes=MAX_BODY_BYTES)
    except ExchangeError as error:
        raise UnreadableError(error.failure.value, f"The file is compressed: {error}.") from error


async def _exchange(child: Process, request: bytes) -> bytes:
    assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018  both are pipes
    child.stdin.write(request)
    await child.stdin.drain()
    size = int.from_bytes(await child.stdout.readexactly(8), "big")
    return await child.stdout.readexactly(size)


def _document(answer: bytes) -> Document:
    if answer.startswith(b'{"error"'):
        error = json.loads(answer)["error"]
        raise UnreadableError(error["class"], error["message"])
    return decode(Document, answer)
