"""Planning: which message carries an alert, and when it may go.

The first alert goes at once, those of the next `burst` are collected into one message; quiet hours
hold what is planned; digests, old news and what exceeds `max_per_hour` are gathered and go together.
`plan` looks at one change, `close` in `gathering` at the time. Both take the moment as an argument, so
that a preview with a moved clock plans what live sending would.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.alerter.departure import departing, for_programs, in_order
from services.alerter.gathering import SUMMARY_PAUSE, Gathered
from services.alerter.hours import next_digest_at
from services.alerter.matching import followed_by
from services.alerter.suppression import Silence, pause_of, suppressed
from services.common.contracts.alert import Alert, Reason
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.contracts.event import Event, EventChange
from services.common.contracts.subscription import Conditions, Send, Subscription
from services.common.countries import overlap
from services.common.ids import AlertId, ChannelId, SubscriptionId
from services.common.watchlist import Watchlist

HOUR = timedelta(hours=1)

_TURNS = frozenset({Reason.STAGE, Reason.CORRECTION, Reason.WITHDRAWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be written: messages to send, alerts to keep for a later one.

    What is `overtaken` waited for longer than what is told of its event now, and goes with that: delete
    it before `gathered` is written.
    """

    deliveries: tuple[Delivery, ...] = ()
    gathered: tuple[Gathered, ...] = ()
    overtaken: tuple[Gathered, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What bears on what is planned now, foremost what was planned before.

    `recent` are the deliveries planned within the last `memory(subscriptions)`, in any state;
    `gathered` is all that waits. `single_channels` are those whose messages belong to one
    subscription each: webhooks. To any other channel, the alerts of one change are one delivery
    that names its subscriptions. `sizes` are those of the alerts of one event that go to
    such a channel together, in bytes and in the order of what they tell. What `silence` covers is planned
    as suppressed, with the reason; `watchlist` says which company belongs to which.
    """

    recent: Sequence[Delivery] = ()
    gathered: Sequence[Gathered] = ()
    single_channels: Collection[ChannelId] = ()
    sizes: Mapping[AlertId, int] = field(default_factory=dict)
    silence: Silence = field(default_factory=Silence)
    watchlist: Watchlist = field(default_factory=lambda: Watchlist.of(()))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """One alert on one send; `gathered` where it has to wait for others."""

    alert: Alert
    send: Send
    gathered: Gathered | None

    @property
    def goes_at_once(self) -> bool:
        return self.gathered is None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wait:
    """For what an alert waits, and until when."""

    kind: DeliveryKind
    until: datetime
    note: str = ""


def memory(subscriptions: Iterable[Subscription]) -> timedelta:
    """Return how far back `Outbox.recent` has to reach: an hour, or the longest burst."""
    bursts = (send.burst for subscription in subscriptions for send in subscription.sends)
    return max((HOUR, *bursts))


def plan(
    change: EventChange,
    alerts: Iterable[Alert],
    *,
    subscriptions: Mapping[SubscriptionId, Subscription],
    outbox: Outbox,
    now: datetime,
) -> Plan:
    """Return how the `alerts` of one `change` reach the channels of their subscriptions.

    Old news and re-readings go into the summary of their send, but a turn of an event that was told
    before goes by itself (design decision 11). What still waits of the event goes with what is told of it
    sooner, so that nobody hears last how it stood first.
    """
    ways: dict[tuple[ChannelId, SubscriptionId | None], list[_Way]] = {}
    deliveries: list[Delivery] = []
    gathered: list[Gathered] = []
    overtaken: list[Gathered] = []
    followed = followed_by(change.event, outbox.watchlist)
    for alert in alerts:
        subscription = subscriptions[alert.subscription]
        for send in subscription.sends:
            reason = pause_of(subscription, now=now) or outbox.silence.reason(
                alert, change.event, channel=send.to, followed=followed, now=now
            )
            if reason is not None:
                deliveries.append(suppressed(alert.id, alert.subscription, send.to, reason, now))
                continue
            is_single = send.to in outbox.single_channels
            group = (send.to, alert.subscription if is_single else None)
            way = _way(change, alert, _as_urgent(send, alert, change.event, followed), outbox, now)
            ways.setdefault(group, []).append(way)
    for together in ways.values():
        planned = _together(together, _waiting_for(together, change.event, outbox), outbox, now)
        deliveries.extend(planned.deliveries)
        gathered.extend(planned.gathered)
        overtaken.extend(planned.overtaken)
    return Plan(deliveries=tuple(deliveries), gathered=tuple(gathered), overtaken=tuple(overtaken))


def is_urgent(
    alert: Alert, event: Event, urgent: Conditions | None, followed: Collection[str]
) -> bool:
    """Return whether `event` meets every condition of `urgent`, at the stage that `alert` is about and
    in the countries in which it has that stage.
    """
    if urgent is None:
        return False
    return (
        (urgent.companies is None or not set(urgent.companies).isdisjoint(followed))
        and (urgent.types is None or event.type in urgent.types)
        and (urgent.stages is None or alert.stage in urgent.stages)
        and (urgent.countries is None or overlap(urgent.countries, _places_of(alert, event)))
    )


def _places_of(alert: Alert, event: Event) -> tuple[str, ...]:
    """Return the countries in which `event` stands as `alert` says; all where it is everywhere the same."""
    if event.still is None or alert.reason is Reason.WITHDRAWN:
        return event.countries
    return tuple(code for code in event.countries if event.stage_in(code) == alert.stage)


def _as_urgent(send: Send, alert: Alert, event: Event, followed: Collection[str]) -> Send:
    """Return `send` without digest and quiet hours where `event` is urgent, and as it is where not.

    What is not urgent has no `urgent` then: that tells them apart.
    """
    if is_urgent(alert, event, send.urgent, followed):
        return replace(send, digest=None, quiet=None)
    return replace(send, urgent=None) if send.urgent else send


def _way(change: EventChange, alert: Alert, send: Send, outbox: Outbox, now: datetime) -> _Way:
    """Return whether `alert` goes at once on `send`, and if not, what it waits for."""
    wait = _wait(change, alert, send, outbox, now)
    if wait is None:
        return _Way(alert=alert, send=send, gathered=None)
    gathered = Gathered(
        alert=alert.id,
        event=alert.event,
        subscription=alert.subscription,
        channel=send.to,
        kind=wait.kind,
        gathered_at=now,
        closes_at=wait.until,
        note=wait.note,
        is_urgent=send.urgent is not None and wait.kind is not DeliveryKind.SUMMARY,
    )
    return _Way(alert=alert, send=send, gathered=gathered)


def _wait(
    change: EventChange, alert: Alert, send: Send, outbox: Outbox, now: datetime
) -> _Wait | None:
    """Return for what `alert` waits on `send`; None for nothing."""
    if _is_for_summary(change, alert, send, outbox):
        return _Wait(kind=DeliveryKind.SUMMARY, until=now + SUMMARY_PAUSE)
    if send.digest is not None:
        return _Wait(kind=DeliveryKind.DIGEST, until=next_digest_at(send.digest, now=now))
    return _paced(alert.subscription, send, outbox, now)


def _is_for_summary(change: EventChange, alert: Alert, send: Send, outbox: Outbox) -> bool:
    """Return whether `alert` waits for the summary of old news: not where something of its event waits
    for another message, which would say later how it stood before.
    """
    events = {change.event.id, *change.event.absorbed}
    waiting = {
        one.kind
        for one in outbox.gathered
        if one.event in events and (one.channel, one.subscription) == (send.to, alert.subscription)
    }
    if waiting - {DeliveryKind.SUMMARY}:
        return False
    if change.is_reread:
        return True
    return change.is_old and (alert.reason not in _TURNS or bool(waiting))


def _paced(subscription: SubscriptionId, send: Send, outbox: Outbox, now: datetime) -> _Wait | None:
    """Return what holds an alert back: the burst, the hour's limit, or None for nothing."""
    planned = [
        delivery.planned_at
        for delivery in outbox.recent
        if delivery.kind is DeliveryKind.MESSAGE
        and delivery.state is not DeliveryState.SUPPRESSED
        and delivery.stands_in_for is None
        and delivery.channel == send.to
        and subscription in delivery.subscriptions
        # Later than now is what was planned before the clock was set back.
        and delivery.planned_at <= now
    ]
    if not planned:
        return None
    in_hour = [at for at in planned if at > now - HOUR]
    if send.max_per_hour is not None and len(in_hour) >= send.max_per_hour:
        note = f"more than {send.max_per_hour} messages in an hour"
        return _Wait(kind=DeliveryKind.DIGEST, until=min(in_hour) + HOUR, note=note)
    burst_ends = max(planned) + send.burst
    return _Wait(kind=DeliveryKind.MESSAGE, until=burst_ends) if burst_ends > now else None


def _waiting_for(ways: Sequence[_Way], event: Event, outbox: Outbox) -> list[Gathered]:
    """Return what waits of `event` for the same channel and subscriptions as `ways`."""
    events = {event.id, *event.absorbed}
    groups = {(way.send.to, way.alert.subscription) for way in ways}
    return [
        one
        for one in outbox.gathered
        if one.event in events and (one.channel, one.subscription) in groups
    ]


def _together(
    ways: Sequence[_Way], waiting: Sequence[Gathered], outbox: Outbox, now: datetime
) -> Plan:
    """Return how the alerts of one change go to one channel: as one message, as soon as one may.

    Digests and summaries are messages of their own. What is `waiting` for longer goes along.
    """
    if len(ways) == 1 and ways[0].goes_at_once and not waiting:
        return Plan(deliveries=(_message([ways[0].alert.id], ways, now),))
    paced: list[_Way] = []
    apart: list[Gathered] = []
    for way in ways:
        if way.gathered is None or _is_message(way.gathered, way.send):
            paced.append(way)
        else:
            apart.append(way.gathered)
    told = {way.alert.subscription for way in paced}
    overtaken = [one for one in waiting if one.subscription in told]
    if any(way.goes_at_once for way in paced):
        carried = [*(one.alert for one in overtaken), *(way.alert.id for way in paced)]
        is_single = paced[0].send.to in outbox.single_channels
        parts = _parts(carried, outbox.sizes) if is_single else [carried]
        messages = tuple(_message(part, paced, now) for part in parts)
        return Plan(deliveries=messages, gathered=tuple(apart), overtaken=tuple(overtaken))
    held = [way.gathered for way in paced if way.gathered is not None]
    if not held:
        return Plan(gathered=tuple(apart))
    first = min(held, key=lambda one: one.closes_at)
    # A summary closes later than it says for as long as more comes for it.
    overtaken = [
        one
        for one in overtaken
        if one.kind is DeliveryKind.SUMMARY or one.closes_at > first.closes_at
    ]
    joined = [
        replace(one, kind=first.kind, closes_at=first.closes_at, note=first.note)
        for one in (*overtaken, *held)
    ]
    return Plan(gathered=(*joined, *apart), overtaken=tuple(overtaken))


def _parts(alerts: Sequence[AlertId], sizes: Mapping[AlertId, int]) -> list[list[AlertId]]:
    told = in_order(alerts, lambda one: one, sizes=sizes)
    return for_programs(told, lambda one: [one], sizes=sizes)


def _is_message(gathered: Gathered, send: Send) -> bool:
    """Return whether it waits for its pace alone; what exceeds the hour's limit does too."""
    return gathered.kind is not DeliveryKind.SUMMARY and send.digest is None


def _message(alerts: Sequence[AlertId], ways: Sequence[_Way], now: datetime) -> Delivery:
    """Return the message of `alerts`, those that waited for longer first, which goes on `ways`."""
    return departing(
        ways[0].send.to,
        DeliveryKind.MESSAGE,
        alerts,
        subscriptions=(way.alert.subscription for way in ways),
        sends=[way.send for way in ways],
        planned_at=now,
        now=now,
    )
