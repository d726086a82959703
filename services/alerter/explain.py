"""Explain: why a subscription is told of an event, or of what a story says, or why it is not."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import AwareDatetime

from services.alerter.database import queries
from services.alerter.database.gathered import waiting_of
from services.alerter.database.telling import ToldBatch
from services.alerter.gathering import Gathered
from services.alerter.matching import Explanation, explain
from services.alerter.render.sentence import sentence
from services.common.contracts.alert import Alert
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.contracts.event import Event, EventStory
from services.common.contracts.reading import Focus, Reading, Stage
from services.common.contracts.subscription import Subscription
from services.common.errors import KabarError
from services.common.ids import (
    AlertId,
    ChannelId,
    DeliveryId,
    EventId,
    StoryId,
    SubscriptionId,
)
from services.common.watchlist import Watchlist


class UnknownSubjectError(KabarError):
    """Nothing here has this id or address: it was never read, or is too long ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionBody:
    """One condition of the subscription as it met the event."""

    name: str
    holds: bool
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBody:
    """One alert that was decided, and how far its message to one channel came."""

    alert: AlertId
    reason: str
    stage: Stage
    at: AwareDatetime
    channel: ChannelId | None
    delivery: DeliveryId | None
    state: DeliveryState | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAccount:
    """An event as the subscription sees it: `told` so far, and what its newest change would do."""

    event: EventId
    sentence: str
    is_told: bool
    would_be_told: bool
    outcome: str
    conditions: tuple[ConditionBody, ...]
    told: tuple[ToldBody, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionAccount:
    """A tracked company that the classifier saw; `unreported` is why it is in no report."""

    company: str
    name: str
    unreported: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAccount:
    """What the classifier read in the story."""

    type: str
    stage: Stage
    focus: str
    companies: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryAccount:
    """A story as the classifier saw it."""

    story: str
    url: str
    outlet: str
    title: str
    language: str
    mentions: tuple[MentionAccount, ...]
    reports: tuple[ReportAccount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The answer: `is_told` when something of it was sent, is on its way or would be.

    `story` is there when a story was asked for. `outcome` says it all in a sentence.
    """

    of: str
    subscription: SubscriptionId
    is_told: bool
    outcome: str
    events: tuple[EventAccount, ...]
    story: StoryAccount | None


def account_of(
    connection: sqlite3.Connection, of: str, *, subscription: Subscription, watchlist: Watchlist
) -> Account:
    """Return why `subscription` is told of the event or story `of`, or why it is not.

    `of` is an event's id, a story's id or a story's address.

    Raises:
        UnknownSubjectError: there is no such event or story.
    """
    reading = None if of.startswith("ev_") else queries.reading_of(connection, of)
    if of.startswith("ev_"):
        events = _event_or_successor(connection, EventId(of))
    elif reading is not None:
        events = queries.events_of_story(connection, reading.story.story_id)
    else:
        events = []
    if not events and reading is None:
        raise UnknownSubjectError(
            f"Nothing here is called {of}: no event and no story of the last weeks."
        )
    story = None if reading is None else reading.story.story_id
    accounts = tuple(
        _account(connection, event, subscription, watchlist, story=story) for event in events
    )
    return Account(
        of=of,
        subscription=subscription.id,
        is_told=any(account.is_told or account.would_be_told for account in accounts),
        outcome=_outcome(accounts, reading),
        events=accounts,
        story=None if reading is None else _story_account(reading, watchlist),
    )


def _event_or_successor(connection: sqlite3.Connection, event: EventId) -> list[Event]:
    """Return the event; the one that it was merged into, where it was."""
    found = queries.event_of(connection, event)
    if found is not None and found.merged_into is not None:
        found = queries.event_of(connection, found.merged_into) or found
    return [] if found is None else [found]


def _account(
    connection: sqlite3.Connection,
    event: Event,
    subscription: Subscription,
    watchlist: Watchlist,
    *,
    story: StoryId | None,
) -> EventAccount:
    """Return what was told of `event`, and what its newest change would do where nothing was.

    `story` is the one that was asked for: where it contradicts the event, what that waits for too.
    """
    alerts = ToldBatch(connection).told_of(event).get(subscription.id, [])
    newest = queries.changes_of_event(connection, event.id)[-1]
    explained = explain(newest, subscription=subscription, told=alerts, watchlist=watchlist)
    told = tuple(
        body
        for alert in _decided(connection, event, subscription)
        for body in _told_bodies(connection, alert)
    )
    silenced = tuple(one for one in told if one.state is DeliveryState.SUPPRESSED)
    conditions = tuple(
        ConditionBody(name=one.name, holds=one.holds, expected=one.expected, found=one.found)
        for one in explained.conditions
    )
    outcome = _told_outcome(told) if told else _untold_outcome(explained)
    return EventAccount(
        event=event.id,
        sentence=sentence(event, watchlist=watchlist),
        is_told=len(told) > len(silenced),
        would_be_told=explained.reason is not None and not silenced,
        outcome=f"{outcome} {_waiting(event, story)}".rstrip(),
        conditions=(*conditions, *map(_silence, silenced)),
        told=told,
    )


def _decided(
    connection: sqlite3.Connection, event: Event, subscription: Subscription
) -> list[Alert]:
    """Return every alert of the event and of those it absorbed, those that went to nobody too."""
    alerts = [
        alert
        for one in (event.id, *event.absorbed)
        for alert in queries.alerts_of_event(connection, one, subscription=subscription.id)
    ]
    return sorted(alerts, key=lambda alert: alert.change_seq)


def _silence(told: ToldBody) -> ConditionBody:
    """Return what kept an alert back, as a condition that did not hold."""
    return ConditionBody(name="silence", holds=False, expected="none", found=told.note)


def _told_bodies(connection: sqlite3.Connection, alert: Alert) -> list[ToldBody]:
    """Return one body for each channel, of those that wait for a later message too.

    After `kabar rebuild` an alert counts as told though no message carries it.
    """
    carrying = queries.deliveries_of_alerts(connection, [alert.id]).get(alert.id, ())
    sent = [_sent(alert, one) for one in carrying]
    gathered = [_gathered(alert, one) for one in waiting_of(connection, alert.id)]
    return [*sent, *gathered] or [_body(alert, note="counts as told, without a message")]


def _sent(alert: Alert, delivery: Delivery) -> ToldBody:
    held = delivery.state is DeliveryState.HELD
    return replace(
        _body(alert, note=_why_held(delivery) if held else delivery.note),
        channel=delivery.channel,
        delivery=delivery.id,
        state=delivery.state,
    )


def _why_held(delivery: Delivery) -> str:
    """Return what paused the channel of a held one, else until when it waits."""
    refused = delivery.attempts[-1].reason if delivery.attempts else ""
    why = f"after {refused}" if refused else f"until {_minute(delivery.next_at)} or later"
    return "; ".join(filter(None, [why, delivery.note]))


def _gathered(alert: Alert, one: Gathered) -> ToldBody:
    note = f"waits for the {one.kind} that goes at {_minute(one.closes_at)} or later"
    return replace(_body(alert, note=note), channel=one.channel)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _body(alert: Alert, *, note: str) -> ToldBody:
    return ToldBody(
        alert=alert.id,
        reason=alert.reason,
        stage=alert.stage,
        at=alert.at,
        channel=None,
        delivery=None,
        state=None,
        note=note,
    )


def _untold_outcome(explained: Explanation) -> str:
    if explained.reason is None:
        return explained.sentence
    return (
        "Not told yet: every condition matches now, and did not when it changed last: the subscription"
        " is younger, or was changed since. Its next change is told."
    )


def _waiting(event: Event, story: StoryId | None) -> str:
    """Return why `story`, which says otherwise than the event, told nobody; empty where it does not."""
    said = next((told.stage for told in event.stories if told.id == story and _counts(told)), None)
    if event.disputed is None or said != event.disputed:
        return ""
    outlets = {told.outlet for told in event.stories if told.stage == said and _counts(told)}
    if len(outlets) > 1:
        return (
            f"This story says {said}, as {len(outlets)} outlets do: it waits for more that agree, and"
            f" {event.stage} holds until then."
        )
    return (
        f"This story says {said}, as nobody else does: it waits for a second outlet that agrees, and"
        f" {event.stage} holds until then."
    )


def _counts(told: EventStory) -> bool:
    """Return whether a story counts for its stage: it is about the event, in words of its own."""
    return told.focus is Focus.MAIN and not told.is_copy


def _told_outcome(told: tuple[ToldBody, ...]) -> str:
    if all(one.state is DeliveryState.SUPPRESSED for one in told):
        notes = dict.fromkeys(one.note.rstrip(".") for one in told)
        return f"Not told: {'; '.join(notes)}."
    ways = (
        f"{one.reason}{f' to {one.channel}' if one.channel else ''}: {_how(one)}" for one in told
    )
    return f"Told: {', '.join(ways)}."


def _how(told: ToldBody) -> str:
    """Return how far it came; of a held one also why or until when."""
    if told.state is DeliveryState.HELD:
        return f"{told.state} {told.note}"
    return told.state or told.note


def _story_account(reading: Reading, watchlist: Watchlist) -> StoryAccount:
    head = reading.story
    return StoryAccount(
        story=head.story_id,
        url=head.url,
        outlet=head.outlet,
        title=head.title,
        language=head.language,
        mentions=tuple(
            MentionAccount(
                company=mention.company_id,
                name=watchlist.name_of(mention.company_id),
                unreported=mention.unreported,
            )
            for mention in reading.mentions
        ),
        reports=tuple(
            ReportAccount(
                type=report.type,
                stage=report.stage,
                focus=report.focus,
                companies=tuple(f"{company.id} ({company.role})" for company in report.companies),
                confidence=report.confidence,
            )
            for report in reading.reports
        ),
    )


def _outcome(accounts: tuple[EventAccount, ...], reading: Reading | None) -> str:
    if accounts:
        return " ".join(dict.fromkeys(account.outcome for account in accounts))
    if reading is None or reading.reports:
        return "The story tells history only, of events that nobody reports now."
    if not reading.mentions:
        return (
            "The classifier found no watched company in the story; `kabar classify --explain` says"
            " which names in it are nobody watched, and why."
        )
    reasons = (mention.unreported or "no event" for mention in reading.mentions)
    return f"The story names watched companies and reports no event: {'; '.join(reasons)}."
