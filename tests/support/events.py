"""Events, changes and alerts that are valid as they stand."""

from __future__ import annotations

from typing import Any

from services.common.contracts.alert import Alert, Reason
from services.common.contracts.event import ChangeKind, Event, EventChange, EventStory
from services.common.contracts.reading import Focus, Involvement, Role, Stage
from services.common.ids import (
    CompanyId,
    EventId,
    StoryId,
    SubscriptionId,
    alert_id,
    event_id,
    report_id,
)
from tests.support.builders import NOON


def an_event_story(
    story: str = "st_one", outlet: str = "Example Wire", **changes: Any
) -> EventStory:
    """Return a story that tells a confirmed event."""
    fields: dict[str, Any] = {
        "id": StoryId(story),
        "outlet": outlet,
        "title": "India bans TikTok",
        "url": f"https://example.org/{story}",
        "lang": "en",
        "published": NOON,
        "seen_at": NOON,
        "stage": Stage.CONFIRMED,
        "focus": Focus.MAIN,
        "quote": "bans TikTok",
        "quote_start": 6,
        "confidence": 0.9,
    }
    return EventStory(**{**fields, **changes})


def an_event(key: str = "one", *, target: str = "tiktok", **changes: Any) -> Event:
    """Return a ban of `target` told by one outlet; `key` makes its id."""
    fields: dict[str, Any] = {
        "id": event_id(report_id(StoryId(f"st_{key}"), "ban", target, 0)),
        "type": "ban",
        "stage": Stage.CONFIRMED,
        "companies": (Involvement(id=CompanyId(target), role=Role.TARGET),),
        "confidence": 0.9,
        "first_seen": NOON,
        "outlets": 1,
        "stories": (an_event_story(f"st_{key}"),),
    }
    return Event(**{**fields, **changes})


def a_change(event: Event | None = None, *, seq: int = 1, **changes: Any) -> EventChange:
    """Return the change that opened `event`."""
    fields: dict[str, Any] = {
        "seq": seq,
        "at": NOON,
        "kind": ChangeKind.OPENED,
        "cause": StoryId("st_one"),
        "event": event or an_event(),
    }
    return EventChange(**{**fields, **changes})


def an_alert(
    subscription: str = "everything", event: EventId | None = None, **changes: Any
) -> Alert:
    """Return the first alert of an event to `subscription`."""
    of = event or an_event().id
    fields: dict[str, Any] = {
        "id": alert_id(SubscriptionId(subscription), of, Reason.NEW, Stage.CONFIRMED, 0),
        "subscription": SubscriptionId(subscription),
        "event": of,
        "reason": Reason.NEW,
        "stage": Stage.CONFIRMED,
        "round": 0,
        "change_seq": 1,
        "at": NOON,
    }
    return Alert(**{**fields, **changes})
