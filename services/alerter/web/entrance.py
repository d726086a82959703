"""Entrance: what a port answers from the first moment, before there is a page to show.

A standby listens too: it answers the probes and says that another alerter is the active one.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from services.alerter.web.outside import outside_page
from services.alerter.web.problems import ProblemResponse
from services.common.telemetry.health import Health, health_routes


class Entrance:
    """Answers `/livez`, `/readyz` and `/metrics`, and all else with 503 until `open_to` an app."""

    def __init__(self, health: Health) -> None:
        async def closed(request: Request) -> Response:
            reasons = "; ".join(health.reasons().values()) or "starting"
            title, detail = "kabar has no page yet", f"This process is not ready: {reasons}."
            headers = {"retry-after": "2", "cache-control": "no-store"}
            if "text/html" in request.headers.get("accept", ""):
                return outside_page(
                    request.headers, status=503, title=title, detail=detail, headers=headers
                )
            return ProblemResponse(status=503, title=title, detail=detail, headers=headers)

        self._app: ASGIApp = Starlette(
            routes=[*health_routes(health), Route("/{path:path}", closed, methods=None)]
        )

    def open_to(self, app: ASGIApp) -> None:
        """Let `app` answer everything from now on, the probes included."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request to whoever answers now."""
        await self._app(scope, receive, send)
