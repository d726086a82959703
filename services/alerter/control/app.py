"""The control app: the API without a token, and what only the owner of this machine may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from services.alerter.web.app import api_app
from services.alerter.web.sources import Sources

TOKEN_PATH = "/control/token"  # noqa: S105  an address


def control_app(
    sources: Sources, *, fresh_login_url: Callable[[], str], routes: Sequence[BaseRoute] = ()
) -> ASGIApp:
    """Return what answers on the control socket: /api/v1, /control/token and `routes`.

    POST /control/token answers `{"url"}`, a login link that opens once. There are no rules of access:
    the mode of the socket is the rule.
    """

    async def token(_: Request) -> Response:
        return JSONResponse({"url": fresh_login_url()}, headers={"cache-control": "no-store"})

    return api_app(sources, routes=[Route(TOKEN_PATH, token, methods=["POST"]), *routes])
