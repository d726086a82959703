"""Message: the document that a delivery carries, from which each channel writes its own form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import AwareDatetime

from services.alerter.render.bodies import AlertBody, EventBody, StoryBody, alert_body, event_body
from services.alerter.render.sentence import sentence
from services.alerter.render.words import enumeration, one_line, shortened
from services.common.contracts.alert import Alert, Reason
from services.common.contracts.delivery import Delivery, DeliveryKind
from services.common.contracts.event import Event, EventChange
from services.common.ids import DeliveryId, SubscriptionId
from services.common.watchlist import Watchlist

T = TypeVar("T")

_MAX_NAME = 40

_KNOWN_LONGEST_LAST = (
    Reason.NEW,
    Reason.LATE,
    Reason.STAGE,
    Reason.CORRECTION,
    Reason.WITHDRAWN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One alert of a message. `quoted` is the story whose words stand under the sentence."""

    alert: AlertBody
    quoted: StoryBody | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one delivery says. `id` goes along as the channel's handle, the same at every attempt.

    `subscriptions` are those whose alerts it carries, one for a webhook. `note` is for the reader,
    empty for nothing. A proof of life and a notice have no sections: `note` is all they say. With
    `is_plain` a channel sends its plainest form: it refused the usual one.
    """

    id: DeliveryId
    kind: DeliveryKind
    subscriptions: tuple[SubscriptionId, ...]
    planned_at: AwareDatetime
    sections: tuple[Section, ...]
    note: str = ""
    is_plain: bool = False


def message_of(
    delivery: Delivery, told: Iterable[tuple[Alert, EventChange]], *, watchlist: Watchlist
) -> Message:
    """Return the message of `delivery`: its alerts, each with the change that it tells, as it stood.

    What several subscriptions are told of one change stands there once, with the reason of those
    who know the event longest: whoever reads the channel has seen what they were told before.
    """
    changes = each_once((change.seq, alert, change) for alert, change in told)
    return Message(
        id=delivery.id,
        kind=delivery.kind,
        subscriptions=delivery.subscriptions,
        planned_at=delivery.planned_at,
        sections=tuple(_section(alert, change, watchlist) for alert, change in changes),
        note=delivery.note,
        is_plain=delivery.is_plain,
    )


def each_once(told: Iterable[tuple[int, Alert, T]]) -> list[tuple[Alert, T]]:
    """Return what goes with each change, by its number, once: with who is told of more of its countries,
    else with who knows the event longest.
    """
    once: dict[int, tuple[Alert, T]] = {}
    for seq, alert, what in told:
        other = once.get(seq)
        if other is None or _rank(alert) > _rank(other[0]):
            once[seq] = (alert, what)
    return list(once.values())


def quotation(story: StoryBody) -> str:
    """Return the story's own words for people: its title, and the quote where that says more."""
    title, quote = one_line(story.title), one_line(story.quote)
    if not title or not quote or quote.casefold() in title.casefold():
        return title or quote
    return f"{title} […] {quote}"


def heading(sections: Sequence[Section], *, said: str = "") -> str:
    """Return what stands over several alerts: "kabar: 3 alerts on TikTok and Grab". `said` goes before."""
    names = dict.fromkeys(first_named(section.alert.event) for section in sections)
    known = [name for name in names if name is not None]
    on = f" on {enumeration(known, rest='more')}" if known else ""
    return f"kabar: {said}{len(sections)} alerts{on}"


def first_named(event: EventBody) -> str | None:
    """Return the company that an event was opened with, others may join it later; None for no company."""
    anchors = [company for company in event.companies if company.role in {"target", "actor"}]
    named = [*anchors, *event.companies][:1]
    return shortened(named[0].name, code_points=_MAX_NAME) if named else None


def as_told(alert: Alert, event: Event) -> Event:
    """Return the event as `alert` tells it: by its end, or by where it still stands."""
    if not alert.still_in or event.still is None or alert.stage != event.still.stage:
        return event
    return event.standing_first() if alert.ended_in else event.where_it_stands()


def _rank(alert: Alert) -> tuple[bool, int]:
    known = _KNOWN_LONGEST_LAST
    place = known.index(alert.reason) if alert.reason in known else -1
    return alert.other_stage is not None, place


def _section(alert: Alert, change: EventChange, watchlist: Watchlist) -> Section:
    happening = as_told(alert, change.event)
    event = event_body(happening, watchlist=watchlist)
    said = sentence(happening, watchlist=watchlist, reason=alert.reason)
    return Section(
        alert=alert_body(alert, event=event, sentence=said), quoted=_quoted(event, change)
    )


def _quoted(event: EventBody, change: EventChange) -> StoryBody | None:
    """Return the story that brought the change; the newest one where that is not shown."""
    by_id = {story.id: story for story in event.stories}
    return by_id.get(change.cause) or next(reversed(event.stories), None)
