"""Departure: a planned message, when it may leave, and which channel stands in for it should it not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from services.alerter.hours import quiet_until
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.contracts.subscription import Send
from services.common.ids import AlertId, ChannelId, SubscriptionId, delivery_id

MOST_ALERTS = 100
MOST_BYTES = 900_000
"""In one message to a program, which is sent whole what is cut for people: an event that a hundred
stories tell has 100 kB. Many receivers take a megabyte, and refuse for ever what is larger."""

T = TypeVar("T")


def for_programs(
    these: Iterable[T], carried: Callable[[T], Sequence[AlertId]], *, sizes: Mapping[AlertId, int]
) -> list[list[T]]:
    """Return `these` in their order, in parts that a program takes in one message: what they have
    `carried` are `MOST_ALERTS` and `MOST_BYTES` at most, or one of them alone. `sizes` are in bytes.
    """
    parts: list[list[T]] = []
    alerts = size = 0
    for one in these:
        more = carried(one)
        bytes_more = sum(sizes.get(alert, 0) for alert in more)
        if not parts or alerts + len(more) > MOST_ALERTS or size + bytes_more > MOST_BYTES:
            parts.append([])
            alerts = size = 0
        parts[-1].append(one)
        alerts, size = alerts + len(more), size + bytes_more
    return parts


def in_order(
    these: Iterable[T], alert_of: Callable[[T], AlertId], *, sizes: Mapping[AlertId, int]
) -> list[T]:
    """Return `these` in the order in which `sizes` has their alerts, which is that of what they tell: of
    two parts none tells of an event what comes before what the earlier one tells.
    """
    places = {alert: place for place, alert in enumerate(sizes)}
    return sorted(these, key=lambda one: places.get(alert_of(one), len(places)))


def departing(
    channel: ChannelId,
    kind: DeliveryKind,
    alerts: Sequence[AlertId],
    *,
    subscriptions: Iterable[SubscriptionId],
    sends: Sequence[Send],
    planned_at: datetime,
    now: datetime,
    note: str = "",
) -> Delivery:
    """Return the message of `alerts`, held where it is quiet for everyone whom it names, with its fallback.

    Its id is a function of what it carries, of a digest with its window.
    """
    window = (planned_at.isoformat(),) if kind is DeliveryKind.DIGEST else ()
    delivery = Delivery(
        id=delivery_id(channel, kind, *window, *alerts),
        channel=channel,
        kind=kind,
        state=DeliveryState.DUE,
        subscriptions=tuple(dict.fromkeys(subscriptions)),
        alerts=tuple(alerts),
        planned_at=planned_at,
        next_at=planned_at,
        note=note,
    )
    return _held(delivery, sends, now=now)


def leaves_at(sends: Sequence[Send], *, now: datetime) -> datetime | None:
    """Return when it is no longer quiet for one of those whom a message names; None for not quiet now."""
    ends = [quiet_until(send.quiet, now=now) if send.quiet else None for send in sends]
    quiet = [end for end in ends if end is not None]
    return min(quiet) if quiet and len(quiet) == len(ends) else None


def _held(delivery: Delivery, sends: Sequence[Send], *, now: datetime) -> Delivery:
    if not any(send.quiet or send.fallback for send in sends):
        return delivery
    until = leaves_at(sends, now=now)
    if until is None:
        return _with_fallback(delivery, sends)
    held = replace(delivery, state=DeliveryState.HELD, next_at=until)
    return _with_fallback(held, sends)


def _with_fallback(delivery: Delivery, sends: Sequence[Send]) -> Delivery:
    """Return `delivery` with the channel that stands in for it soonest, counted from its time."""
    fallbacks = [send.fallback for send in sends if send.fallback is not None]
    if not fallbacks:
        return delivery
    first = min(fallbacks, key=lambda fallback: fallback.after)
    at = delivery.next_at + first.after
    return replace(delivery, fallback_to=first.to, fallback_at=at)
