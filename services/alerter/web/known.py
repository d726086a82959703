"""Known values: what a query may ask for. A slip would look like "nothing happened"."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.alerter.database import queries
from services.alerter.unknown import Kind, no_such
from services.alerter.web.selection import Selection, selected_page
from services.alerter.web.sources import Sources
from services.common.config import codes
from services.common.ids import ChannelId, SubscriptionId
from services.common.watchlist import Watchlist

_CURSOR = re.compile(r"[0-9]{1,18}")
_LETTERS = 2
"""So many letters a country's code has; "no" may stand in small ones."""


def require_known_parameters(request: Request) -> None:
    """Refuse a parameter that the route does not take: the answer would be to another question.

    Raises:
        HTTPException: 422, with those that it takes.
    """
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    known = [field.alias for field in route.dependant.query_params]
    unknown = next((name for name in request.query_params if name not in known), None)
    if unknown is not None:
        taken = f"write one of {', '.join(known)}" if known else "there are none here"
        raise HTTPException(422, f"There is no parameter {unknown[:100]}: {taken}.")


def require_known(name: str, given: str | None, known: Iterable[str]) -> None:
    """Refuse a value that nothing can have; None and the known ones pass.

    Raises:
        HTTPException: 422, with what it may be.
    """
    if given is not None and given not in known:
        raise HTTPException(422, f"{name}: there is no {given}: write one of {', '.join(known)}.")


def required_country(given: str | None) -> str | None:
    """Return a country's code in capitals.

    Raises:
        HTTPException: 422, it is none.
    """
    try:
        if given is None:
            return None
        return codes.country(given.upper() if len(given) == _LETTERS else given)
    except ValueError as error:
        raise HTTPException(422, f"country: {error}.") from error


def required_place(cursor: str | None) -> int | None:
    """Return the place that a cursor stands for.

    Raises:
        HTTPException: 422, it is none.
    """
    if cursor is None:
        return None
    if not _CURSOR.fullmatch(cursor):
        raise HTTPException(
            422, f'cursor: "{cursor[:100]}" is none: write what the page before has as `next`.'
        )
    return int(cursor)


async def require_company(sources: Sources, wanted: str) -> None:
    """Refuse a company that is not watched and was in no event while it was.

    Raises:
        HTTPException: 422, with the id or the name that is nearest.
    """
    watchlist = sources.configuration().watchlist
    if wanted in watchlist.companies:
        return
    page = await sources.database.read(
        selected_page,
        selection=Selection(company=wanted),
        watchlist=watchlist,
        limit=1,
        before=None,
    )
    if not page.events:
        raise await _unknown("company", wanted, _names(watchlist))


async def require_ways(
    sources: Sources, *, subscription: SubscriptionId | None, channel: ChannelId | None
) -> None:
    """Refuse a subscription or a channel that is not there and was sent nothing while it was.

    Raises:
        HTTPException: 422, with the id that is nearest.
    """
    now = sources.configuration()
    if subscription is not None:
        was_sent = partial(queries.deliveries_page, subscription=subscription, limit=1)
        ids = [one.id for one in now.subscriptions]
        await _require_way(sources, "subscription", subscription, ids, was_sent)
    if channel is not None:
        was_sent = partial(queries.deliveries_page, channel=channel, limit=1)
        await _require_way(sources, "channel", channel, [one.id for one in now.channels], was_sent)


async def _require_way(
    sources: Sources,
    name: Kind,
    wanted: str,
    ids: Collection[str],
    was_sent: Callable[[sqlite3.Connection], queries.DeliveriesPage],
) -> None:
    if wanted not in ids and not (await sources.database.read(was_sent)).deliveries:
        raise await _unknown(name, wanted, ids)


def _names(watchlist: Watchlist) -> Iterator[str]:
    """Yield what companies are called first; to look at each of 200,000 aliases takes seconds."""
    for company in watchlist.companies.values():
        yield company.id
        yield company.name


async def _unknown(kind: Kind, wanted: str, known: Iterable[str]) -> HTTPException:
    return HTTPException(422, await asyncio.to_thread(no_such, kind, wanted, known))
