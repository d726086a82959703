"""Roots: the first message on an event is edited to what the event is now.

A new stage shows there as soon as it is known, more stories at most every ten minutes, and nobody is
rung. Edits stand beside the outbox: one that fails is tried again and holds up no message.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from services.alerter.channels.port import Channel
from services.alerter.database import threads
from services.alerter.database.connections import Database
from services.alerter.database.threads import StaleRoot, standing_of
from services.alerter.render.message import Message
from services.alerter.rendering import rendered
from services.alerter.sender import Sender
from services.common.clock import Clock
from services.common.contracts.codec import encode
from services.common.errors import ChannelUnavailableError, PermanentError
from services.common.ids import ChannelId, fingerprint
from services.common.stop import Stop
from services.common.waits import first_of

COVERAGE_EVERY = timedelta(minutes=10)
EDIT_WITHIN_SECONDS = 30.0

_SPACING = timedelta(seconds=1)
_LOOK_EVERY = timedelta(seconds=30)
# A failed edit waits at least so long, with every other one in its channel.
_PAUSE = timedelta(minutes=1)

log = structlog.get_logger()


class Roots:
    """Edits the roots of threads through the channels that `sender` sends through."""

    def __init__(self, database: Database, sender: Sender, *, clock: Clock) -> None:
        self._database = database
        self._sender = sender
        self._clock = clock
        self._not_before: dict[ChannelId, float] = {}  # by the seconds that never go back
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look soon: an event changed."""
        self._woken.set()

    async def run(self, stop: Stop) -> None:
        """Edit what is stale until `stop` is asked."""
        while not stop.is_asked:
            self._woken.clear()
            await self.edit_stale()
            # Changes come by the hundred; one look for all of a moment's is enough.
            await first_of(stop.wait(), self._clock.sleep(_SPACING))
            await self._rest(stop)

    async def edit_stale(self) -> int:
        """Edit every root whose time has come; return how many were."""
        channels = self._editable()
        if not channels:
            return 0
        configured = {name: self._sender.ways.configured.get(name, "") for name in channels}
        now = self._clock.now()
        stale = await self._database.read(threads.stale_roots, configured, now=now)
        edited = 0
        for root in stale:
            is_due = self._is_due(root, now=now)
            if is_due and await self._edit(root, channels[root.channel]):
                edited += 1
        return edited

    def _editable(self) -> dict[ChannelId, Channel]:
        ways, stopped = self._sender.ways, self._sender.stopped
        return {
            name: channel
            for name, channel in ways.channels.items()
            if channel.can_edit and name not in stopped
        }

    def _is_due(self, root: StaleRoot, *, now: datetime) -> bool:
        if self._clock.monotonic() < self._not_before.get(root.channel, 0.0):
            return False
        return _stage(root) != root.stage or now - root.edited_at >= COVERAGE_EVERY

    async def _edit(self, root: StaleRoot, channel: Channel) -> bool:
        try:
            message = await rendered(
                root.delivery, root.told, watchlist=self._sender.ways.watchlist
            )
            shown = _fingerprint(message)
            if shown != root.shown and not await self._reads_so(message, root, channel):
                return False
        except Exception:
            # Decision 13: what rendering raises concerns this root alone.
            log.exception("root_not_rendered", channel=root.channel, delivery_id=root.delivery.id)
            shown = root.shown
        await self._database.write(
            threads.keep_shown, root, stage=_stage(root), shown=shown, now=self._clock.now()
        )
        return shown != root.shown

    async def _reads_so(self, message: Message, root: StaleRoot, channel: Channel) -> bool:
        """Return whether the root reads as `message`, or never will: then it is left as it is."""
        try:
            async with asyncio.timeout(EDIT_WITHIN_SECONDS):
                await channel.edit(message, handle=root.handle)
        except (ChannelUnavailableError, TimeoutError) as error:
            wait = max(_PAUSE, getattr(error, "retry_after", None) or timedelta())
            self._not_before[root.channel] = self._clock.monotonic() + wait.total_seconds()
            log.warning("root_edit_later", channel=root.channel, reason=str(error))
            return False
        except PermanentError as error:
            log.warning("root_edit_refused", channel=root.channel, reason=str(error))
        return True

    async def _rest(self, stop: Stop) -> None:
        await first_of(self._woken.wait(), stop.wait(), self._clock.sleep(_LOOK_EVERY))


def _stage(root: StaleRoot) -> str:
    return standing_of(*(one.change.event for one in root.told))


def _fingerprint(message: Message) -> str:
    return fingerprint("root", *(encode(section).decode() for section in message.sections))
