"""Figures: what log and metrics say of the messages that wait, and of each try to send one."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from services.alerter.database import outbox
from services.alerter.database.connections import Database
from services.alerter.database.sending import Claimed
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

log = structlog.get_logger()


class OutboxFigures:
    """Shows how much waits in the outbox of `database`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counted_at: datetime | None = None

    async def count(self, *, now: datetime) -> None:
        """Count what waits, unless that was done a moment ago."""
        if self._counted_at is not None and now - self._counted_at < _COUNT_EVERY:
            return
        self._counted_at = now
        counts = await self._database.read(outbox.waiting_by_state)
        for state in _WAITING:
            metrics.OUTBOX.labels(state).set(counts.get(state, 0))
        oldest = await self._database.read(outbox.oldest_due)
        metrics.OUTBOX_OLDEST_SECONDS.set((now - oldest).total_seconds() if oldest else 0)


def note_try(delivery: Delivery, claimed: Claimed, *, channel_type: str, now: datetime) -> None:
    """Say what came of one try: `delivery` is as it stands after it, `claimed` what was sent."""
    result = _RESULTS.get(delivery.state, "later")
    metrics.ATTEMPTS.labels(channel_type, result).inc()
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
