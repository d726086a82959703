"""Delivery: one message to one channel; Attempt: one try at it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime, with_config

from services.common.contracts.base import STRICT, OpenStrEnum, require_clean_fields
from services.common.ids import AlertId, ChannelId, DeliveryId, SubscriptionId


class DeliveryKind(OpenStrEnum):
    """What a delivery carries."""

    MESSAGE = "message"
    DIGEST = "digest"
    SUMMARY = "summary"
    """Old news: what back-fill and re-readings brought, in one message."""


class DeliveryState(OpenStrEnum):
    """Where a delivery stands.

    held → due → sending → sent; sending → due again after a failure that may pass, → dead after one
    that will not, → unknown when the process died while sending; suppressed is never sent.
    """

    HELD = "held"
    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    DEAD = "dead"
    SUPPRESSED = "suppressed"


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try. `status` is what the channel answered (HTTP status, 250 for mail), None without an
    answer; `reason` is a sentence without secrets, empty when it was taken.
    """

    at: AwareDatetime
    status: int | None
    reason: str

    def __post_init__(self) -> None:
        require_clean_fields(self)


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one channel for one or more alerts, fixed when it is planned.

    `next_at` is when it may be tried: the end of quiet hours or of a burst, or the retry schedule;
    while it is being sent, when the lease runs out. `failures` counts since it was planned or
    redelivered. `note` says what the reader or operator should know of it ("more than 30 messages in
    an hour", "possibly repeated"), empty for nothing.
    """

    id: DeliveryId
    channel: ChannelId
    kind: DeliveryKind
    state: DeliveryState
    subscriptions: tuple[SubscriptionId, ...]
    alerts: tuple[AlertId, ...]
    planned_at: AwareDatetime
    next_at: AwareDatetime
    attempts: tuple[Attempt, ...] = ()
    failures: int = 0
    note: str = ""

    def __post_init__(self) -> None:
        require_clean_fields(self)
        if not self.alerts:
            raise ValueError("A delivery carries at least one alert.")
