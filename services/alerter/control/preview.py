"""GET /control/preview: what a subscription would have been sent; /control/planned: what was planned."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.alerter.database.connections import Database
from services.alerter.preview import Span, planned_messages
from services.alerter.rehearsal import Rehearsal, rehearsed
from services.alerter.telling import Following
from services.alerter.unknown import no_such
from services.common.contracts.codec import encode
from services.common.ids import SubscriptionId

PREVIEW_PATH = "/control/preview"
PLANNED_PATH = "/control/planned"

WITHIN = timedelta(minutes=10)

_Answer = Callable[[Rehearsal], Awaitable[bytes]]


def preview_routes(
    database: Database, data: Path, following: Callable[[], Following]
) -> list[Route]:
    """Return the routes for `subscription`, `from` and `to` (RFC 3339) of the query.

    /control/preview has what would have been sent by what `following` gives now, /control/planned what
    was planned at that time. What cannot be asked is a 404 or 400 with the reason as `detail`.
    """

    async def previewed(request: Request) -> Response:
        async def in_child(asked: Rehearsal) -> bytes:
            return await rehearsed(asked, within=WITHIN)

        return await _answered(request, data, following(), in_child)

    async def planned(request: Request) -> Response:
        async def from_database(asked: Rehearsal) -> bytes:
            messages = await database.read(
                planned_messages,
                asked.subscription,
                span=asked.span,
                watchlist=asked.following.watchlist,
            )
            return await asyncio.to_thread(encode, messages)

        return await _answered(request, data, following(), from_database)

    return [
        Route(PREVIEW_PATH, previewed, methods=["GET"]),
        Route(PLANNED_PATH, planned, methods=["GET"]),
    ]


async def _answered(
    request: Request, data: Path, following: Following, answer: _Answer
) -> Response:
    """Return the answer to what `request` asks of the database in `data`, or why there is none."""
    query = request.query_params
    name = SubscriptionId(query.get("subscription", ""))
    if name not in following.subscriptions:
        return _refused(404, no_such("subscription", name, following.subscriptions))
    try:
        span = Span(
            since=datetime.fromisoformat(query["from"]),
            until=datetime.fromisoformat(query["to"]),
        )
    except (KeyError, ValueError):
        return _refused(400, "`from` and `to` are times with a zone, as RFC 3339 has them.")
    asked = Rehearsal(data=data, subscription=name, span=span, following=following)
    try:
        return Response(await answer(asked), media_type="application/json")
    except TimeoutError:
        return _refused(504, f"Not done within {WITHIN}: ask for a shorter time.")


def _refused(status: int, detail: str) -> Response:
    return JSONResponse({"detail": detail}, status_code=status)
