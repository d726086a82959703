"""Trial: a marked test through a channel as it is configured, sent once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from services.alerter.channels.port import Channel
from services.alerter.render.specimen import test_message
from services.common.clock import Clock
from services.common.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    ChannelUnwantedError,
)

WITHIN_SECONDS = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of a test: `status` as the channel answered, `reason` empty where it took it."""

    taken: bool
    status: int | None = None
    reason: str = ""


async def trial_of(channel: Channel, *, clock: Clock) -> Trial:
    """Return what the channel said to one test message; it is never tried again.

    A channel that is paused is asked too: that is how somebody sees whether the new key is right.
    """
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            sent = await channel.send(test_message(now=clock.now()))
    except (ChannelUnavailableError, ChannelRefusedError) as error:
        return Trial(taken=False, status=error.status, reason=str(error))
    except ChannelUnwantedError as error:
        return Trial(taken=False, reason=str(error))
    except TimeoutError:
        return Trial(taken=False, reason=f"Not done within {WITHIN_SECONDS:g} s.")
    return Trial(taken=True, status=sent.status, reason=sent.note)
