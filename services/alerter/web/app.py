"""The app: API and pages as one ASGI application, with the rules of access round it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.alerter.database.connections import DatabaseLockedError
from services.alerter.links import Links
from services.alerter.web.access import Access, AccessRules, is_api_path, is_outside
from services.alerter.web.api import api_router
from services.alerter.web.live import Live
from services.alerter.web.outside import outside_page
from services.alerter.web.pages.deliveries import delivery_routes
from services.alerter.web.pages.event import event_routes
from services.alerter.web.pages.feed import feed_routes
from services.alerter.web.pages.frame import Frame
from services.alerter.web.pages.lists import list_routes
from services.alerter.web.pages.live import ChangeMessages, live_routes
from services.alerter.web.pages.login import Sessions, login_routes
from services.alerter.web.pages.subscriptions import subscription_routes
from services.alerter.web.problems import mistakes_of, problem_of_status
from services.alerter.web.sources import DatabaseHistory, Sources
from services.alerter.web.templating import Templates, read_assets
from services.common.errors import DiskFailedError

# A feed's text is escaped; should an escape ever be missing, the browser runs nothing of it.
_HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    # Not no-referrer: then a browser sends Origin: null with our own forms.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Web:
    """Page and API of one alerter.

    `app` is for the port, behind the rules of access; `api` answers programs without a token, for
    the control socket. `live` is woken after every commit of changes, and runs as a task.
    """

    def __init__(
        self,
        sources: Sources,
        *,
        sessions: Sessions,
        rules: AccessRules,
        public_url: str | None = None,
        routes: Sequence[BaseRoute] = (),
        links: Links | None = None,
    ) -> None:
        templates = Templates()
        frame = Frame(sources, templates)
        self.live = Live(
            DatabaseHistory(sources.database), render=ChangeMessages(sources, templates)
        )
        pages = [
            *routes,
            *login_routes(sessions, public_url=public_url),
            *live_routes(frame, sources, self.live),
            *event_routes(frame, sources, templates),
            *delivery_routes(frame, sources),
            *list_routes(frame, sources),
            *feed_routes(sources, public_url=public_url),
            *subscription_routes(frame, sources),
            _asset_route(),
        ]
        self.app: ASGIApp = Access(
            SafeHeaders(_application(sources, routes=pages, frame=frame)),
            rules=rules,
            gate=sessions,
            links=links,
        )


def api_app(sources: Sources, *, routes: Iterable[BaseRoute] = ()) -> FastAPI:
    """Return the API alone, without rules of access: for the control socket and for commands."""
    return _application(sources, routes=routes, frame=None)


class SafeHeaders:
    """Adds the headers that tell a browser what our pages may do: load from us alone.

    A page that may do less says so itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the answer with its headers back."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _application(sources: Sources, *, routes: Iterable[BaseRoute], frame: Frame | None) -> FastAPI:
    app = FastAPI(
        title="kabar",
        version=version("kabar"),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # its page loads scripts from another host
        redoc_url=None,
    )
    app.include_router(api_router(sources))
    app.router.routes.extend(routes)

    async def refused(request: Request, error: Exception) -> Response:
        status, detail, headers = _said(error)
        if frame is None or is_api_path(request.url.path):
            return problem_of_status(status, detail, headers=headers)
        title = "There is no such page" if status == 404 else "That did not work"
        if status == 404 and detail == HTTPStatus.NOT_FOUND.phrase:
            detail = f"Nothing stands at {request.url.path}: the address may be mistyped."
        if is_outside(request.scope):
            return outside_page(
                request.headers, status=status, title=title, detail=detail, headers=headers
            )
        return await frame.page(request, "problem.html", status=status, title=title, detail=detail)

    for kind in (HTTPException, RequestValidationError, *_FOR_NOW, Exception):
        app.add_exception_handler(kind, refused)
    _prepare_routes(app)
    return app


_FOR_NOW = (DatabaseLockedError, DiskFailedError)
"""What keeps the database from being written until somebody has mended it."""


def _prepare_routes(app: FastAPI) -> None:
    """Match a request that nobody made, for which FastAPI prepares every route.

    It takes 0.1 s of computing, and the first real request may come when much else is going on.
    """
    scope: Scope = {"type": "http", "method": "GET", "path": "", "root_path": "", "headers": []}
    for route in app.routes:
        route.matches(scope)


def _said(error: Exception) -> tuple[int, str, dict[str, str]]:
    """Return status, sentence and headers for what went wrong in a request."""
    match error:
        case HTTPException():
            return error.status_code, error.detail, dict(error.headers or {})
        case RequestValidationError():
            return 422, mistakes_of(error), {}
        case DatabaseLockedError() | DiskFailedError():
            return 503, f"{error} Nothing was changed.", {"retry-after": "10"}
        case _:
            return 500, "kabar failed to answer this; its log says why.", {}


def _asset_route() -> Route:
    async def asset(request: Request) -> Response:
        found = read_assets().get(request.path_params["name"])
        if found is None:
            raise HTTPException(404, "There is no such file.")
        return Response(
            found.content,
            media_type=found.media_type,
            headers={"cache-control": "public, max-age=31536000, immutable"},
        )

    return Route("/static/{name}", asset, methods=["GET"])
