"""The pages of what kabar is set up with: companies and feeds, each a list."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.alerter.database.rereadings import Rereading, rereadings_of
from services.alerter.web.cards import web_address
from services.alerter.web.pages.found import found_rows
from services.alerter.web.pages.frame import Frame, wish_of
from services.alerter.web.sources import Sources
from services.common.contracts.company import Company
from services.common.contracts.feed import FeedCondition
from services.common.watchlist import Watchlist

COMPANIES_A_PAGE = 120
FEEDS_A_PAGE = 200


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
    """Return the pages that list companies and feeds."""

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
        wanted = wish_of(request, "q") or ""
        rows = await asyncio.to_thread(feed_rows, (await sources.feeds())["feeds"])
        failing = sum(row.state in {FeedCondition.FAILING, FeedCondition.GONE} for row in rows)
        found = await asyncio.to_thread(found_feeds, rows, wanted)
        return await frame.page(
            request,
            "feeds.html",
            feeds=found[:FEEDS_A_PAGE],
            total=len(rows),
            found=len(found),
            failing=failing,
            wanted=wanted,
        )

    return [
        Route("/companies", companies, methods=["GET"]),
        Route("/feeds", feeds, methods=["GET"]),
    ]


def found_companies(watchlist: Watchlist, wanted: str) -> list[Company]:
    """Return the companies of which a name, the id, the owner or a tag has `wanted`, by name."""
    companies = found_rows(watchlist.companies.values(), wanted, _searched)
    return sorted(companies, key=lambda company: company.name.casefold())


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


def found_feeds(rows: Iterable[FeedRow], wanted: str) -> list[FeedRow]:
    """Return the feeds of which outlet, address, id or state has `wanted`, in their order."""
    return found_rows(rows, wanted, lambda row: (row.outlet, row.url, row.id, row.state))


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
