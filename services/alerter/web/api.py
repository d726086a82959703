"""The API: GET /api/v1/…, what the page shows for programs."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from services.alerter.database import queries
from services.alerter.database.sending import stopped_channels
from services.alerter.dossier import Dossier, dossier_of
from services.alerter.render.bodies import EventBody, event_body
from services.alerter.tellings import tellings_of
from services.alerter.ways import hashes_of
from services.alerter.web.bodies import (
    ChannelsBody,
    ConfigurationBody,
    DeliveriesBody,
    DeliveryBody,
    EventsBody,
    channel_body,
    deliveries_body,
    delivery_body,
    events_body,
)
from services.alerter.web.delivery_pages import deliveries_wanted
from services.alerter.web.known import (
    require_company,
    require_known,
    require_known_parameters,
    required_country,
    required_place,
)
from services.alerter.web.operator_routes import operator_router
from services.alerter.web.selection import (
    Selection,
    company_meant,
    selected_page,
)
from services.alerter.web.sources import Sources
from services.alerter.web.subscription_routes import subscription_router
from services.common.config.views import companies_body
from services.common.contracts.codec import encode
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.reading import Stage
from services.common.event_types import event_types
from services.common.ids import DeliveryId, EventId

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[str | None, Query(description="`next` of the page before.")]
Company = Annotated[str | None, Query(description="An id, or a name; what it owns too.")]
Country = Annotated[str | None, Query(description="ISO 3166-1, or EU.")]
Words = Annotated[
    str | None,
    Query(max_length=500, description="Words that must all stand in it, in any script."),
]


def api_router(sources: Sources) -> APIRouter:
    """Return the routes of /api/v1."""
    router = APIRouter(prefix="/api/v1", dependencies=[Depends(require_known_parameters)])
    _add_events(router, sources)
    _add_deliveries(router, sources)
    _add_configuration(router, sources)
    router.include_router(subscription_router(sources))
    router.include_router(operator_router(sources))
    return router


def _add_events(router: APIRouter, sources: Sources) -> None:
    @router.get("/events", response_model=EventsBody, summary="Events, newest first")
    async def events(
        limit: Limit = queries.DEFAULT_PAGE,
        cursor: Cursor = None,
        type: str | None = None,  # noqa: A002  the query's own word
        stage: str | None = None,
        company: Company = None,
        country: Country = None,
        q: Words = None,
    ) -> Response:
        require_known("type", type, event_types())
        require_known("stage", stage, tuple(Stage))
        watchlist = sources.configuration().watchlist
        if company is not None:
            company = await asyncio.to_thread(company_meant, company, watchlist)
        page = await sources.database.read(
            selected_page,
            selection=Selection(
                type=type,
                stage=stage,
                company=company,
                country=required_country(country),
                words=q or None,
            ),
            watchlist=watchlist,
            limit=limit,
            before=required_place(cursor),
        )
        if not page.events and company is not None:
            await require_company(sources, company)
        return await json_of(lambda: events_body(page, watchlist=watchlist))

    @router.get("/events/{event_id}", response_model=EventBody, summary="One event")
    async def event(event_id: str) -> Response:
        found = await sources.database.read(queries.event_as_it_is_now, EventId(event_id))
        if found is None:
            raise HTTPException(404, f"There is no event {event_id}.")
        watchlist = sources.configuration().watchlist
        return await json_of(lambda: event_body(found, watchlist=watchlist))

    @router.get(
        "/events/{event_id}/dossier",
        response_model=Dossier,
        summary="All that is known of an event",
    )
    async def dossier(event_id: str) -> Response:
        found = await dossier_from(sources, EventId(event_id))
        return await json_of(lambda: found)


async def dossier_from(sources: Sources, event_id: EventId) -> Dossier:
    """Return the dossier of an event; for one that was merged, that of what it is now.

    Raises:
        HTTPException: there is no such event (404).
    """
    watchlist, now = sources.configuration().watchlist, sources.clock.now()

    def dossier(connection: sqlite3.Connection) -> Dossier | None:
        event = queries.event_as_it_is_now(connection, event_id)
        if event is None:
            return None
        return dossier_of(connection, event, watchlist=watchlist, now=now)

    found = await sources.database.read(dossier)
    if found is None:
        raise HTTPException(404, f"There is no event {event_id}.")
    return found


def _add_deliveries(router: APIRouter, sources: Sources) -> None:
    @router.get("/deliveries", response_model=DeliveriesBody, summary="Deliveries, newest first")
    async def deliveries(
        limit: Limit = queries.DEFAULT_PAGE,
        cursor: Cursor = None,
        state: str | None = None,
        subscription: str | None = None,
        channel: str | None = None,
    ) -> Response:
        require_known("state", state, tuple(DeliveryState))
        told = await deliveries_wanted(
            sources,
            state=state,
            subscription=subscription,
            channel=channel,
            limit=limit,
            before=required_place(cursor),
        )
        return await json_of(lambda: deliveries_body(told.page, tellings=told.tellings))

    @router.get("/deliveries/{delivery_id}", response_model=DeliveryBody, summary="One delivery")
    async def delivery(delivery_id: str) -> Response:
        found = await sources.database.read(queries.delivery_of, DeliveryId(delivery_id))
        if found is None:
            raise HTTPException(404, f"There is no delivery {delivery_id}.")
        watchlist = sources.configuration().watchlist
        told = await sources.database.read(tellings_of, [found], watchlist=watchlist)
        return await json_of(lambda: delivery_body(found, told=told[found.id]))


def _add_configuration(router: APIRouter, sources: Sources) -> None:
    @router.get("/companies", summary="The watched companies")
    async def companies() -> Response:
        return JSONResponse(companies_body(sources.configuration().watchlist))

    @router.get("/feeds", summary="The feeds and how they fare")
    async def feeds() -> Response:
        body = await sources.feeds()
        return await json_of(lambda: body)

    @router.get("/channels", response_model=ChannelsBody, summary="The ways out")
    async def channels() -> Response:
        every = sources.configuration().channels
        stopped = await sources.database.read(stopped_channels, hashes_of(every))
        return await json_of(
            lambda: ChannelsBody(
                channels=tuple(channel_body(one, stopped.get(one.id)) for one in every)
            )
        )

    @router.get(
        "/configuration", response_model=ConfigurationBody, summary="What is in use, what is wrong"
    )
    async def configuration() -> Response:
        body = ConfigurationBody(
            hash=sources.configuration().hash,
            is_refused=bool(sources.errors),
            findings=tuple(sources.findings()),
        )
        return await json_of(lambda: body)


async def json_of(body: Callable[[], object]) -> Response:
    """Return what `body` gives as JSON, made and encoded in a thread: a long list takes a while."""
    content = await asyncio.to_thread(lambda: encode(body()))
    return Response(content, media_type=JSONResponse.media_type)
