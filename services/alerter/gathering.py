"""Gathering: alerts that wait for the message that will carry them, and that message when its time comes.

Bursts, digests, summaries of old news, and what exceeds an hour's limit. `planning` says what waits for
which; here they are grouped and closed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.alerter.departure import departing, for_programs, in_order
from services.common.contracts.delivery import Delivery, DeliveryKind
from services.common.contracts.subscription import Send, Subscription
from services.common.ids import AlertId, ChannelId, EventId, SubscriptionId

# A first fetch of many feeds takes minutes; the summary waits for a pause, though not for ever.
SUMMARY_PAUSE = timedelta(minutes=5)
SUMMARY_LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """An alert that waits for the message that will carry it: a burst, a digest or a summary.

    Stored under (alert, channel) until `close` turns its group into a delivery. `closes_at` is when
    that happens, a summary's when nothing more comes; `note` goes onto the delivery. What `is_urgent`
    is not held by quiet hours then.
    """

    alert: AlertId
    event: EventId
    subscription: SubscriptionId
    channel: ChannelId
    kind: DeliveryKind
    gathered_at: datetime
    closes_at: datetime
    note: str = ""
    is_urgent: bool = False


def close(
    waiting: Iterable[Gathered],
    *,
    subscriptions: Mapping[SubscriptionId, Subscription],
    single_channels: Collection[ChannelId],
    sizes: Mapping[AlertId, int],
    now: datetime,
) -> tuple[list[Delivery], list[Gathered]]:
    """Return the messages whose time has come, and those of `waiting` that they carry: delete those.

    To any but the `single_channels`, what goes to several subscriptions together is one message; to
    those, in the order of `sizes`, which says how large each alert is, in parts that a program takes.
    Call it when `next_close_at` has come. A message counts as planned when its time came, even if nobody
    was there to plan it then.
    """
    deliveries: list[Delivery] = []
    carried: list[Gathered] = []
    # In the order of their times: after an outage of ours many have come.
    for group in sorted(_groups(waiting, single_channels), key=_closes_at):
        closes_at = _closes_at(group)
        if closes_at > now:
            break
        is_single = group[0].channel in single_channels
        for part in _parts(group, sizes) if is_single else [group]:
            sends = [
                replace(send, quiet=None) if one.is_urgent else send
                for one in part
                for send in _sends(one, subscriptions)
            ]
            deliveries.append(_delivery(part, sends, planned_at=closes_at, now=now))
        carried.extend(group)
    return deliveries, carried


def next_close_at(
    waiting: Iterable[Gathered], *, single_channels: Collection[ChannelId]
) -> datetime | None:
    """Return when `close` has something to do next; None when nothing waits."""
    groups = _groups(waiting, single_channels)
    return min((_closes_at(group) for group in groups), default=None)


def _groups(gathered: Iterable[Gathered], single: Collection[ChannelId]) -> list[list[Gathered]]:
    """Return what will go together: per channel and kind, bursts and digests by their time too."""
    groups: dict[tuple[object, ...], list[Gathered]] = {}
    for one in sorted(gathered, key=lambda one: (one.gathered_at, one.alert)):
        subscription = one.subscription if one.channel in single else None
        window = None if one.kind is DeliveryKind.SUMMARY else one.closes_at
        groups.setdefault((one.channel, subscription, one.kind, window), []).append(one)
    return list(groups.values())


def _parts(group: Sequence[Gathered], sizes: Mapping[AlertId, int]) -> list[list[Gathered]]:
    """Return `group` in parts, in the order of what they tell."""
    told = in_order(group, lambda one: one.alert, sizes=sizes)
    return for_programs(told, lambda one: [one.alert], sizes=sizes)


def _closes_at(group: Sequence[Gathered]) -> datetime:
    if group[0].kind is not DeliveryKind.SUMMARY:
        return group[0].closes_at
    pause_over = max(one.closes_at for one in group)
    return min(pause_over, min(one.gathered_at for one in group) + SUMMARY_LONGEST)


def _sends(one: Gathered, subscriptions: Mapping[SubscriptionId, Subscription]) -> list[Send]:
    known = subscriptions.get(one.subscription)
    return [] if known is None else [send for send in known.sends if send.to == one.channel]


def _delivery(
    group: Sequence[Gathered], sends: Sequence[Send], *, planned_at: datetime, now: datetime
) -> Delivery:
    first = group[0]
    return departing(
        first.channel,
        first.kind,
        [one.alert for one in group],
        subscriptions=(one.subscription for one in group),
        sends=sends,
        planned_at=planned_at,
        now=now,
        note=first.note,
    )
