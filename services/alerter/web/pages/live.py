"""The live page: events, newest first, and the stream that brings new ones."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from services.alerter.database import queries
from services.alerter.web.cards import card_of
from services.alerter.web.known import require_company, require_known, required_country
from services.alerter.web.live import Live
from services.alerter.web.pages.frame import Frame, cursor_of, older_path, wish_of
from services.alerter.web.selection import Selection, company_meant, selected_page
from services.alerter.web.sources import Sources
from services.alerter.web.templating import Templates
from services.common.contracts.event import EventChange
from services.common.contracts.reading import Stage
from services.common.event_types import event_types
from services.common.watchlist import Watchlist

EVENTS_A_PAGE = 20
"""At about 2 kB a card the first page stays well under 100 kB, styles and script included."""

_SUGGESTED_COMPANIES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A page of events, and how far the history had come in the same snapshot."""

    page: queries.EventsPage
    seq: int


def live_routes(frame: Frame, sources: Sources, live: Live) -> list[Route]:
    """Return the live page and its stream."""

    async def page(request: Request) -> Response:
        watchlist = sources.configuration().watchlist
        selection = await asyncio.to_thread(_selection, request, watchlist)
        before = cursor_of(request)
        seen = await sources.database.read(
            _seen, selection=selection, watchlist=watchlist, before=before
        )
        if not seen.page.events and selection.company is not None:
            await require_company(sources, selection.company)
        return await frame.page(
            request,
            "live.html",
            cards=(card_of(event, watchlist=watchlist) for event in seen.page.events),
            has_events=bool(seen.page.events),
            seq=seen.seq,
            next=seen.page.next,
            older_path=older_path(request),
            # The stream cannot say which new events have the words.
            is_first_page=before is None and selection.words is None,
            selection=selection,
            types=event_types(),
            stages=[str(stage) for stage in Stage],
            suggested=list(islice(watchlist.companies.values(), _SUGGESTED_COMPANIES)),
            company_count=len(watchlist.companies),
        )

    async def stream(request: Request) -> Response:
        return StreamingResponse(
            live.messages(_last_seen(request)),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    return [
        Route("/", page, methods=["GET"]),
        Route("/events/stream", stream, methods=["GET"]),
    ]


class ChangeMessages:
    """Renders changes as the stream carries them: `{"kind", "event", "card"}`, JSON on one line."""

    def __init__(self, sources: Sources, templates: Templates) -> None:
        self._sources = sources
        self._templates = templates

    async def __call__(self, changes: Sequence[EventChange]) -> list[str]:
        """Return one line of JSON for each change, rendered in a thread."""
        watchlist = self._sources.configuration().watchlist
        return await asyncio.to_thread(
            lambda: [self._message(change, watchlist) for change in changes]
        )

    def _message(self, change: EventChange, watchlist: Watchlist) -> str:
        card = self._templates.card(card_of(change.event, watchlist=watchlist))
        message = {"kind": str(change.kind), "event": change.event.id, "card": card}
        return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _seen(
    connection: sqlite3.Connection,
    *,
    selection: Selection,
    watchlist: Watchlist,
    before: int | None,
) -> _Seen:
    page = selected_page(
        connection, selection=selection, watchlist=watchlist, limit=EVENTS_A_PAGE, before=before
    )
    return _Seen(page=page, seq=queries.last_seq(connection))


def _selection(request: Request, watchlist: Watchlist) -> Selection:
    company, kind, stage = (wish_of(request, name) for name in ("company", "type", "stage"))
    require_known("type", kind, event_types())
    require_known("stage", stage, tuple(Stage))
    return Selection(
        type=kind,
        stage=stage,
        company=None if company is None else company_meant(company, watchlist),
        country=required_country(wish_of(request, "country")),
        words=(wish_of(request, "q") or "")[:500] or None,
    )


def _last_seen(request: Request) -> int | None:
    """Return the id of the last message that the browser has: its own word, else the page's."""
    text = request.headers.get("last-event-id") or request.query_params.get("after") or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None
