"""Telling: a change that was tracked becomes alerts, and alerts become planned messages.

All of it runs inside the transaction that writes the change. What raises for one subscription is
logged and leaves the others alone (design decision 13).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

import structlog

from services.alerter.database import gathered, outbox
from services.alerter.database.telling import ToldBatch
from services.alerter.gathering import Gathered, close, next_close_at
from services.alerter.matching import followed_by, match
from services.alerter.planning import HOUR, Outbox, Plan, memory, plan
from services.common.contracts.alert import Alert, Reason
from services.common.contracts.delivery import Attempt, Delivery, DeliveryKind, DeliveryState
from services.common.contracts.event import EventChange
from services.common.contracts.subscription import Send, Subscription
from services.common.ids import AlertId, ChannelId, SubscriptionId, delivery_id
from services.common.watchlist import Watchlist

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Subscriptions by the company or tag that they ask for, and those that ask for any.

    A thousand subscriptions need not be tried for an event on a company that three of them name.
    """

    places: Mapping[SubscriptionId, int]
    by_company: Mapping[str, tuple[SubscriptionId, ...]]
    for_any: tuple[SubscriptionId, ...]

    @classmethod
    def of(cls, subscriptions: Iterable[Subscription]) -> Self:
        """Return `subscriptions` sorted by what they ask for."""
        places: dict[SubscriptionId, int] = {}
        by_company: dict[str, list[SubscriptionId]] = {}
        for_any: list[SubscriptionId] = []
        for place, subscription in enumerate(subscriptions):
            places[subscription.id] = place
            if subscription.when.companies is None:
                for_any.append(subscription.id)
            for name in dict.fromkeys(subscription.when.companies or ()):
                by_company.setdefault(name, []).append(subscription.id)
        return cls(
            places=places,
            by_company={name: tuple(ids) for name, ids in by_company.items()},
            for_any=tuple(for_any),
        )

    def naming(self, names: Iterable[str]) -> Self:
        """Return those alone who ask for one of `names`, not those who ask for any company."""
        by_company = {name: self.by_company[name] for name in names if name in self.by_company}
        places = {one: self.places[one] for ids in by_company.values() for one in ids}
        return replace(self, places=places, by_company=by_company, for_any=())

    def about(
        self, followed: Iterable[str], told: Iterable[SubscriptionId]
    ) -> list[SubscriptionId]:
        """Return who may be told of an event, in their order: who asks for it, or was `told` of it.

        `followed` are the ids and tags by which its companies are followed.
        """
        found = {*self.for_any, *(one for one in told if one in self.places)}
        for name in followed:
            found.update(self.by_company.get(name, ()))
        return sorted(found, key=self.places.__getitem__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What the configuration asks for.

    Messages to `single_channels` are for one subscription each. What may be sent to
    `paced_channels` depends on what was sent within the last `memory`.
    """

    watchlist: Watchlist
    subscriptions: Mapping[SubscriptionId, Subscription] = field(default_factory=dict)
    single_channels: frozenset[ChannelId] = frozenset()
    paced_channels: frozenset[ChannelId] = frozenset()
    memory: timedelta = HOUR
    asking: Asking = field(default_factory=lambda: Asking.of(()))

    @classmethod
    def of(
        cls,
        watchlist: Watchlist,
        subscriptions: Iterable[Subscription] = (),
        single_channels: Iterable[ChannelId] = (),
    ) -> Self:
        """Return what `subscriptions` follow."""
        by_id = {subscription.id: subscription for subscription in subscriptions}
        sends = [send for subscription in by_id.values() for send in subscription.sends]
        return cls(
            watchlist=watchlist,
            subscriptions=by_id,
            single_channels=frozenset(single_channels),
            paced_channels=frozenset(
                send.to for send in sends if send.burst or send.max_per_hour is not None
            ),
            memory=memory(by_id.values()),
            asking=Asking.of(by_id.values()),
        )


def tell(
    batch: ToldBatch, change: EventChange, *, following: Following, now: datetime
) -> list[Alert]:
    """Decide who is told of `change` and plan the messages that tell them; return the new alerts."""
    matched = _matched(change, following, so_far=batch.told_of(change.event))
    alerts = batch.keep(matched, change=change)
    if alerts:
        _plan(batch, change, alerts, following=following, now=now)
    return alerts


def close_gathered(
    connection: sqlite3.Connection, *, following: Following, now: datetime
) -> datetime | None:
    """Write the messages whose time has come; return when the next one's does, None for none."""
    due = {one.channel for one in gathered.waiting_for(connection) if one.closes_at <= now}
    for channel in sorted(due):
        waiting = gathered.waiting_for(connection, {channel})
        sizes: Mapping[AlertId, int] = {}
        if channel in following.single_channels:
            sizes = outbox.sizes_told(connection, [one.alert for one in waiting])
        deliveries, carried = _closed(waiting, following, sizes=sizes, now=now)
        gathered.forget(connection, carried)
        outbox.keep_deliveries(connection, deliveries)
        for delivery in deliveries:
            told = outbox.what_it_tells(connection, delivery)
            events = [
                name for one in told for name in (one.alert.event, *one.change.event.absorbed)
            ]
            outbox.release_overtaken(connection, delivery, events)
    waiting = gathered.waiting_for(connection)
    return next_close_at(waiting, single_channels=following.single_channels)


def _matched(
    change: EventChange, following: Following, *, so_far: Mapping[SubscriptionId, Sequence[Alert]]
) -> list[Alert]:
    def of(subscriptions: Iterable[Subscription]) -> list[Alert]:
        return match(
            change, subscriptions=subscriptions, told=so_far, watchlist=following.watchlist
        )

    asked = following.asking.about(followed_by(change.event, following.watchlist), so_far)
    every = [following.subscriptions[name] for name in asked]
    try:
        return of(every)
    except Exception:  # noqa: BLE001  it fails for some, so each is asked alone
        log.warning("match_failed_for_some", event_id=change.event.id, seq=change.seq)
    alerts: list[Alert] = []
    for subscription in every:
        try:
            alerts += of([subscription])
        except Exception:
            log.exception("match_failed", subscription=subscription.id, event_id=change.event.id)
    return alerts


def _plan(
    batch: ToldBatch,
    change: EventChange,
    alerts: Sequence[Alert],
    *,
    following: Following,
    now: datetime,
) -> None:
    channels = {send.to for alert in alerts for send in _sends(alert, following)}
    paced = channels & following.paced_channels
    is_first = all(alert.reason is Reason.NEW for alert in alerts)
    # Old news asks what waits, for its summary, and what follows something that was told.
    waiting = [] if is_first and not change.is_old else batch.gathered_for(channels)
    before = Outbox(
        recent=batch.planned_since(paced, since=now - following.memory) if paced else (),
        gathered=waiting,
        single_channels=following.single_channels,
        sizes=_sizes(batch, change, alerts, waiting, following),
        silence=batch.silence_of(change.event, now=now),
        watchlist=following.watchlist,
    )
    for planned in _planned(change, alerts, following, before=before, now=now):
        batch.keep_plan(planned, event=change.event, is_first=is_first)


def _sizes(
    batch: ToldBatch,
    change: EventChange,
    alerts: Iterable[Alert],
    waiting: Iterable[Gathered],
    following: Following,
) -> Mapping[AlertId, int]:
    """Return how large what a program may get at once is; nothing where nothing waits of the event."""
    events = {change.event.id, *change.event.absorbed}
    longer = [
        one.alert
        for one in waiting
        if one.event in events and one.channel in following.single_channels
    ]
    return batch.sizes_told([*longer, *(alert.id for alert in alerts)]) if longer else {}


def _planned(
    change: EventChange,
    alerts: Sequence[Alert],
    following: Following,
    *,
    before: Outbox,
    now: datetime,
) -> list[Plan]:
    def of(some: Iterable[Alert]) -> Plan:
        return plan(change, some, subscriptions=following.subscriptions, outbox=before, now=now)

    try:
        return [of(alerts)]
    except Exception:  # noqa: BLE001  it fails for some, so each is planned alone
        log.warning("plan_failed_for_some", event_id=change.event.id, seq=change.seq)
    plans: list[Plan] = []
    for alert in alerts:
        try:
            plans.append(of([alert]))
        except Exception as error:
            log.exception("plan_failed", subscription=alert.subscription, alert_id=alert.id)
            dead = (_dead(alert, send.to, error, now=now) for send in _sends(alert, following))
            plans.append(Plan(deliveries=tuple(dead)))
    return plans


def _closed(
    waiting: Sequence[Gathered],
    following: Following,
    *,
    sizes: Mapping[AlertId, int],
    now: datetime,
) -> tuple[list[Delivery], list[Gathered]]:
    try:
        return close(
            waiting,
            subscriptions=following.subscriptions,
            single_channels=following.single_channels,
            sizes=sizes,
            now=now,
        )
    except Exception as error:
        log.exception("close_failed", waiting=len(waiting))
        due = [one for one in waiting if one.closes_at <= now]
        return [_dead(one, one.channel, error, now=now) for one in due], due


def _dead(
    alert: Alert | Gathered, channel: ChannelId, error: Exception, *, now: datetime
) -> Delivery:
    """Return the alert's message as dead, with the reason: what was decided is never lost."""
    alert_id = alert.id if isinstance(alert, Alert) else alert.alert
    reason = f"It could not be planned: {type(error).__name__}."
    return Delivery(
        id=delivery_id(channel, DeliveryKind.MESSAGE, alert_id),
        channel=channel,
        kind=DeliveryKind.MESSAGE,
        state=DeliveryState.DEAD,
        subscriptions=(alert.subscription,),
        alerts=(alert_id,),
        planned_at=now,
        next_at=now,
        attempts=(Attempt(at=now, status=None, reason=reason),),
        note=reason,
    )


def _sends(alert: Alert, following: Following) -> tuple[Send, ...]:
    subscription = following.subscriptions.get(alert.subscription)
    return () if subscription is None else subscription.sends
