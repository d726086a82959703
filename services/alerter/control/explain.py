"""GET /control/explain?of=…&subscription=…: why it is told, or why not."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.alerter.explain import UnknownSubjectError, account_of
from services.alerter.unknown import no_such
from services.alerter.web.sources import Sources
from services.common.contracts.codec import encode

PATH = "/control/explain"


def explain_route(sources: Sources) -> Route:
    """Return the route; what is unknown is a 404 with the reason as `detail`."""

    async def explain(request: Request) -> Response:
        of = request.query_params.get("of", "")
        name = request.query_params.get("subscription", "")
        configuration = sources.configuration()
        found = [one for one in configuration.subscriptions if one.id == name]
        if not found:
            return _unknown(
                no_such("subscription", name, [one.id for one in configuration.subscriptions])
            )
        try:
            account = await sources.database.read(
                account_of, of, subscription=found[0], watchlist=configuration.watchlist
            )
        except UnknownSubjectError as error:
            return _unknown(str(error))
        return Response(encode(account), media_type="application/json")

    return Route(PATH, explain, methods=["GET"])


def _unknown(detail: str) -> Response:
    return JSONResponse({"detail": detail}, status_code=404)
