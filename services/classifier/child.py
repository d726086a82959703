"""Child: the process that classifies, as its parent keeps it alive; `answering.py` is what runs in it.

Computing here never holds up the parent's event loop, and a story that crashes or hangs the process
takes nothing else with it: the child is replaced, the stories of its request are tried once more one
by one, and what fails again is answered as an error.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Self

import structlog

from services.classifier.answer import Answer
from services.classifier.answering import LENGTH
from services.classifier.change import change_between
from services.common.errors import TransientError
from services.common.packed import pack
from services.common.telemetry.metrics import CHILD_RESTARTS
from services.common.turns import in_turns
from services.common.watchlist import Watchlist

MOST_STORIES = 20
"""Of a request."""

_MOST_ON_THEIR_WAY = 2
"""Requests: the child has the next one before it has answered, and does not rest until its parent, which
has more to do than this, comes to the answer.
"""

DEADLINE = timedelta(seconds=60)
"""How long a request may take on the clock, once those before it were answered, whatever it waits for."""

BUILD_WITHIN = timedelta(seconds=60)
"""How long starting, or building another watchlist, may take; 200,000 names take about three seconds."""

COMMAND = (sys.executable, "-m", "services.classifier.answering")

_TOO_LONG = -signal.SIGPROF
_GONE = (BrokenPipeError, ConnectionResetError, asyncio.IncompleteReadError)

log = structlog.get_logger()


class ChildUnavailableError(TransientError):
    """No child could be started; nothing was read. Try again later."""


class ClassifyingChild:
    """A child process with one watchlist; calls have it one after the other, in their order.

    async with ClassifyingChild(watchlist) as child:
        answers = await child.classify(records)
        active = await child.set_watchlist(changed)
    """

    def __init__(
        self,
        watchlist: Watchlist,
        *,
        command: Sequence[str] = COMMAND,
        deadline: timedelta = DEADLINE,
    ) -> None:
        self._watchlist = watchlist
        self._built = watchlist
        """What the child built its automaton from; changes are told as differences from it."""
        self._command = command
        self._deadline = deadline
        self._process: asyncio.subprocess.Process | None = None
        self._is_building = False
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Start the child; the first request waits until it can read stories."""
        async with self._turn:
            await self._spawn()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End the child."""
        await self._end()

    async def classify(
        self, stories: Sequence[bytes], *, on_progress: Callable[[], None] = lambda: None
    ) -> list[Answer]:
        """Return one answer for each story record, in order; `on_progress` is called after each request.

        All are read with one watchlist.

        Raises:
            ChildUnavailableError: no child can be started at all.
        """
        requests = deque(
            list(stories[first : first + MOST_STORIES])
            for first in range(0, len(stories), MOST_STORIES)
        )
        answers: list[Answer] = []
        async with self._in_turn():
            on_their_way = 0
            while requests:
                try:
                    await self._be_ready()
                    while on_their_way < min(len(requests), _MOST_ON_THEIR_WAY):
                        self._send(_request(requests[on_their_way]))
                        on_their_way += 1
                    answers += await self._answers(to=requests[0])
                    on_their_way -= 1
                except (*_GONE, TimeoutError) as error:
                    await self._replace(error)
                    answers += await self._read_singly(requests[0])
                    on_their_way = 0
                requests.popleft()
                on_progress()
        return answers

    async def set_watchlist(self, watchlist: Watchlist) -> str:
        """Return the hash of the watchlist that the child reads with from now on.

        A few changed names take effect at once. A list that is mostly new is built first; stories wait
        meanwhile, and the event loop does not. One call at a time.

        Raises:
            ChildUnavailableError: the child could not take it, nor could another be started with it.
        """
        built = self._built
        payload, is_whole = await asyncio.to_thread(_payload, built, watchlist)
        async with self._in_turn():
            if self._built is not built:  # another child since
                payload, is_whole = await asyncio.to_thread(_payload, None, watchlist)
            self._watchlist = watchlist
            try:
                await self._be_ready()
                self._send(payload)
                active = await self._answer(within=BUILD_WITHIN)
            except (*_GONE, TimeoutError) as error:
                await self._replace(error)
                return watchlist.hash
            if is_whole:
                self._built = watchlist
            return str(active)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        """Have the child alone; who is cancelled meanwhile leaves no answer behind for the next to take."""
        async with self._turn:
            try:
                yield
            except asyncio.CancelledError:
                await self._end()
                raise

    async def _read_singly(self, stories: list[bytes]) -> list[Answer]:
        """Return the answers to stories one of which a child did not survive."""
        answers: list[Answer] = []
        for story in stories:
            try:
                await self._be_ready()
                self._send(_request([story]))
                answers += await self._answers(to=[story])
            except (*_GONE, TimeoutError) as error:
                cause = await self._replace(error)
                answers.append(
                    Answer(error=f"The child {cause} on this story.", traceback_hash=cause)
                )
        return answers

    async def _answers(self, *, to: list[bytes]) -> list[Answer]:
        answers = await self._answer(within=self._deadline)
        if not isinstance(answers, list) or len(answers) != len(to):
            raise BrokenPipeError
        return answers

    async def _be_ready(self) -> None:
        if self._process is None:
            await self._start()
        if self._is_building:
            await self._answer(within=BUILD_WITHIN)
            self._is_building = False

    def _send(self, payload: bytes) -> None:
        if self._process is None or self._process.stdin is None:
            raise BrokenPipeError
        self._process.stdin.write(LENGTH.pack(len(payload)) + payload)

    async def _answer(self, *, within: timedelta) -> object:
        process = self._process
        if process is None or process.stdout is None:
            raise BrokenPipeError
        # Whether the child took all that was sent is not waited for: with a long answer to the request
        # before, it waits for us.
        async with asyncio.timeout(within.total_seconds()):
            (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
            return pickle.loads(await process.stdout.readexactly(length))  # noqa: S301  our own child

    async def _start(self) -> None:
        """Return when a new child can read stories."""
        await self._spawn()
        try:
            await self._answer(within=BUILD_WITHIN)
            self._is_building = False
        except (*_GONE, TimeoutError) as error:
            await self._end()
            raise _unavailable(error) from error

    async def _spawn(self) -> None:
        """Start a child that builds its watchlist while we go on."""
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
            self._is_building = True
            self._built = self._watchlist
            payload, _ = await asyncio.to_thread(_payload, None, self._built)
            self._send(payload)
        except (OSError, *_GONE) as error:
            await self._end()
            raise _unavailable(error) from error

    async def _replace(self, error: Exception) -> str:
        """Start another child, and return what became of the last: `hung` or `died`."""
        ended_by = await self._end()
        cause = "hung" if isinstance(error, TimeoutError) or ended_by == _TOO_LONG else "died"
        log.warning("child_replaced", cause=cause)
        CHILD_RESTARTS.labels(cause).inc()
        await self._start()
        return cause

    async def _end(self) -> int | None:
        """Return the exit code of the child that was; a negative one is the signal that ended it."""
        process, self._process = self._process, None
        if process is None:
            return None
        # Not process.kill(): that asks for the exit code first, and whoever waits for it then has none.
        with suppress(ProcessLookupError):
            if process.returncode is None:
                os.kill(process.pid, signal.SIGKILL)
        transport = process._transport  # type: ignore[attr-defined]  # noqa: SLF001  pipes stay open else
        # Of an answer that nobody reads the rest would be waited for, for ever.
        transport.get_pipe_transport(1).close()
        code = await process.wait()
        transport.close()
        return code


def _request(stories: list[bytes]) -> bytes:
    return pickle.dumps(("stories", stories))


def _payload(built: Watchlist | None, watchlist: Watchlist) -> tuple[bytes, bool]:
    """Return the request that makes a child that built `built` read with `watchlist`.

    And whether it has all of it, for the child to build anew.
    """
    change = change_between(built, watchlist) if built is not None else None
    if change is None:
        parts = list(in_turns(pack(watchlist.companies.values())))
        return pickle.dumps(("watchlist", (watchlist.hash, parts))), True
    return pickle.dumps(("change", change)), False


def _unavailable(error: Exception) -> ChildUnavailableError:
    return ChildUnavailableError(
        f"The classifying child does not start ({type(error).__name__}); "
        "its own words are on stderr."
    )
