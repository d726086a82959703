"""Delivery: the states of a message on its way out, as pure functions.

held ──its time──▶ due ──claim, lease──▶ sending ──taken──▶ sent
                    ▲                       │
                    ├── may pass: schedule ─┤
held ◀── denied: the channel pauses ────────┤
held ◀── quiet hours began meanwhile ───── due
                    ├── form refused: as plain text, once
                    │                       ├── too large ──▶ suppressed, two smaller ones due
                    │                       ├── refused, gone, schedule spent ──▶ dead
                    └── resend ── unknown ◀─┘ lease ran out
held, due, unknown ──mute, acknowledgement, catch-up──▶ suppressed;  dead ──redeliver──▶ due
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from services.alerter.outcome import (
    DENIED,
    Denied,
    Gone,
    Outcome,
    Refused,
    Taken,
    Unavailable,
    Unwanted,
)
from services.common.contracts.delivery import (
    Attempt,
    Delivery,
    DeliveryKind,
    DeliveryState,
)
from services.common.ids import (
    AlertId,
    ChannelId,
    DeliveryId,
    SubscriptionId,
    delivery_id,
    fingerprint,
)
from services.common.text import clean

LEASE = timedelta(seconds=60)

WAITS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long after each failure it is tried again: ten tries in about 46 hours."""

JITTER = 0.2
MAX_REASON_CODE_POINTS = 500
POSSIBLY_REPEATED = "possibly repeated"
AS_PLAIN_TEXT = "as plain text"
SUPERSEDED = "superseded"
STANDS_IN = "stands in"

_TOO_LARGE = 413

LONG_OUTAGE = timedelta(hours=1)
"""What waited while a channel was down for longer goes as one message."""

_OPEN = frozenset({DeliveryState.HELD, DeliveryState.DUE, DeliveryState.UNKNOWN})


class ChannelVerdict(StrEnum):
    """What an outcome means for its channel."""

    KEEP = "keep"
    PAUSE = "pause"
    DISABLE = "disable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A delivery after a try, and what becomes of its channel; `handle` as in Taken, `is_partial` as in
    Unavailable. One that `is_too_large` goes in `halves`.
    """

    delivery: Delivery
    channel: ChannelVerdict = ChannelVerdict.KEEP
    handle: str | None = None
    is_partial: bool = False
    is_too_large: bool = False


def is_claimable(delivery: Delivery, *, now: datetime) -> bool:
    """Return whether it is held or due, and its time has come."""
    is_waiting = delivery.state in {DeliveryState.HELD, DeliveryState.DUE}
    return is_waiting and delivery.next_at <= now


def claim(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return it as `sending` under a lease: `next_at` is when the lease runs out.

    Raises:
        ValueError: it cannot be claimed now. Somebody else has it, or it is not its time.
    """
    if not is_claimable(delivery, now=now):
        raise ValueError(f"{delivery.id} is {delivery.state} until {delivery.next_at}.")
    return replace(delivery, state=DeliveryState.SENDING, next_at=now + LEASE)


def settle(delivery: Delivery, outcome: Outcome, *, now: datetime) -> Settlement:
    """Return what becomes of a delivery that is being sent, with the attempt written down.

    Denied leaves it held: it goes as soon as its channel, paused meanwhile, is resumed, and the
    denial does not count against its schedule.

    Raises:
        ValueError: it is not being sent, for example because its lease ran out meanwhile.
    """
    _require(delivery, DeliveryState.SENDING)
    match outcome:
        case Taken(status=status, handle=handle, note=note):
            tried = _tried(delivery, status, note, now)
            return Settlement(delivery=_sent(tried, now), handle=handle)
        case Unavailable(reason=reason, status=status, retry_after=wish, is_partial=is_partial):
            tried = _tried(delivery, status, reason, now)
            return Settlement(delivery=_later(tried, wish, now), is_partial=is_partial)
        case Refused(reason=reason, status=status, is_format=is_format):
            tried = _tried(delivery, status, reason, now)
            return _refused(tried, is_format=is_format, now=now)
        case Denied(reason=reason, status=status):
            held = replace(delivery, state=DeliveryState.HELD, next_at=now)
            tried = _tried(held, status, reason, now)
            return Settlement(delivery=tried, channel=ChannelVerdict.PAUSE)
        case Gone(reason=reason, status=status):
            tried = _tried(delivery, status, reason, now)
            return Settlement(delivery=_dead(tried, now), channel=ChannelVerdict.DISABLE)
        case Unwanted(reason=reason):
            unsent = replace(delivery, state=DeliveryState.SUPPRESSED, note=reason)
            return Settlement(delivery=unsent)
        case _:
            assert_never(outcome)


def put_back(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return a claimed one as held: it was not tried, since its channel paused meanwhile."""
    _require(delivery, DeliveryState.SENDING)
    return replace(delivery, state=DeliveryState.HELD, next_at=now)


def is_lost(delivery: Delivery, *, now: datetime) -> bool:
    """Return whether it was being sent when its lease ran out: nobody knows whether it arrived."""
    return delivery.state is DeliveryState.SENDING and delivery.next_at <= now


def lose(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return it as `unknown`; `resend` or `found` resolve it.

    Call it for what `is_lost`, and at start for everything that was being sent: the process that
    held the leases is gone. It counts as a failure, so that what kills its sender ends as well.
    """
    _require(delivery, DeliveryState.SENDING)
    tried = _tried(delivery, None, "Interrupted while it was sent; it may have arrived.", now)
    unknown = replace(tried, state=DeliveryState.UNKNOWN, next_at=now)
    return replace(unknown, failures=delivery.failures + 1)


def resend(delivery: Delivery, *, now: datetime, is_repeat_safe: bool = False) -> Delivery:
    """Return an unknown delivery as due, noted as possibly repeated; dead once its tries are spent.

    A channel that `is_repeat_safe` drops repeats by the delivery's id: nobody need be told.
    """
    _require(delivery, DeliveryState.UNKNOWN)
    if delivery.failures > len(WAITS):
        return _dead(delivery, now)
    due = replace(delivery, state=DeliveryState.DUE, next_at=now)
    return due if is_repeat_safe else replace(due, note=_noted(due.note, POSSIBLY_REPEATED))


def found(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return an unknown delivery as sent: the channel was asked and has it."""
    _require(delivery, DeliveryState.UNKNOWN)
    return _sent(delivery, now)


def kill(delivery: Delivery, *, reason: str, now: datetime, status: int | None = None) -> Delivery:
    """Return it as dead: it could not be rendered, its channel is no more, or it was a test."""
    return _dead(_tried(delivery, status, reason, now), now)


def suppress(delivery: Delivery, *, reason: str) -> Delivery:
    """Return it as one that is never sent, with the reason as its note.

    Raises:
        ValueError: it was sent, is being sent or is dead: too late.
    """
    if delivery.state not in _OPEN:
        raise ValueError(f"{delivery.id} is {delivery.state} and cannot be suppressed any more.")
    return replace(delivery, state=DeliveryState.SUPPRESSED, note=reason, fallback_at=None)


def redeliver(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return it as due again, under the same id, with the schedule from its start.

    Why it was suppressed is not for its readers: that note goes.

    Raises:
        ValueError: it is on its way: held, due or being sent; or it was a test, which goes once.
    """
    if delivery.kind is DeliveryKind.TEST:
        raise ValueError(f"{delivery.id} was a test, which goes once: test the channel again.")
    if delivery.state in {DeliveryState.HELD, DeliveryState.DUE, DeliveryState.SENDING}:
        raise ValueError(f"{delivery.id} is {delivery.state}: it is on its way.")
    note = "" if delivery.state is DeliveryState.SUPPRESSED else delivery.note
    return replace(delivery, state=DeliveryState.DUE, next_at=now, failures=0, note=note)


def catch_up(
    waiting: Sequence[Delivery], *, note: str, now: datetime
) -> tuple[Delivery, list[Delivery]]:
    """Return one message for all that waited, in this order, and those as suppressed by it.

    It goes now, and on with the schedule of the one among them that was tried least. Its fallback is
    the soonest of theirs. Where they stand in for another channel, so does it.
    """
    alerts = tuple(dict.fromkeys(alert for one in waiting for alert in one.alerts))
    channel = waiting[0].channel
    stands_in_for = waiting[-1].stands_in_for
    apart = () if stands_in_for is None else (STANDS_IN,)
    name = delivery_id(channel, DeliveryKind.CATCH_UP, *apart, *alerts)
    soonest = min(waiting, key=lambda one: (one.fallback_at is None, one.fallback_at or now))
    together = Delivery(
        id=name,
        channel=channel,
        kind=DeliveryKind.CATCH_UP,
        state=DeliveryState.DUE,
        subscriptions=tuple(dict.fromkeys(name for one in waiting for name in one.subscriptions)),
        alerts=alerts,
        planned_at=now,
        next_at=now,
        failures=min(one.failures for one in waiting),
        note=note,
        fallback_to=soonest.fallback_to if soonest.fallback_at else None,
        fallback_at=soonest.fallback_at,
        stands_in_for=stands_in_for,
    )
    return together, [suppress(one, reason=carried_by(name)) for one in waiting]


def carried_by(catch_up_name: DeliveryId) -> str:
    """Return the note of what a catch-up carries."""
    return f"{SUPERSEDED}: {catch_up_name} carries it"


def is_backlog(waiting: Sequence[Delivery]) -> bool:
    """Return whether it is their channel that failed, not one message, and several wait for it."""
    tried = [one for one in waiting if one.attempts or one.kind is DeliveryKind.CATCH_UP]
    is_of_channel = len(tried) > 1 or any(
        one.kind is DeliveryKind.CATCH_UP or one.attempts[-1].status in DENIED for one in tried
    )
    return is_of_channel and len(waiting) > 1


def stand_in(
    original: Delivery,
    alerts: Sequence[AlertId],
    subscriptions: Sequence[SubscriptionId],
    *,
    reason: str,
    now: datetime,
) -> Delivery:
    """Return the message that the fallback channel gets in place of `original`, with its `alerts`.

    Nobody stands in for it in turn.

    Raises:
        ValueError: the delivery has no fallback.
    """
    if original.fallback_to is None:
        raise ValueError(f"{original.id} has no fallback.")
    return Delivery(
        id=delivery_id(original.fallback_to, STANDS_IN, original.id, *alerts),
        channel=original.fallback_to,
        kind=original.kind,
        state=DeliveryState.DUE,
        subscriptions=tuple(subscriptions),
        alerts=tuple(alerts),
        planned_at=now,
        next_at=now,
        note=f"stands in for {original.channel}: {reason}",
        stands_in_for=original.id,
    )


def halves(delivery: Delivery, told: Sequence[AlertId], *, now: datetime) -> list[Delivery]:
    """Return two messages that carry half each of what `delivery` has `told`, which is in order."""
    middle = len(told) // 2
    return [
        replace(
            delivery,
            id=delivery_id(delivery.channel, "half", delivery.id, *part),
            state=DeliveryState.DUE,
            alerts=tuple(part),
            next_at=now,
            attempts=(),
            failures=0,
        )
        for part in (told[:middle], told[middle:])
    ]


def notice(
    text: str, *, of: ChannelId, to: ChannelId, subscription: SubscriptionId, now: datetime
) -> Delivery:
    """Return the message that tells the operator of the channel `of`, once a day for one text."""
    return Delivery(
        id=delivery_id(to, DeliveryKind.NOTICE, of, text, now.date().isoformat()),
        channel=to,
        kind=DeliveryKind.NOTICE,
        state=DeliveryState.DUE,
        subscriptions=(subscription,),
        alerts=(),
        planned_at=now,
        next_at=now,
        note=text,
    )


def wait_before(delivery: DeliveryId, *, failures: int) -> timedelta | None:
    """Return how long to wait after so many failures; None when the schedule is spent.

    Within a fifth of the schedule, and the same whenever it is asked for: each delivery and try has
    its own, so that what failed together does not come back together.
    """
    if not 1 <= failures <= len(WAITS):
        return None
    digits = base64.b32decode(fingerprint("jitter", delivery, str(failures))[:8].upper())
    share = int.from_bytes(digits, "big") / 2**40
    return WAITS[failures - 1] * (1 - JITTER + 2 * JITTER * share)


def _later(delivery: Delivery, wish: timedelta | None, now: datetime) -> Delivery:
    failures = delivery.failures + 1
    failed = replace(delivery, failures=failures)
    wait = wait_before(delivery.id, failures=failures)
    if wait is None:
        return _dead(failed, now)
    longest = max(wait, wish or timedelta())
    return replace(failed, state=DeliveryState.DUE, next_at=now + longest)


def _plain(delivery: Delivery, now: datetime) -> Delivery:
    note = _noted(delivery.note, AS_PLAIN_TEXT)
    return replace(delivery, state=DeliveryState.DUE, next_at=now, is_plain=True, note=note)


def _refused(tried: Delivery, *, is_format: bool, now: datetime) -> Settlement:
    if is_format and not tried.is_plain:
        return Settlement(delivery=_plain(tried, now))
    if tried.attempts[-1].status == _TOO_LARGE and len(tried.alerts) > 1:
        return Settlement(delivery=_divided(tried), is_too_large=True)
    return Settlement(delivery=_dead(tried, now))


def _divided(delivery: Delivery) -> Delivery:
    note = f"{SUPERSEDED}: it was too large for the channel, two smaller ones carry it"
    return replace(delivery, state=DeliveryState.SUPPRESSED, note=note, fallback_at=None)


def _sent(delivery: Delivery, now: datetime) -> Delivery:
    return replace(delivery, state=DeliveryState.SENT, next_at=now, fallback_at=None)


def _dead(delivery: Delivery, now: datetime) -> Delivery:
    return replace(delivery, state=DeliveryState.DEAD, next_at=now)


def _tried(delivery: Delivery, status: int | None, reason: str, now: datetime) -> Delivery:
    attempt = Attempt(at=now, status=status, reason=clean(reason)[:MAX_REASON_CODE_POINTS])
    return replace(delivery, attempts=(*delivery.attempts, attempt))


def _noted(note: str, words: str) -> str:
    if words in note:
        return note
    return f"{note}; {words}" if note else words


def _require(delivery: Delivery, state: DeliveryState) -> None:
    if delivery.state is not state:
        raise ValueError(f"{delivery.id} is {delivery.state}, not {state}.")
