"""The event page: how it went, who tells it in which words, who was told, what people did about it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from services.alerter.database import queries, silence
from services.alerter.operator import Matter
from services.alerter.render.words import place_words
from services.alerter.web.api import dossier_from
from services.alerter.web.cards import Marked, StageMark, card_of, marked
from services.alerter.web.operator_routes import done, operator_of
from services.alerter.web.pages.frame import Frame
from services.alerter.web.sources import Sources
from services.alerter.web.templating import Templates
from services.common.contracts.alert import Alert
from services.common.contracts.delivery import Delivery
from services.common.contracts.event import ChangeKind, Event, EventChange
from services.common.contracts.mute import Acknowledgement, Mute
from services.common.contracts.reading import Evidence, Reading
from services.common.ids import EventId
from services.common.watchlist import Watchlist

_MOST_STORIES_WITH_EVIDENCE = 40
_MOST_TOLD = 100
_MUTED_FOR = timedelta(days=1)
_WHO = "somebody at the page"

_WORDS = {
    ChangeKind.OPENED: "first told",
    ChangeKind.STAGE: "moved on",
    ChangeKind.CORRECTION: "corrected",
    ChangeKind.DISPUTED: "disputed",
    ChangeKind.WITHDRAWN: "withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change that a reader of the history wants to see."""

    at: datetime
    stage: StageMark
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one subscription was told, and the messages that carried it."""

    alert: Alert
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """All that the page shows of an event, in one snapshot; `told` are the last of its `alerts`."""

    event: Event
    changes: tuple[EventChange, ...]
    told: tuple[Told, ...]
    alerts: int
    readings: tuple[Reading, ...]
    seen: tuple[Acknowledgement, ...]
    mutes: tuple[Mute, ...]


def event_routes(frame: Frame, sources: Sources, templates: Templates) -> list[Route]:
    """Return the page of one event with what can be done there, and its dossier as a file."""

    async def page(request: Request) -> Response:
        event_id = EventId(request.path_params["event_id"])
        record = await sources.database.read(_record, event_id, now=sources.clock.now())
        if record is None:
            raise HTTPException(404, f"There is no event {event_id}.")
        if record.event.id != event_id:
            return RedirectResponse(f"/events/{record.event.id}", status_code=303)
        watchlist = sources.configuration().watchlist
        return await frame.page(
            request,
            "event.html",
            event=card_of(record.event, watchlist=watchlist),
            steps=steps_of(record.changes),
            evidence=evidence_of(record.event, record.readings, watchlist=watchlist),
            told=record.told,
            alerts=record.alerts,
            seen=record.seen,
            mutes=record.mutes,
            can_act=sources.operator is not None,
        )

    async def dossier(request: Request) -> Response:
        found = await dossier_from(sources, EventId(request.path_params["event_id"]))
        html = await asyncio.to_thread(templates.render, "dossier.html", dossier=found)
        # A file to keep: its style stands in it, which our pages are not allowed.
        name = f"kabar-{found.event.id}.html"
        return HTMLResponse(
            html,
            headers={
                "content-disposition": f'attachment; filename="{name}"',
                "cache-control": "no-store",
            },
        )

    return [
        Route("/events/{event_id}", page, methods=["GET"]),
        Route("/events/{event_id}/dossier", dossier, methods=["GET"]),
        *_act_routes(sources),
    ]


def _act_routes(sources: Sources) -> list[Route]:
    """Return what the buttons of an event's page do."""

    async def acknowledged(request: Request) -> Response:
        event_id = request.path_params["event_id"]
        acts = operator_of(sources)
        await done(acts.acknowledge(event_id, stage=None, who=_WHO, note=""))
        return RedirectResponse(f"/events/{event_id}#told-title", status_code=303)

    async def muted(request: Request) -> Response:
        event_id, until = request.path_params["event_id"], sources.clock.now() + _MUTED_FOR
        acts = operator_of(sources)
        await done(acts.mute(Matter(event=event_id), until=until, who=_WHO, why=""))
        return RedirectResponse(f"/events/{event_id}#told-title", status_code=303)

    return [
        Route("/events/{event_id}/ack", acknowledged, methods=["POST"]),
        Route("/events/{event_id}/mute", muted, methods=["POST"]),
    ]


def steps_of(changes: Iterable[EventChange]) -> list[Step]:
    """Return the changes that moved an event, in some of its countries too, with the outlet that brought each."""
    steps: list[Step] = []
    before: Event | None = None
    for change in changes:
        event, moved = change.event, _moved_where_it_stands(before, change.event)
        if event.still is not None and moved and change.kind is not ChangeKind.DISPUTED:
            words = _step_words(change, place_words(moved))
            steps.append(Step(at=change.at, stage=StageMark.of(event.still.stage), words=words))
        elif change.kind in _WORDS:
            stage = StageMark.of(event.disputed or event.stage)
            steps.append(Step(at=change.at, stage=stage, words=_step_words(change)))
        before = event
    return steps


def _moved_where_it_stands(before: Event | None, now: Event) -> Sequence[str]:
    """Return the countries in which it came to stand otherwise, if that is all that moved."""
    if before is None or now.still is None:
        return ()
    both = [code for code in now.countries if code in before.countries]
    moved = [code for code in both if before.stage_in(code) != now.stage_in(code)]
    return moved if set(moved) <= set(now.still.countries) else ()


def evidence_of(
    event: Event, readings: Iterable[Reading], *, watchlist: Watchlist
) -> Mapping[str, Sequence[tuple[str, Marked]]]:
    """Return, for each story by its id, the fields of its reports of this event and their words."""
    found: dict[str, list[tuple[str, Marked]]] = {}
    companies = {company.id for company in event.companies}
    for reading in readings:
        for report in reading.reports:
            is_of_event = companies & {company.id for company in report.companies}
            if report.type == event.type and is_of_event:
                # Evidence cites every place; one reader needs each word once.
                places = {(place.field, place.quote): place for place in reversed(report.evidence)}
                found.setdefault(reading.story.story_id, []).extend(
                    (_field_words(place, watchlist), _in_context(place, reading))
                    for place in reversed(places.values())
                )
    return found


def _record(connection: sqlite3.Connection, event_id: EventId, *, now: datetime) -> _Record | None:
    event = queries.event_as_it_is_now(connection, event_id)
    if event is None:
        return None
    event_id = event.id
    # What was told, seen and muted of those that turned out to be it counts for it.
    every = (event.id, *event.absorbed)
    alerts = sorted(
        (alert for one in every for alert in queries.alerts_of_event(connection, one)),
        key=lambda alert: (alert.change_seq, alert.id),
    )
    shown = [alert.id for alert in alerts[-_MOST_TOLD:]]
    carrying = queries.deliveries_of_alerts(connection, shown)
    readings = (
        queries.reading_of(connection, story.id)
        for story in event.stories[:_MOST_STORIES_WITH_EVIDENCE]
    )
    return _Record(
        event=event,
        changes=tuple(queries.changes_of_event(connection, event_id)),
        told=tuple(
            Told(alert=alert, deliveries=tuple(carrying.get(alert.id, ())))
            for alert in alerts[-_MOST_TOLD:]
        ),
        alerts=len(alerts),
        readings=tuple(reading for reading in readings if reading is not None),
        seen=tuple(seen for one in every for seen in silence.acknowledgements_of(connection, one)),
        mutes=tuple(one for one in silence.mutes_at(connection, now=now) if one.event in every),
    )


def _step_words(change: EventChange, where: str = "") -> str:
    outlet = next(
        (story.outlet for story in change.event.stories if story.id == change.cause), None
    )
    what = _WORDS.get(change.kind, "moved on") + where
    return f"{what} by {outlet}" if outlet else what


def _field_words(place: Evidence, watchlist: Watchlist) -> str:
    """Return the field for people: `company:tiktok` becomes the company's name."""
    kind, _, name = place.field.partition(":")
    if kind == "company":
        return watchlist.name_of(name)  # type: ignore[arg-type]  # a field names a company by its id
    return name or kind


def _in_context(place: Evidence, reading: Reading) -> Marked:
    """Return the words marked in the title where they stand there, else by themselves."""
    story = reading.story
    if place.part == "title" and story.title[place.start : place.end] == place.quote:
        return marked(story.title, place.start, place.quote, lang=story.language)
    return marked(place.quote, 0, place.quote, lang=story.language)
