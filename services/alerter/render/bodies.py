"""Bodies: an event as programs get it, in the webhook's body and from GET /api/v1/events alike.

The field names are an outside interface: they only grow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import AwareDatetime

from services.alerter.render.units import code_points, cut_to
from services.common.contracts.alert import Alert, Reason
from services.common.contracts.codec import encode
from services.common.contracts.event import Event, EventStory
from services.common.contracts.reading import Amount, OtherParty, Role, Stage
from services.common.ids import AlertId, CompanyId, EventId, StoryId, SubscriptionId
from services.common.watchlist import Watchlist

MAX_TITLE = 1_000
"""Code points: a hundred titles longer than that make a body that servers refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyBody:
    """A company in an event, with the name that people know."""

    id: CompanyId
    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryBody:
    """A story that tells the event; `quote` are its words for it, in `lang`."""

    id: StoryId
    outlet: str
    title: str
    url: str
    lang: str
    published: AwareDatetime | None
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBody:
    """An event. `disputed` names the contested stage; `companies` are all with a role; `countries` are
    those of its stage, without those in which it still stands.
    """

    id: EventId
    type: str
    stage: Stage
    previous_stage: Stage | None
    companies: tuple[CompanyBody, ...]
    others: tuple[OtherParty, ...]
    countries: tuple[str, ...]
    scope: str | None
    authority: str | None
    date: str | None
    amount: Amount | None
    confidence: float
    disputed: Stage | None
    withdrawn: bool
    first_seen: AwareDatetime
    stories: tuple[StoryBody, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertBody:
    """An alert with its sentence and the event as it stood when the alert was decided."""

    alert_id: AlertId
    reason: Reason
    sentence: str
    event: EventBody


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAlerts:
    """What a webhook's subscription is told."""

    subscription: SubscriptionId
    alerts: tuple[AlertBody, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookBody:
    """The body of a webhook, in the frame of Standard Webhooks."""

    type: str
    timestamp: AwareDatetime
    data: WebhookAlerts


def event_body(event: Event, *, watchlist: Watchlist) -> EventBody:
    """Return `event` as programs get it; a company that was removed since is named by its id."""
    return EventBody(
        id=event.id,
        type=event.type,
        stage=event.stage,
        previous_stage=event.previous_stage,
        companies=tuple(
            CompanyBody(id=company.id, name=watchlist.name_of(company.id), role=company.role)
            for company in event.companies
        ),
        others=event.others,
        countries=event.ended_in,
        scope=event.scope,
        authority=event.authority,
        date=event.date,
        amount=event.amount,
        confidence=event.confidence,
        disputed=event.disputed,
        withdrawn=event.withdrawn,
        first_seen=event.first_seen,
        stories=tuple(_story_body(story) for story in event.stories),
    )


def alert_body(alert: Alert, *, event: EventBody, sentence: str) -> AlertBody:
    """Return `alert` as programs get it."""
    return AlertBody(alert_id=alert.id, reason=alert.reason, sentence=sentence, event=event)


def webhook_body(
    alerts: Iterable[AlertBody], *, subscription: SubscriptionId, planned_at: AwareDatetime
) -> bytes:
    """Return the JSON of a webhook; the same for every attempt of a delivery."""
    data = WebhookAlerts(subscription=subscription, alerts=tuple(alerts))
    return encode(WebhookBody(type="kabar.alerts", timestamp=planned_at, data=data))


def _story_body(story: EventStory) -> StoryBody:
    return StoryBody(
        id=story.id,
        outlet=story.outlet,
        title=cut_to(story.title, MAX_TITLE, unit=code_points),
        url=story.url,
        lang=story.lang,
        published=story.published,
        quote=story.quote,
    )
