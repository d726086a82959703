"""Planning: which message carries an alert, and when it may go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.common.contracts.alert import Alert
from services.common.contracts.delivery import Delivery, DeliveryKind
from services.common.contracts.event import EventChange
from services.common.contracts.subscription import Digest, Quiet, Subscription
from services.common.ids import AlertId, ChannelId, EventId, SubscriptionId


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """An alert that waits for the message that will carry it: a burst, a digest or a summary.

    Stored under (alert, channel) until `close` turns its group into a delivery. `closes_at` is when
    that happens at the earliest; `note` goes onto the delivery.
    """

    alert: AlertId
    event: EventId
    subscription: SubscriptionId
    channel: ChannelId
    kind: DeliveryKind
    gathered_at: datetime
    closes_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be written: messages to send, alerts to keep for a later one."""

    deliveries: tuple[Delivery, ...] = ()
    gathered: tuple[Gathered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What was planned before, as far as it bears on what is planned now.

    `recent` are the deliveries planned within the last hour (any state), `gathered` is all that
    waits. `single_channels` are those whose messages belong to one subscription each: webhooks.
    """

    recent: Sequence[Delivery] = ()
    gathered: Sequence[Gathered] = ()
    single_channels: Collection[ChannelId] = ()


def plan(
    change: EventChange,
    alerts: Iterable[Alert],
    *,
    subscriptions: Mapping[SubscriptionId, Subscription],
    outbox: Outbox,
    now: datetime,
) -> Plan:
    """Return how the `alerts` of one `change` reach the channels of their subscriptions."""
    raise NotImplementedError


def close(
    *, subscriptions: Mapping[SubscriptionId, Subscription], outbox: Outbox, now: datetime
) -> tuple[list[Delivery], list[Gathered]]:
    """Return the messages whose time has come, and the gathered alerts that they carry: delete those.

    Call it when `next_close_at` has come, and after each plan.
    """
    raise NotImplementedError


def next_close_at(gathered: Iterable[Gathered]) -> datetime | None:
    """Return when `close` has something to do next; None when nothing waits."""
    raise NotImplementedError


def quiet_until(quiet: Quiet, *, now: datetime) -> datetime | None:
    """Return the end of the quiet hours that `now` lies in (UTC); None outside of them."""
    raise NotImplementedError


def next_digest_at(digest: Digest, *, now: datetime) -> datetime:
    """Return when the next digest after `now` goes (UTC)."""
    raise NotImplementedError
