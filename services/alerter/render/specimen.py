"""Specimen: a message on an event that is given, or on one that was made up for a test."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.alerter.render.bodies import EventBody, StoryBody
from services.alerter.render.message import Message, message_of
from services.common.contracts.alert import Alert, Reason
from services.common.contracts.company import Alias, Company
from services.common.contracts.delivery import Delivery, DeliveryKind, DeliveryState
from services.common.contracts.event import ChangeKind, Event, EventChange, EventStory
from services.common.contracts.reading import Focus, Involvement, Role, Stage
from services.common.ids import (
    ChannelId,
    CompanyId,
    EventId,
    StoryId,
    SubscriptionId,
    alert_id,
    delivery_id,
)
from services.common.watchlist import Watchlist

SUBSCRIPTION = SubscriptionId("kabar-test")
TEST_NOTE = "This is a test: nothing happened"
TEST_MARK = "TEST: "

_BODY = TypeAdapter(EventBody)


def event_body_of(document: Any) -> EventBody:
    """Return the event of a JSON document: itself, the first of `events`, or that of an alert.

    Raises:
        ValueError: it is none, with the first place and what is wrong there.
    """
    if isinstance(document, dict) and isinstance(document.get("events"), list):
        if not document["events"]:
            raise ValueError("its list of events is empty")
        document = document["events"][0]
    if isinstance(document, dict) and isinstance(document.get("event"), dict):
        document = document["event"]
    try:
        # As JSON: what a contract holds inside is strict, and takes no mapping from Python.
        return _BODY.validate_json(json.dumps(document))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the document"
        raise ValueError(f"{place}: {first['msg']}") from error


def message_on(body: EventBody, *, now: datetime) -> Message:
    """Return the message of a new alert of an event as programs get it."""
    event = _event(body)
    names = [
        Company(id=one.id, name=one.name, names=(Alias(text=one.name),)) for one in body.companies
    ]
    return _message(event, Watchlist.of(names), now=now)


def test_message(*, now: datetime) -> Message:
    """Return a message that is marked as a test in its sentence and its note; give it an id of its own."""
    company = CompanyId("example-company")
    story = EventStory(
        id=StoryId("st_test"),
        outlet="Example Wire",
        title="Contoh: layanan dihentikan di Indonesia",
        url="https://example.org/test",
        lang="id",
        published=now,
        seen_at=now,
        stage=Stage.CONFIRMED,
        focus=Focus.MAIN,
        quote="layanan dihentikan",
    )
    event = Event(
        id=EventId("ev_test"),
        type="shutdown",
        stage=Stage.CONFIRMED,
        companies=(Involvement(id=company, role=Role.TARGET),),
        countries=("ID",),
        confidence=1.0,
        first_seen=now,
        outlets=1,
        stories=(story,),
    )
    named = Company(id=company, name="Example Company", names=(Alias(text="Example Company"),))
    message = _message(event, Watchlist.of((named,)), now=now)
    [section] = message.sections
    marked = replace(section.alert, sentence=f"{TEST_MARK}{section.alert.sentence}")
    return replace(message, sections=(replace(section, alert=marked),), note=TEST_NOTE)


def _event(body: EventBody) -> Event:
    return Event(
        id=body.id,
        type=body.type,
        stage=body.stage,
        previous_stage=body.previous_stage,
        disputed=body.disputed,
        withdrawn=body.withdrawn,
        companies=tuple(Involvement(id=one.id, role=one.role) for one in body.companies),
        others=body.others,
        countries=body.countries,
        scope=body.scope,
        authority=body.authority,
        date=body.date,
        amount=body.amount,
        confidence=body.confidence,
        first_seen=body.first_seen,
        outlets=len({story.outlet for story in body.stories}),
        stories=tuple(_story(story, body) for story in body.stories),
    )


def _story(story: StoryBody, body: EventBody) -> EventStory:
    return EventStory(
        id=story.id,
        outlet=story.outlet,
        title=story.title,
        url=story.url,
        lang=story.lang,
        published=story.published,
        seen_at=story.published or body.first_seen,
        stage=body.stage,
        focus=Focus.MAIN,
        quote=story.quote,
    )


def _message(event: Event, watchlist: Watchlist, *, now: datetime) -> Message:
    cause = event.stories[-1].id if event.stories else StoryId("st_none")
    change = EventChange(seq=1, at=now, kind=ChangeKind.OPENED, cause=cause, event=event)
    alert = Alert(
        id=alert_id(SUBSCRIPTION, event.id, Reason.NEW, event.stage, 0),
        subscription=SUBSCRIPTION,
        event=event.id,
        reason=Reason.NEW,
        stage=event.stage,
        round=0,
        change_seq=1,
        at=now,
    )
    channel = ChannelId("test")
    delivery = Delivery(
        id=delivery_id(channel, DeliveryKind.MESSAGE, alert.id),
        channel=channel,
        kind=DeliveryKind.MESSAGE,
        state=DeliveryState.DUE,
        subscriptions=(SUBSCRIPTION,),
        alerts=(alert.id,),
        planned_at=now,
        next_at=now,
    )
    return message_of(delivery, [(alert, change)], watchlist=watchlist)
