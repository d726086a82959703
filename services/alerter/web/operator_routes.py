"""/api/v1/mutes, …/ack and …/redeliver: what people do about messages."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from services.alerter.database import silence
from services.alerter.operator import (
    ImpossibleActError,
    Matter,
    Operator,
    RefusedActError,
    UnknownTargetError,
)
from services.alerter.tellings import tellings_of
from services.alerter.web.bodies import DeliveryBody, delivery_body
from services.alerter.web.sources import Sources
from services.common.contracts.codec import encode
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.mute import Acknowledgement, Mute
from services.common.ids import DeliveryId

T = TypeVar("T")

_Words = Annotated[str, Field(min_length=1, max_length=200)]
_Text = Annotated[str, Field(max_length=1_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteRequest:
    """What is not to be told until `until`; all of what is named has to apply."""

    until: AwareDatetime
    company: _Words | None = None
    event: _Words | None = None
    subscription: _Words | None = None
    channel: _Words | None = None
    who: _Words = "somebody"
    why: _Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AckRequest:
    """Who has seen the event; at its present stage unless told."""

    who: _Words = "somebody"
    note: _Text = ""
    stage: _Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MutesBody:
    """The mutes that hold, the one that ends first first."""

    mutes: tuple[Mute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MutedBody:
    """A new mute; `suppressed` is how many messages on their way it holds back, `leaving` how many are
    being sent right now and may arrive.
    """

    mute: Mute
    suppressed: int
    leaving: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AckBody:
    """A new acknowledgement; `suppressed` is how many messages on their way it holds back, `leaving` how many are
    being sent right now and may arrive.
    """

    acknowledgement: Acknowledgement
    suppressed: int
    leaving: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeliveredBody:
    """The deliveries that are due again."""

    redelivered: tuple[DeliveryId, ...]


def operator_router(sources: Sources) -> APIRouter:
    """Return the routes, for a router of /api/v1."""
    router = APIRouter()
    _add_mutes(router, sources)
    _add_redeliveries(router, sources)

    @router.post(
        "/events/{event_id}/ack", response_model=AckBody, summary="Somebody has seen the event"
    )
    async def acknowledge(event_id: str, asked: AckRequest | None = None) -> Response:
        said = asked or AckRequest()
        one, held = await done(
            operator_of(sources).acknowledge(
                event_id, stage=said.stage, who=said.who, note=said.note
            )
        )
        return _json(AckBody(acknowledgement=one, suppressed=held.waiting, leaving=held.leaving))

    return router


def _add_mutes(router: APIRouter, sources: Sources) -> None:
    @router.get("/mutes", response_model=MutesBody, summary="The mutes that hold")
    async def mutes() -> Response:
        held = await sources.database.read(silence.mutes_at, now=sources.clock.now())
        return _json(MutesBody(mutes=held))

    @router.post("/mutes", response_model=MutedBody, status_code=201, summary="Mute")
    async def mute(asked: MuteRequest) -> Response:
        matter = Matter(
            company=asked.company,
            event=asked.event,
            subscription=asked.subscription,
            channel=asked.channel,
        )
        one, held = await done(
            operator_of(sources).mute(matter, until=asked.until, who=asked.who, why=asked.why)
        )
        return _json(MutedBody(mute=one, suppressed=held.waiting, leaving=held.leaving), status=201)

    @router.delete("/mutes/{mute_id}", status_code=204, summary="End a mute")
    async def unmute(mute_id: str) -> Response:
        await done(operator_of(sources).unmute(mute_id))
        return Response(status_code=204)


def _add_redeliveries(router: APIRouter, sources: Sources) -> None:
    @router.post("/deliveries/redeliver", response_model=RedeliveredBody, summary="Send many again")
    async def redeliver_all(
        state: DeliveryState, since: Annotated[datetime, Query(description="RFC 3339.")]
    ) -> Response:
        if since.tzinfo is None:
            raise HTTPException(422, "since: a time with a zone, as RFC 3339 has it.")
        names = await done(operator_of(sources).redeliver_all(state, since=since))
        return _json(RedeliveredBody(redelivered=tuple(names)))

    @router.post(
        "/deliveries/{delivery_id}/redeliver", response_model=DeliveryBody, summary="Send again"
    )
    async def redeliver(delivery_id: str) -> Response:
        again = await done(operator_of(sources).redeliver(delivery_id))
        watchlist = sources.configuration().watchlist
        told = await sources.database.read(tellings_of, [again], watchlist=watchlist)
        return _json(delivery_body(again, told=told[again.id]))


def operator_of(sources: Sources) -> Operator:
    """Return who changes things; where the database is only read nobody does (503)."""
    if sources.operator is None:
        raise HTTPException(503, "Nothing can be changed here: the database is only read.")
    return sources.operator


async def done(act: Awaitable[T]) -> T:
    """Return what `act` does; what is not there is a 404, what cannot be now a 409, what never can a 422."""
    try:
        return await act
    except UnknownTargetError as error:
        raise HTTPException(404, str(error)) from error
    except RefusedActError as error:
        raise HTTPException(409, str(error)) from error
    except ImpossibleActError as error:
        raise HTTPException(422, str(error)) from error


def _json(body: object, *, status: int = 200) -> Response:
    return Response(encode(body), status_code=status, media_type=JSONResponse.media_type)
