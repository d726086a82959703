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
    CATCH_UP = "catch-up"
    """What waited while its channel was down, in one message."""
    PROOF_OF_LIFE = "proof-of-life"
    """Nothing happened for a week; `note` says what was read. It carries no alert."""
    NOTICE = "notice"
    """What the operator should know of a channel, as `note`. It carries no alert."""
    TEST = "test"
    """What somebody had a channel tested with. It carries no alert, and goes once."""


WITHOUT_ALERTS = frozenset({DeliveryKind.PROOF_OF_LIFE, DeliveryKind.NOTICE, DeliveryKind.TEST})


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

    `fallback_at` is when the channel `fallback_to` stands in for it; None when nobody does or it has
    been done. `stands_in_for` is the delivery in whose place this one goes. With `is_plain` it goes in
    the channel's plainest form, since the usual one was refused.
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
    fallback_to: ChannelId | None = None
    fallback_at: AwareDatetime | None = None
    stands_in_for: DeliveryId | None = None
    is_plain: bool = False

    def __post_init__(self) -> None:
        require_clean_fields(self)
        if not self.alerts and self.kind not in WITHOUT_ALERTS:
            raise ValueError("A delivery carries at least one alert.")
