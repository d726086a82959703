"""Delivery: the states of a message on its way out, as pure functions.

held ──its time──▶ due ──claim, lease──▶ sending ──taken──▶ sent
                    ▲                       │
                    ├── may pass: schedule ─┤
held ◀── denied: the channel pauses ────────┤
                    │                       ├── refused, gone, schedule spent ──▶ dead
                    └── resend ── unknown ◀─┘ lease ran out
held, due, unknown ──mute, acknowledgement──▶ suppressed;  dead ──redeliver──▶ due
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from services.common.contracts.delivery import Delivery
from services.common.errors import ChannelRefusedError, ChannelUnavailableError

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The channel has it. `status` as in Attempt."""

    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """It may pass: no answer, 408, 425, 429 or 5xx. `retry_after` is the channel's own wish."""

    reason: str
    status: int | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The channel will never take this message."""

    reason: str
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """401 or 403: our key is wrong. The channel pauses, its deliveries are kept."""

    reason: str
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """410: the channel wants nothing any more."""

    reason: str
    status: int | None = None


Outcome: TypeAlias = Taken | Unavailable | Refused | Denied | Gone


class ChannelVerdict(StrEnum):
    """What an outcome means for its channel."""

    KEEP = "keep"
    PAUSE = "pause"
    DISABLE = "disable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A delivery after a try, and what becomes of its channel."""

    delivery: Delivery
    channel: ChannelVerdict = ChannelVerdict.KEEP


def outcome_of(error: ChannelUnavailableError | ChannelRefusedError) -> Outcome:
    """Return the outcome that a channel's error means."""
    raise NotImplementedError


def is_claimable(delivery: Delivery, *, now: datetime) -> bool:
    """Return whether it is held or due, and its time has come."""
    raise NotImplementedError


def claim(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return it as `sending` under a lease: `next_at` is when the lease runs out."""
    raise NotImplementedError


def settle(delivery: Delivery, outcome: Outcome, *, now: datetime) -> Settlement:
    """Return what becomes of a delivery that is being sent, with the attempt written down."""
    raise NotImplementedError


def is_lost(delivery: Delivery, *, now: datetime) -> bool:
    """Return whether it was being sent when its lease ran out: nobody knows whether it arrived."""
    raise NotImplementedError


def lose(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return it as `unknown`; `resend` or `found` resolve it."""
    raise NotImplementedError


def resend(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return an unknown delivery as due, with a note that it may be there already."""
    raise NotImplementedError


def found(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return an unknown delivery as sent: the channel was asked and has it."""
    raise NotImplementedError


def kill(delivery: Delivery, *, reason: str, now: datetime) -> Delivery:
    """Return it as dead: it could not be rendered, or its channel is no more."""
    raise NotImplementedError


def suppress(delivery: Delivery, *, reason: str) -> Delivery:
    """Return it as one that is never sent, with the reason as its note."""
    raise NotImplementedError


def redeliver(delivery: Delivery, *, now: datetime) -> Delivery:
    """Return it as due again, under the same id, with the schedule from its start."""
    raise NotImplementedError
