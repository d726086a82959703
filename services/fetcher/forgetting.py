"""Forgetting: feeds that were taken out of the configuration long ago leave the store."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import islice

from services.common.clock import Clock
from services.common.errors import TransientError
from services.common.ids import FeedId
from services.fetcher.memory import Memory, is_long_unpolled
from services.fetcher.standing import Standing

_EVERY = timedelta(hours=1)
_MOST = 100


async def forget_taken_out(standing: Standing, *, memory: Memory, clock: Clock) -> None:
    """Forget, hour by hour and for ever, some of the feeds that nobody has polled for long.

    Some: what is long ago by a clock that is years ahead for a while is not.
    """
    while True:
        await clock.sleep(_EVERY)
        now = clock.now()
        taken_out = standing.taken_out().items()
        unpolled = (feed for feed, state in taken_out if is_long_unpolled(state, now=now))
        with suppress(TransientError):
            for feed in islice(unpolled, _MOST):
                await _forget(feed, standing, memory)


async def _forget(feed: FeedId, standing: Standing, memory: Memory) -> None:
    if standing.is_configured(feed):
        return  # it was put back just now
    state = await memory.forget_unpolled(feed)
    if state is not None:
        standing.note(state)  # another fetcher polls it
    elif not standing.is_configured(feed):
        standing.drop(feed)
