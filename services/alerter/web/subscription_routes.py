"""/api/v1/subscriptions: who is told of what; those that files do not hold are made and changed here."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.alerter.database.made import activity_of
from services.alerter.subscription_book import (
    MOST_BYTES,
    RefusedSubscriptionError,
    TakenSubscriptionError,
    UnknownSubscriptionError,
)
from services.alerter.unknown import no_such
from services.alerter.web.bodies import (
    SubscriptionBody,
    SubscriptionsBody,
    subscription_body,
)
from services.alerter.web.problems import FieldProblem, ProblemResponse, problem_of_status
from services.alerter.web.sources import Sources
from services.alerter.web.submission import book_of, received
from services.common.config.submitted import DATABASE
from services.common.contracts.codec import encode
from services.common.contracts.subscription import Subscription
from services.common.ids import SubscriptionId

_SUBSCRIPTION = {
    "requestBody": {
        "description": "The keys of an entry in subscriptions.yml.",
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


def subscription_router(sources: Sources) -> APIRouter:
    """Return the routes under /subscriptions, for a router of /api/v1."""
    router = APIRouter(prefix="/subscriptions")

    @router.get("", response_model=SubscriptionsBody, summary="Who is told of what, and where")
    async def subscriptions() -> Response:
        bodies = await subscription_bodies(sources, every_subscription(sources))
        return _json(SubscriptionsBody(subscriptions=tuple(bodies)))

    @router.get("/{name}", response_model=SubscriptionBody, summary="One subscription")
    async def subscription(name: str) -> Response:
        return _json(await _body(sources, SubscriptionId(name)))

    _add_changes(router, sources)
    return router


def _add_changes(router: APIRouter, sources: Sources) -> None:
    @router.post(
        "",
        response_model=SubscriptionBody,
        status_code=201,
        summary="Make a subscription",
        openapi_extra=_SUBSCRIPTION,
    )
    async def add(request: Request) -> Response:
        async def added() -> Response:
            made = await book_of(sources).add(await _sent(request))
            return _json(
                await _body(sources, made.id),
                status=201,
                headers={"location": f"/api/v1/subscriptions/{made.id}"},
            )

        return await _answered(added)

    @router.put(
        "/{name}",
        response_model=SubscriptionBody,
        summary="Change a subscription that was made here",
        openapi_extra=_SUBSCRIPTION,
    )
    async def change(name: str, request: Request) -> Response:
        async def changed() -> Response:
            book, wanted = book_of(sources), SubscriptionId(name)
            await book.change(wanted, await _sent(request))
            return _json(await _body(sources, wanted))

        return await _answered(changed)

    @router.delete("/{name}", status_code=204, summary="Remove a subscription that was made here")
    async def remove(name: str) -> Response:
        async def removed() -> Response:
            await book_of(sources).remove(SubscriptionId(name))
            return Response(status_code=204)

        return await _answered(removed)


def every_subscription(sources: Sources) -> list[Subscription]:
    """Return every subscription, those of files first, then what files replace."""
    overridden = sources.book.now.overridden.values() if sources.book else ()
    return [*sources.configuration().subscriptions, *overridden]


async def subscription_bodies(
    sources: Sources, shown: Sequence[Subscription]
) -> list[SubscriptionBody]:
    """Return those `shown` of `every_subscription` with what they were told lately."""
    overridden = sources.book.now.overridden if sources.book else {}
    activities = await sources.database.read(
        activity_of, {one.id for one in shown}, now=sources.clock.now()
    )
    return [
        subscription_body(
            one,
            activity=activities[one.id],
            findings=_findings(sources, one),
            is_overridden=one.origin == DATABASE and one.id in overridden,
        )
        for one in shown
    ]


def _findings(sources: Sources, one: Subscription) -> tuple[FieldProblem, ...]:
    if sources.book is None or sources.book.body_of(one.id) is None:
        return ()
    found = sources.book.now.findings.get(one.id, ())
    return tuple(FieldProblem(field=each.field, message=each.message) for each in found)


async def _body(sources: Sources, name: SubscriptionId) -> SubscriptionBody:
    found = [one for one in every_subscription(sources) if one.id == name]
    if not found:
        names = [one.id for one in every_subscription(sources)]
        raise HTTPException(404, no_such("subscription", name, names))
    [body] = await subscription_bodies(sources, found[:1])
    return body


async def _sent(request: Request) -> object:
    """Return the JSON of a request, which is no longer than a subscription may be."""
    content = await received(
        request, most=MOST_BYTES, refusal=f"A subscription has {MOST_BYTES // 1024} KB at most."
    )
    try:
        sent: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"The body is no JSON: {error}.") from error
    return sent


async def _answered(change: Callable[[], Awaitable[Response]]) -> Response:
    try:
        return await change()
    except RefusedSubscriptionError as error:
        return ProblemResponse(
            status=422,
            title="This is no subscription",
            detail=str(error),
            errors=[
                FieldProblem(field=found.field, message=found.message) for found in error.findings
            ],
        )
    except TakenSubscriptionError as error:
        return problem_of_status(409, str(error))
    except UnknownSubscriptionError as error:
        return problem_of_status(404, str(error))


def _json(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(
        encode(body), status_code=status, media_type=JSONResponse.media_type, headers=headers
    )
