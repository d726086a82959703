"""Trial: a marked test through a channel as it is configured, sent once, and its row in the log."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass, replace
from typing import assert_never

from services.alerter.channels.port import Channel
from services.alerter.database.outbox import keep_deliveries, update
from services.alerter.delivery import kill, settle
from services.alerter.outcome import (
    Denied,
    Gone,
    Outcome,
    Refused,
    Taken,
    Unavailable,
    Unwanted,
    outcome_of,
)
from services.alerter.render.message import Message
from services.alerter.render.specimen import TEST_NOTE, test_message
from services.common.clock import Clock
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    ChannelUnwantedError,
)
from services.common.ids import ChannelId, DeliveryId, delivery_id

WITHIN_SECONDS = 45.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of a test: `status` as the channel answered, `reason` empty where it took it.

    `delivery` is its id, for the receiver and among the deliveries.
    """

    delivery: DeliveryId
    taken: bool
    status: int | None = None
    reason: str = ""


async def send_test(channel: Channel, *, name: ChannelId, clock: Clock) -> Delivery:
    """Send the channel one test message; return it as sent, dead or unwanted, to be kept.

    It is never tried again, so it is never due. A channel that is paused is asked too: that is how
    somebody sees whether the new key is right.
    """
    now = clock.now()
    test = Delivery(
        # Its own at every time: a receiver that knows repeats would hide a second test.
        id=delivery_id(name, DeliveryKind.TEST, now.isoformat()),
        channel=name,
        kind=DeliveryKind.TEST,
        state=DeliveryState.SENDING,
        subscriptions=(),
        alerts=(),
        planned_at=now,
        next_at=now,
        note=TEST_NOTE,
    )
    outcome = await _outcome(channel, replace(test_message(now=now), id=test.id))
    match outcome:
        case Taken() | Unwanted():
            return settle(test, outcome, now=clock.now()).delivery
        case Unavailable() | Refused() | Denied() | Gone():
            return kill(test, reason=outcome.reason, status=outcome.status, now=clock.now())
        case _:
            assert_never(outcome)


def keep_test(connection: sqlite3.Connection, test: Delivery) -> None:
    """Write a test that is over into the log of deliveries."""
    keep_deliveries(connection, [test])
    update(connection, test)


def trial_of(test: Delivery) -> Trial:
    """Return what became of a test, for whoever asked for it."""
    if not test.attempts:
        return Trial(delivery=test.id, taken=False, reason=test.note)
    [attempt] = test.attempts
    return Trial(
        delivery=test.id,
        taken=test.state is DeliveryState.SENT,
        status=attempt.status,
        reason=attempt.reason,
    )


async def _outcome(channel: Channel, message: Message) -> Outcome:
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            sent = await channel.send(message)
    except (ChannelUnavailableError, ChannelRefusedError, ChannelUnwantedError) as error:
        return outcome_of(error)
    except TimeoutError:
        return Unavailable(reason=f"Not done within {WITHIN_SECONDS:g} s.")
    return Taken(status=sent.status, note=sent.note)
