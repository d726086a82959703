"""Rereading: when a company appears in the watchlist, a child reads the older stories again.

The child is `kabar replay` (design decision 30): it reads stories from the bus, classifies them and
puts readings back that say they are re-readings. Here is only who asks for it, and until when.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from services.alerter.database import rereadings
from services.alerter.database.connections import Database
from services.common.clock import Clock
from services.common.ids import CompanyId
from services.common.stop import Stop

SETTLE = timedelta(seconds=3)
"""So long the other processes have to take a changed watchlist: what they read with the old one until
then has to be on the bus before it is read again."""

AGAIN_AFTER = timedelta(seconds=10)
AGAIN_AT_LATEST = timedelta(minutes=10)
_END_WITHIN_SECONDS = 5.0

log = structlog.get_logger()


class Rereader:
    """Has the older stories of new companies read again, until the child ends with 0.

    `command` is the child's, which gets the ids on its stdin, one a line.
    """

    def __init__(
        self,
        database: Database,
        *,
        command: Sequence[str],
        clock: Clock,
        settle: timedelta = SETTLE,
        again_after: timedelta = AGAIN_AFTER,
    ) -> None:
        self._database = database
        self._command = command
        self._clock = clock
        self._settle = settle
        self._again_after = again_after
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Look soon: companies may have come."""
        self._changed.set()

    async def run(self, stop: Stop) -> None:
        """Read again what is asked for until `stop` is asked."""
        pause = self._again_after
        while not stop.is_asked:
            self._changed.clear()
            asked = await self._database.read(rereadings.asked)
            if not asked:
                await _first(self._changed, stop)
                continue
            await stop.pause(self._settle)
            if await self._read_again(asked, stop):
                pause = self._again_after
            else:
                await stop.pause(pause)
                pause = min(2 * pause, AGAIN_AT_LATEST)

    async def _read_again(self, asked: Mapping[CompanyId, datetime], stop: Stop) -> bool:
        """Return whether the child did it."""
        code = await self._child(asked, stop)
        if code == 0:
            await self._database.write(rereadings.finish, asked, now=self._clock.now())
            log.info("rereading_done", companies=len(asked))
        elif not stop.is_asked:
            log.warning("rereading_failed", companies=len(asked), exit_code=code)
        return code == 0

    async def _child(self, companies: Iterable[CompanyId], stop: Stop) -> int | None:
        """Return the child's exit code; None where it was ended with us or did not start."""
        if stop.is_asked:
            return None
        try:
            child = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            log.warning("rereading_did_not_start", reason=str(error))
            return None
        told = asyncio.ensure_future(child.communicate("\n".join(companies).encode()))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({told, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            await _ended(child)
            with suppress(OSError):
                await told
        return child.returncode


async def _ended(child: asyncio.subprocess.Process) -> None:
    """Return when the child has ended, asked to where it has not."""
    if child.returncode is not None:
        return
    with suppress(ProcessLookupError):
        child.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_END_WITHIN_SECONDS):
            await child.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _first(changed: asyncio.Event, stop: Stop) -> None:
    waits = [asyncio.ensure_future(changed.wait()), asyncio.ensure_future(stop.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
