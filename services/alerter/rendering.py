"""Rendering: the message of a delivery, in a thread where that takes long."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from services.alerter.database.outbox import Told
from services.alerter.render.message import Message, message_of
from services.common.contracts.delivery import Delivery
from services.common.watchlist import Watchlist

_MANY = 30
"""Each takes a third of a millisecond; a digest of 3,000 would hold up page and channels for a second."""


async def rendered(delivery: Delivery, told: Sequence[Told], *, watchlist: Watchlist) -> Message:
    """Return the message of `delivery`, as `message_of` makes it."""
    pairs = [(one.alert, one.change) for one in told]
    if len(pairs) < _MANY:
        return message_of(delivery, pairs, watchlist=watchlist)
    return await asyncio.to_thread(message_of, delivery, pairs, watchlist=watchlist)
