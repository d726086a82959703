"""The other pages: deliveries, companies and feeds, each a list."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.alerter.database.rereadings import Rereading, rereadings_of
from services.alerter.database.sending import paused_channels
from services.alerter.render.words import shortened
from services.alerter.tellings import (
    MOST_TOLD,
    SHOWN_CODE_POINTS,
    TOLD_AT_ONCE,
    Telling,
    ToldPage,
    told_alone,
    told_page,
)
from services.alerter.web.cards import web_address
from services.alerter.web.known import require_channel, require_known, require_subscription
from services.alerter.web.pages.frame import Frame, cursor_of, older_path, wish_of
from services.alerter.web.sources import Sources
from services.common.contracts.company import Company
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.contracts.feed import FeedCondition
from services.common.ids import ChannelId, DeliveryId, SubscriptionId
from services.common.watchlist import Watchlist

COMPANIES_A_PAGE = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A delivery as its page shows it.

    `told` are the event and the sentence of what stands there at once, `more` of what is folded away;
    a sentence is None where its event is no longer kept. `left_out` alerts stand in neither.
    """

    delivery: Delivery
    told: tuple[tuple[str, str | None], ...]
    more: tuple[tuple[str, str | None], ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyTile:
    """A company as its page shows it."""

    id: str
    name: str
    owner: str | None
    owner_name: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    rereading: Rereading | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A feed as its page shows it; `href` is None where its address is no web address."""

    id: str
    url: str
    href: str | None
    outlet: str
    state: str
    error: Mapping[str, str] | None
    last: datetime | None
    next: datetime | None


def list_routes(frame: Frame, sources: Sources) -> list[Route]:
    """Return the pages that list what there is."""

    async def deliveries(request: Request) -> Response:
        state, subscription, channel = (
            wish_of(request, name) for name in ("state", "subscription", "channel")
        )
        require_known("state", state, tuple(DeliveryState))
        if (one := wish_of(request, "id")) is not None:
            return await delivery(request, DeliveryId(one))
        told = await sources.database.read(
            told_page,
            watchlist=sources.configuration().watchlist,
            state=None if state is None else DeliveryState(state),
            subscription=None if subscription is None else SubscriptionId(subscription),
            channel=None if channel is None else ChannelId(channel),
            before=cursor_of(request),
        )
        if not told.page.deliveries and subscription is not None:
            await require_subscription(sources, SubscriptionId(subscription))
        if not told.page.deliveries and channel is not None:
            await require_channel(sources, ChannelId(channel))
        chosen = {"state": state, "subscription": subscription, "channel": channel}
        return await listed(request, told, chosen)

    async def delivery(request: Request, name: DeliveryId) -> Response:
        watchlist = sources.configuration().watchlist
        told = await sources.database.read(told_alone, name, watchlist=watchlist)
        if not told.page.deliveries:
            raise HTTPException(404, f"There is no delivery {name}.")
        return await listed(request, told, dict.fromkeys(("state", "subscription", "channel")))

    async def listed(
        request: Request, told: ToldPage, chosen: Mapping[str, str | None]
    ) -> Response:
        return await frame.page(
            request,
            "deliveries.html",
            deliveries=[_row(one, told.tellings[one.id]) for one in told.page.deliveries],
            next=told.page.next,
            older_path=older_path(request),
            states=[str(each) for each in DeliveryState],
            chosen=chosen,
            paused=await sources.database.read(paused_channels),
        )

    async def companies(request: Request) -> Response:
        wanted = wish_of(request, "q") or ""
        watchlist = sources.configuration().watchlist
        found = await asyncio.to_thread(found_companies, watchlist, wanted)
        shown = list(islice(found, COMPANIES_A_PAGE))
        again = await sources.database.read(rereadings_of, [company.id for company in shown])
        tiles = [_tile(company, watchlist, again.get(company.id)) for company in shown]
        return await frame.page(
            request,
            "companies.html",
            companies=tiles,
            total=len(watchlist.companies),
            found=len(found),
            shown=len(tiles),
            wanted=wanted,
        )

    async def feeds(request: Request) -> Response:
        rows = await asyncio.to_thread(feed_rows, (await sources.feeds())["feeds"])
        failing = sum(row.state in {FeedCondition.FAILING, FeedCondition.GONE} for row in rows)
        return await frame.page(request, "feeds.html", feeds=rows, failing=failing)

    return [
        Route("/deliveries", deliveries, methods=["GET"]),
        Route("/companies", companies, methods=["GET"]),
        Route("/feeds", feeds, methods=["GET"]),
    ]


def found_companies(watchlist: Watchlist, wanted: str) -> list[Company]:
    """Return the companies of which a name, the id, the owner or a tag has `wanted`, by name."""
    folded = wanted.casefold()
    found = (
        company
        for company in watchlist.companies.values()
        if not folded or any(folded in text.casefold() for text in _searched(company))
    )
    return sorted(found, key=lambda company: company.name.casefold())


def feed_rows(feeds: Iterable[Mapping[str, Any]]) -> list[FeedRow]:
    """Return the feeds of GET /api/v1/feeds as rows: those in trouble first, then by outlet."""
    rows = [
        FeedRow(
            id=feed["id"],
            url=feed["url"],
            href=web_address(feed["url"]),
            outlet=feed["outlet"],
            state=str(feed["state"]),
            error=feed["error"],
            last=_time(feed["last_polled_at"]),
            next=_time(feed["next_poll_at"]),
        )
        for feed in feeds
    ]
    return sorted(rows, key=lambda row: (row.error is None, row.outlet.casefold()))


def _row(delivery: Delivery, told: Sequence[Telling]) -> DeliveryRow:
    lines = tuple(
        (one.event, one.sentence and shortened(one.sentence, code_points=SHOWN_CODE_POINTS))
        for one in told
    )
    return DeliveryRow(
        delivery=delivery,
        told=lines[:TOLD_AT_ONCE],
        more=lines[TOLD_AT_ONCE:],
        left_out=max(len(delivery.alerts) - MOST_TOLD, 0),
    )


def _searched(company: Company) -> Sequence[str]:
    names = (alias.text for alias in company.names)
    return (company.id, company.name, company.owner or "", *names, *company.tags)


def _tile(company: Company, watchlist: Watchlist, again: Rereading | None) -> CompanyTile:
    return CompanyTile(
        id=company.id,
        name=company.name,
        owner=company.owner,
        owner_name=watchlist.name_of(company.owner) if company.owner else "",
        aliases=tuple(alias.text for alias in company.names if alias.text != company.name),
        tags=company.tags,
        rereading=again,
    )


def _time(value: datetime | str | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
