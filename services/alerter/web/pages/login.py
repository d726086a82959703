"""Logging in: a one-time link becomes a session."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.alerter.web.access import LOGIN_PATH, SESSION_COOKIE, Gate
from services.alerter.web.outside import outside_page
from services.alerter.web.token import SESSION_LIFETIME


class Sessions(Gate, Protocol):
    """Begins sessions."""

    def session_from_link(self, secret: str) -> str | None:
        """Return the cookie of a new session, None when the link opens nothing (any longer)."""
        ...


def login_routes(sessions: Sessions, *, public_url: str | None) -> list[Route]:
    """Return the one page that needs no token."""

    async def login(request: Request) -> Response:
        if "link" not in request.query_params:
            return _said(request, 200, "Log in")
        session = sessions.session_from_link(request.query_params["link"])
        if session is None:
            return _said(request, 403, "This link opens nothing (any longer)")
        # Not HEAD: a preview of the link must not use it up.
        answer = RedirectResponse("/", status_code=303, headers={"cache-control": "no-store"})
        answer.set_cookie(
            SESSION_COOKIE,
            session,
            max_age=int(SESSION_LIFETIME.total_seconds()),
            httponly=True,
            samesite="lax",  # strict would ask for a login on every link from a chat or a mail
            secure=_is_secure(request, public_url),
        )
        return answer

    route = Route(LOGIN_PATH, login, methods=["GET"])
    route.methods = {"GET"}
    return [route]


def _said(request: Request, status: int, title: str) -> Response:
    return outside_page(
        request.headers,
        status=status,
        title=title,
        detail="Run `kabar token` where kabar runs and open the link that it prints. A link opens once, "
        "within a day and until kabar is started again.",
    )


def _is_secure(request: Request, public_url: str | None) -> bool:
    """Return whether the browser speaks https, here or to the proxy at the public address."""
    if request.url.scheme == "https":
        return True
    public = urlsplit(public_url or "")
    return public.scheme == "https" and request.url.hostname == public.hostname
