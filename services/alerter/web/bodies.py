"""Bodies: what GET /api/v1/… answers, beside the event's own body. Field names only grow."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AwareDatetime

from services.alerter.database.queries import DeliveriesPage, EventsPage
from services.alerter.render.bodies import EventBody, event_body
from services.common.config.findings import Finding
from services.common.contracts.delivery import Attempt, Delivery, DeliveryKind, DeliveryState
from services.common.contracts.subscription import Digest, Quiet, Send, Subscription
from services.common.durations import format_duration
from services.common.ids import AlertId, ChannelId, DeliveryId, SubscriptionId
from services.common.watchlist import Watchlist

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsBody:
    """Events, newest first, withdrawn ones too; `next` is the cursor of the page behind."""

    events: tuple[EventBody, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryBody:
    """A delivery. `subscription` is the first of `subscriptions`: a chat message may serve several."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesBody:
    """Deliveries, newest first; `next` is the cursor of the page behind."""

    deliveries: tuple[DeliveryBody, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionsBody:
    """What must hold of an event; null is no condition."""

    companies: tuple[str, ...] | None
    types: tuple[str, ...] | None
    stages: tuple[str, ...] | None
    countries: tuple[str, ...] | None
    outlets: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBody:
    """A way out of a subscription. Durations, days and times as in subscriptions.yml."""

    to: ChannelId
    burst: str
    max_per_hour: int | None
    quiet: dict[str, str | list[str]] | None
    digest: dict[str, str | list[str]] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionBody:
    """Who wants what. `origin` says where it was made, as `file:line` or `database`."""

    id: SubscriptionId
    name: str
    origin: str
    when: ConditionsBody
    send: tuple[SendBody, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionsBody:
    """Every subscription, those of the files first."""

    subscriptions: tuple[SubscriptionBody, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBody:
    """A way out. Its options are not shown: some are secrets."""

    id: ChannelId
    type: str
    origin: str


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


def deliveries_body(page: DeliveriesPage) -> DeliveriesBody:
    """Return a page of deliveries as programs get it."""
    deliveries = tuple(delivery_body(delivery) for delivery in page.deliveries)
    return DeliveriesBody(deliveries=deliveries, next=_cursor(page.next))


def delivery_body(delivery: Delivery) -> DeliveryBody:
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
    )


def subscription_body(subscription: Subscription) -> SubscriptionBody:
    """Return a subscription as programs get it."""
    when = subscription.when
    return SubscriptionBody(
        id=subscription.id,
        name=subscription.name,
        origin=subscription.origin,
        when=ConditionsBody(
            companies=when.companies,
            types=when.types,
            stages=when.stages,
            countries=when.countries,
            outlets=when.outlets,
        ),
        send=tuple(_send_body(send) for send in subscription.sends),
    )


def _send_body(send: Send) -> SendBody:
    return SendBody(
        to=send.to,
        burst=format_duration(send.burst),
        max_per_hour=send.max_per_hour,
        quiet=None if send.quiet is None else _quiet_body(send.quiet),
        digest=None if send.digest is None else _digest_body(send.digest),
    )


def _quiet_body(quiet: Quiet) -> dict[str, str | list[str]]:
    return {
        "days": [_DAYS[day - 1] for day in sorted(quiet.days)],
        "from": f"{quiet.begins:%H:%M}",
        "to": f"{quiet.ends:%H:%M}",
        "zone": quiet.zone,
    }


def _digest_body(digest: Digest) -> dict[str, str | list[str]]:
    return {
        "at": f"{digest.at:%H:%M}",
        "days": [_DAYS[day - 1] for day in sorted(digest.days)],
        "zone": digest.zone,
    }


def _cursor(place: int | None) -> str | None:
    return None if place is None else str(place)
