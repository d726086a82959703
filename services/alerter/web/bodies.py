"""Bodies: what GET /api/v1/… answers, beside the event's own body. Field names only grow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import AwareDatetime

from services.alerter.database.made import Activity
from services.alerter.database.queries import DeliveriesPage, EventsPage
from services.alerter.database.sending import StoppedChannel
from services.alerter.render.bodies import EventBody, event_body
from services.alerter.tellings import Telling, Tellings
from services.alerter.web.problems import FieldProblem
from services.common.config.entries import subscription_entry
from services.common.config.findings import Finding
from services.common.contracts.delivery import Attempt, Delivery, DeliveryKind, DeliveryState
from services.common.contracts.subscription import ChannelConfig, Subscription
from services.common.ids import AlertId, ChannelId, DeliveryId, SubscriptionId
from services.common.watchlist import Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsBody:
    """Events, newest first, withdrawn ones too; `next` is the cursor of the page behind."""

    events: tuple[EventBody, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryBody:
    """A delivery. `subscription` is the first of `subscriptions`: a chat message may serve several.

    `told` are the sentences of its first alerts, each change once: a sentence is null where its event
    is no longer kept.
    `note` is what one should know of it, such as why it is suppressed; empty for nothing.
    """

    id: DeliveryId
    subscription: SubscriptionId | None
    subscriptions: tuple[SubscriptionId, ...]
    channel: ChannelId
    kind: DeliveryKind
    state: DeliveryState
    alerts: tuple[AlertId, ...]
    planned_at: AwareDatetime
    next_at: AwareDatetime
    attempts: tuple[Attempt, ...]
    note: str
    told: tuple[Telling, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesBody:
    """Deliveries, newest first; `next` is the cursor of the page behind."""

    deliveries: tuple[DeliveryBody, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionBody:
    """Who wants what, with the keys of subscriptions.yml; null is nothing, or no condition.

    `origin` says where it was made, as `file:line` or `database`. `findings` say what is wrong by now
    with one that was made here; one that `is_overridden` is not in use, since a file has its id.
    """

    id: SubscriptionId
    name: str
    origin: str
    when: dict[str, Any]
    send: tuple[dict[str, Any], ...]
    paused_until: str | None
    last_alert_at: AwareDatetime | None
    alerts_in_30_days: int
    is_overridden: bool
    findings: tuple[FieldProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionsBody:
    """Every subscription, those of the files first."""

    subscriptions: tuple[SubscriptionBody, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBody:
    """A way out. Its options are not shown: some are secrets.

    `state` is open, or that in which the channel's own answer put it, with that answer as `reason`.
    """

    id: ChannelId
    type: str
    origin: str
    state: str
    reason: str | None


def channel_body(config: ChannelConfig, stopped: StoppedChannel | None) -> ChannelBody:
    """Return a channel as the API shows it; `stopped` says why nothing goes to it."""
    return ChannelBody(
        id=config.id,
        type=config.type,
        origin=config.origin,
        state=stopped.state if stopped else "open",
        reason=stopped.reason if stopped else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsBody:
    """Every channel of the configuration in use."""

    channels: tuple[ChannelBody, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationBody:
    """What is in use, by its hash, and why the files on disk are not, where they are not."""

    hash: str
    is_refused: bool
    findings: tuple[Finding, ...]


def events_body(page: EventsPage, *, watchlist: Watchlist) -> EventsBody:
    """Return a page of events as programs get it."""
    events = tuple(event_body(event, watchlist=watchlist) for event in page.events)
    return EventsBody(events=events, next=_cursor(page.next))


def deliveries_body(page: DeliveriesPage, *, tellings: Tellings) -> DeliveriesBody:
    """Return a page of deliveries as programs get it."""
    deliveries = tuple(delivery_body(one, told=tellings[one.id]) for one in page.deliveries)
    return DeliveriesBody(deliveries=deliveries, next=_cursor(page.next))


def delivery_body(delivery: Delivery, *, told: tuple[Telling, ...]) -> DeliveryBody:
    """Return a delivery as programs get it."""
    return DeliveryBody(
        id=delivery.id,
        subscription=delivery.subscriptions[0] if delivery.subscriptions else None,
        subscriptions=delivery.subscriptions,
        channel=delivery.channel,
        kind=delivery.kind,
        state=delivery.state,
        alerts=delivery.alerts,
        planned_at=delivery.planned_at,
        next_at=delivery.next_at,
        attempts=delivery.attempts,
        note=delivery.note,
        told=told,
    )


def subscription_body(
    subscription: Subscription,
    *,
    activity: Activity,
    findings: tuple[FieldProblem, ...] = (),
    is_overridden: bool = False,
) -> SubscriptionBody:
    """Return a subscription as programs get it."""
    entry = subscription_entry(subscription)
    return SubscriptionBody(
        id=subscription.id,
        name=subscription.name,
        origin=subscription.origin,
        when=entry["when"],
        send=tuple(entry["send"]),
        paused_until=entry["paused_until"],
        last_alert_at=activity.last_alert_at,
        alerts_in_30_days=activity.alerts,
        is_overridden=is_overridden,
        findings=findings,
    )


def _cursor(place: int | None) -> str | None:
    return None if place is None else str(place)
