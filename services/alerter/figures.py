"""Figures: what log and metrics say of the messages that wait, and of each try to send one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import structlog

from services.alerter.channels.port import Channel
from services.alerter.database import outbox
from services.alerter.database.connections import Database
from services.alerter.database.sending import Claimed, Stopped, StoppedChannel
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.telemetry import metrics

_COUNT_EVERY = timedelta(seconds=5)
_WAITING = (
    DeliveryState.HELD,
    DeliveryState.DUE,
    DeliveryState.SENDING,
    DeliveryState.UNKNOWN,
)
_RESULTS = {DeliveryState.SENT: "sent", DeliveryState.DEAD: "dead"}
_LATER = "later"
_NO_CHANNEL = "none"

log = structlog.get_logger()


class OutboxFigures:
    """Shows how much waits in the outbox of `database`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted_at: datetime | None = None

    async def count(self, *, now: datetime) -> None:
        """Count what waits, unless that was done a moment ago."""
        # Not before that either: the clock may have been set back by a year.
        if self._counted_at is not None and timedelta() <= now - self._counted_at < _COUNT_EVERY:
            return
        self._counted_at = now
        counts = await self._database.read(outbox.waiting_by_state)
        for state in _WAITING:
            metrics.OUTBOX.labels(state).set(counts.get(state, 0))
        oldest = await self._database.read(outbox.oldest_due)
        metrics.OUTBOX_OLDEST_SECONDS.set((now - oldest).total_seconds() if oldest else 0)


def expect_tries(channels: Iterable[Channel]) -> None:
    """Show what may come of tries through `channels`, before there is one: at first it is 0."""
    for channel_type in {_NO_CHANNEL, *(channel.type for channel in channels)}:
        for result in (*_RESULTS.values(), _LATER):
            metrics.ATTEMPTS.labels(channel_type, result)


def show_stopped(stopped: Collection[StoppedChannel]) -> None:
    """Show how many channels are stopped, by state."""
    for state in Stopped:
        count = sum(channel.state is state for channel in stopped)
        metrics.CHANNELS_STOPPED.labels(state).set(count)


def note_try(
    delivery: Delivery, claimed: Claimed, *, channel: Channel | None, now: datetime
) -> None:
    """Say what came of one try through `channel`, None where it is configured no more.

    `delivery` is as it stands after it, `claimed` what was sent.
    """
    result = _RESULTS.get(delivery.state, _LATER)
    metrics.ATTEMPTS.labels(channel.type if channel else _NO_CHANNEL, result).inc()
    attempt = delivery.attempts[-1] if delivery.attempts else None
    log.info(
        "delivery_tried",
        result=result,
        delivery_id=delivery.id,
        channel=delivery.channel,
        alerts=len(delivery.alerts),
        attempt=len(delivery.attempts),
        status=attempt.status if attempt else None,
        reason=attempt.reason if attempt else "",
    )
    if result == "sent":
        _observe_latency(claimed, now=now)


def _observe_latency(claimed: Claimed, *, now: datetime) -> None:
    for told in claimed.told:
        seen = (s.seen_at for s in told.change.event.stories if s.id == told.change.cause)
        if not told.change.is_old and (seen_at := next(seen, None)) is not None:
            metrics.STORY_TO_ALERT_SECONDS.observe((now - seen_at).total_seconds())
