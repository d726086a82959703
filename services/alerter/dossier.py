"""Dossier: all that is known of one event, for somebody who must prove it: sources, words, who was told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import AwareDatetime

from services.alerter.database import queries
from services.alerter.render.bodies import EventBody, event_body
from services.alerter.render.message import as_told
from services.alerter.render.sentence import sentence
from services.alerter.tracking.sighting import Sighting
from services.alerter.tracking.snapshot import event_story
from services.common.contracts.alert import Alert, Reason
from services.common.contracts.codec import decode
from services.common.contracts.delivery import Attempt, Delivery, DeliveryKind, DeliveryState
from services.common.contracts.event import ChangeKind, Event, EventChange, EventStory
from services.common.contracts.reading import Evidence, Focus, Stage, StoryHead
from services.common.ids import (
    AlertId,
    ChannelId,
    DeliveryId,
    EventId,
    StoryId,
    SubscriptionId,
)
from services.common.watchlist import Watchlist


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierStory:
    """A story that tells the event, or told it: then `is_current` is false.

    `content_hash` changes with its title or text, `text_hash` is the same for copies of one text; both
    are None for a story of which nothing but its head is kept. `evidence` are the words that each field
    rests on, in the language of the story.
    """

    id: StoryId
    outlet: str
    title: str
    url: str
    lang: str
    published: AwareDatetime | None
    seen_at: AwareDatetime
    revised_at: AwareDatetime | None
    content_hash: str | None
    text_hash: str | None
    stage: Stage
    focus: Focus
    quote: str
    is_copy: bool
    is_current: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierChange:
    """A change of the event: when it was tracked, what it did, and the story that brought it."""

    seq: int
    at: AwareDatetime
    kind: ChangeKind
    stage: Stage
    disputed: Stage | None
    sentence: str
    story: StoryId
    outlet: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierDelivery:
    """A message that carried an alert, and every attempt to send it."""

    id: DeliveryId
    channel: ChannelId
    kind: DeliveryKind
    state: DeliveryState
    planned_at: AwareDatetime
    note: str
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierAlert:
    """What one subscription was told, as it stood then; suppressed messages say why they did not go."""

    id: AlertId
    subscription: SubscriptionId
    reason: Reason
    stage: Stage
    at: AwareDatetime
    sentence: str
    deliveries: tuple[DossierDelivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that is known of `event` at `made_at`; stories in the order in which they were told."""

    made_at: AwareDatetime
    sentence: str
    event: EventBody
    absorbed: tuple[EventId, ...]
    stories: tuple[DossierStory, ...]
    changes: tuple[DossierChange, ...]
    told: tuple[DossierAlert, ...]


def dossier_of(
    connection: sqlite3.Connection, event: Event, *, watchlist: Watchlist, now: datetime
) -> Dossier:
    """Return the dossier of `event`, with what was told of the events that it absorbed."""
    changes = [
        change
        for one in (event.id, *event.absorbed)
        for change in queries.changes_of_event(connection, one)
    ]
    changes.sort(key=lambda change: change.seq)
    return Dossier(
        made_at=now,
        sentence=sentence(event, watchlist=watchlist),
        event=event_body(event, watchlist=watchlist),
        absorbed=event.absorbed,
        stories=tuple(_stories(connection, event, changes)),
        changes=tuple(_change(change, watchlist) for change in changes),
        told=tuple(_told(connection, event, changes, watchlist)),
    )


def _stories(
    connection: sqlite3.Connection, event: Event, changes: Iterable[EventChange]
) -> list[DossierStory]:
    shown = {story.id: story for story in event.stories}
    found = {
        (sighting.story.story_id, sighting.report.report_id): _told_story(sighting, shown)
        for sighting in _sightings(connection, event.id)
    }
    current = {story for story, _ in found}
    earlier = {story.id: story for change in changes for story in change.event.stories}
    gone = (
        _gone_story(connection, story, is_current=story.id in shown)
        for story in earlier.values()
        if story.id not in current
    )
    return sorted((*found.values(), *gone), key=lambda story: story.published or story.seen_at)


def _sightings(connection: sqlite3.Connection, event: EventId) -> Iterator[Sighting]:
    rows = connection.execute(
        "SELECT record FROM sightings WHERE event_id = ? ORDER BY told_at", (event,)
    )
    return (decode(Sighting, record) for (record,) in rows)


def _told_story(sighting: Sighting, shown: Mapping[StoryId, EventStory]) -> DossierStory:
    """Return the story of a report, with the words that the event shows of it if it does."""
    story = event_story(sighting, is_copy=False)
    if (of_event := shown.get(story.id)) is not None:
        story = replace(story, quote=of_event.quote, is_copy=of_event.is_copy)
    found = _dossier_story(story, head=sighting.story, text_hash=sighting.text_hash)
    return replace(found, evidence=sighting.report.evidence)


def _gone_story(
    connection: sqlite3.Connection, story: EventStory, *, is_current: bool
) -> DossierStory:
    """Return a story of which no report is kept; its reading may be, and has its hashes."""
    reading = queries.reading_of(connection, story.id)
    head, text_hash = (None, None) if reading is None else (reading.story, reading.text_hash)
    return replace(_dossier_story(story, head=head, text_hash=text_hash), is_current=is_current)


def _dossier_story(
    story: EventStory, *, head: StoryHead | None, text_hash: str | None
) -> DossierStory:
    """Return a story that tells the event, without the places of its words."""
    return DossierStory(
        id=story.id,
        outlet=story.outlet,
        title=story.title,
        url=story.url,
        lang=story.lang,
        published=story.published,
        seen_at=story.seen_at,
        revised_at=None if head is None else head.revised_at,
        content_hash=None if head is None else head.content_hash,
        text_hash=text_hash,
        stage=story.stage,
        focus=story.focus,
        quote=story.quote,
        is_copy=story.is_copy,
        is_current=True,
        evidence=(),
    )


def _change(change: EventChange, watchlist: Watchlist) -> DossierChange:
    outlets = (story.outlet for story in change.event.stories if story.id == change.cause)
    return DossierChange(
        seq=change.seq,
        at=change.at,
        kind=change.kind,
        stage=change.event.stage,
        disputed=change.event.disputed,
        sentence=sentence(change.event, watchlist=watchlist),
        story=change.cause,
        outlet=next(outlets, None),
    )


def _told(
    connection: sqlite3.Connection,
    event: Event,
    changes: Iterable[EventChange],
    watchlist: Watchlist,
) -> list[DossierAlert]:
    by_seq = {change.seq: change.event for change in changes}
    alerts = [
        alert
        for one in (event.id, *event.absorbed)
        for alert in queries.alerts_of_event(connection, one)
    ]
    carrying = queries.deliveries_of_alerts(connection, [alert.id for alert in alerts])
    shown = {one.id: _delivery(one) for of_one in carrying.values() for one in of_one}

    sentences: dict[tuple[object, ...], str] = {}

    def said(alert: Alert) -> str:
        """Return the sentence, made once for all who were told the same: they may be ten thousand."""
        places = (alert.still_in, alert.ended_in, alert.other_stage)
        alike = (alert.change_seq, alert.reason, alert.stage, *places)
        if alike not in sentences:
            then = by_seq.get(alert.change_seq, event)
            sentences[alike] = _sentence_then(alert, then, watchlist)
        return sentences[alike]

    told = (
        DossierAlert(
            id=alert.id,
            subscription=alert.subscription,
            reason=alert.reason,
            stage=alert.stage,
            at=alert.at,
            sentence=said(alert),
            deliveries=tuple(shown[one.id] for one in carrying.get(alert.id, ())),
        )
        for alert in alerts
    )
    return sorted(told, key=lambda alert: (alert.at, alert.subscription))


def _sentence_then(alert: Alert, event: Event, watchlist: Watchlist) -> str:
    return sentence(as_told(alert, event), watchlist=watchlist, reason=alert.reason)


def _delivery(delivery: Delivery) -> DossierDelivery:
    return DossierDelivery(
        id=delivery.id,
        channel=delivery.channel,
        kind=delivery.kind,
        state=delivery.state,
        planned_at=delivery.planned_at,
        note=delivery.note,
        attempts=delivery.attempts,
    )
