"""Known values: what a query may ask for. A slip would look like "nothing happened"."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Iterable
from functools import partial

from starlette.exceptions import HTTPException

from services.alerter.database import queries
from services.alerter.web.selection import Selection, selected_page
from services.alerter.web.sources import Sources
from services.common.config import codes
from services.common.config.findings import suggestion
from services.common.ids import ChannelId, SubscriptionId

_LETTERS = 2
"""So many letters a country's code has; "no" may stand in small ones."""


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


async def require_company(sources: Sources, wanted: str) -> None:
    """Refuse a company that is not watched and was in no event while it was.

    Raises:
        HTTPException: 422, with the id that is nearest.
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
        raise await _unknown("company", wanted, watchlist.companies)


async def require_subscription(sources: Sources, wanted: SubscriptionId) -> None:
    """Refuse a subscription that is not there and was sent nothing while it was.

    Raises:
        HTTPException: 422, with the id that is nearest.
    """
    ids = [one.id for one in sources.configuration().subscriptions]
    was_sent = partial(queries.deliveries_page, subscription=wanted, limit=1)
    await _require_way(sources, "subscription", wanted, ids, was_sent)


async def require_channel(sources: Sources, wanted: ChannelId) -> None:
    """Refuse a channel that is not there and was sent nothing while it was.

    Raises:
        HTTPException: 422, with the id that is nearest.
    """
    ids = [one.id for one in sources.configuration().channels]
    was_sent = partial(queries.deliveries_page, channel=wanted, limit=1)
    await _require_way(sources, "channel", wanted, ids, was_sent)


async def _require_way(
    sources: Sources,
    name: str,
    wanted: str,
    ids: Collection[str],
    was_sent: Callable[[sqlite3.Connection], queries.DeliveriesPage],
) -> None:
    if wanted not in ids and not (await sources.database.read(was_sent)).deliveries:
        raise await _unknown(name, wanted, ids)


async def _unknown(name: str, wanted: str, known: Iterable[str]) -> HTTPException:
    near = await asyncio.to_thread(suggestion, wanted, known)  # looks at every id
    return HTTPException(422, f"{name}: there is no {wanted[:100]}{near or '.'}")
