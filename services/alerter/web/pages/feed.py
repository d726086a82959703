"""Feeds: what a subscription was told, for a feed reader."""

from __future__ import annotations

import asyncio
import hashlib

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.alerter.database.told import told_to
from services.alerter.render.atom import MEDIA_TYPE, FeedPlace, atom_feed
from services.alerter.web.sources import Sources


def feed_routes(sources: Sources, *, public_url: str | None) -> list[Route]:
    """Return GET /feed/{id}.atom and the same under /api/v1. Access lets in who has their token."""

    async def feed(request: Request) -> Response:
        name = request.path_params["subscription"]
        configuration = sources.configuration()
        found = next((one for one in configuration.subscriptions if one.id == name), None)
        if found is None:
            raise HTTPException(404, f"There is no subscription {name[:100]}.")
        told = await sources.database.read(told_to, found.id)
        base = (public_url or str(request.base_url)).rstrip("/")
        query = f"?{request.url.query}" if request.url.query else ""
        place = FeedPlace(url=f"{base}{request.url.path}{query}", base=base)
        body = await asyncio.to_thread(
            atom_feed, found, told, place=place, watchlist=configuration.watchlist
        )
        return _answer(request, body)

    return [
        Route("/feed/{subscription}.atom", feed, methods=["GET"]),
        Route("/api/v1/subscriptions/{subscription}/feed.atom", feed, methods=["GET"]),
    ]


def _answer(request: Request, body: bytes) -> Response:
    """Return the feed, or that it is still the one that the reader has."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, no-cache"}
    known = {
        one.strip().removeprefix("W/")
        for one in request.headers.get("if-none-match", "").split(",")
    }
    if tag in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPE, headers=headers)
