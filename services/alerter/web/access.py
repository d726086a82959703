"""Access: who may ask for the page and the API, decided before anything else sees the request.

A page on somebody's machine is asked by every site that this person visits. So the host that a
browser names must be ours (a foreign name that resolves to 127.0.0.1 is refused), so must be the
site that a request comes from, and whatever may have come from outside needs the token.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.alerter.links import UNSUBSCRIBE_PATH, Links
from services.alerter.web.outside import outside_page
from services.alerter.web.problems import ProblemResponse

PROBE_PATHS = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked by machines under any name: no token, and no host of ours."""
LOGIN_PATH = "/login"
SESSION_COOKIE = "kabar_session"

_OUTSIDE = "kabar.is_outside"

_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
_AUTHORITY = re.compile(
    r"(?P<host>\[[0-9a-f:.]+\]|[^\s:/?#@\[\]\\,]+)(:[0-9]{0,5})?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request is not served: the status, a title, and a sentence that says what to do."""

    status: int
    title: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRules:
    """Which hosts are ours, at any port, and whether everybody needs the token.

    Also where they say no, a request that was forwarded needs it: then a proxy stands between.
    """

    hosts: frozenset[str]
    everybody_needs_token: bool

    @classmethod
    def of(cls, *, bound_host: str, public_url: str | None) -> Self:
        """Return the rules of a server that listens on `bound_host` and is known as `public_url`."""
        public_host = _host_of_url(public_url) if public_url else None
        return cls(
            hosts=_LOCAL_HOSTS | ({public_host} if public_host else set()),
            everybody_needs_token=not (
                _is_loopback(bound_host) and (public_host is None or _is_loopback(public_host))
            ),
        )

    def refusal(self, headers: Headers, *, path: str, has_token: bool) -> Refusal | None:
        """Return why a request is refused, None when it may pass.

        `has_token` says that it carries the token, a session, or what opens this very path.
        """
        if path not in PROBE_PATHS and not self._is_ours(headers.getlist("host")):
            return _FOREIGN_HOST
        if any(_host_of_url(origin) not in self.hosts for origin in headers.getlist("origin")):
            return _FOREIGN_ORIGIN
        # A link that ends mails is its own proof.
        is_open = path in PROBE_PATHS or path == LOGIN_PATH or path.startswith(UNSUBSCRIBE_PATH)
        if not (is_open or has_token) and self.is_token_needed(headers):
            return _NO_TOKEN
        return None

    def is_token_needed(self, headers: Headers) -> bool:
        """Return whether a request needs the token for all that is not open to everybody."""
        return self.everybody_needs_token or _was_forwarded(headers)

    def _is_ours(self, hosts: Sequence[str]) -> bool:
        # Two Host headers are an attempt to show us one and a proxy the other.
        return len(hosts) == 1 and _host_of_authority(hosts[0]) in self.hosts


class Gate(Protocol):
    """Knows the token: what the middleware asks."""

    def opens_with_bearer(self, presented: str) -> bool:
        """Return whether it is the token. Takes as long for a near miss as for a far one."""
        ...

    def opens_with_session(self, presented: str) -> bool:
        """Return whether it is the cookie of a session that we gave out and that has not ended."""
        ...


class Access:
    """The ASGI middleware that holds the rules: it stands outside of everything else."""

    def __init__(
        self, app: ASGIApp, *, rules: AccessRules, gate: Gate, links: Links | None = None
    ) -> None:
        self._app = app
        self._links = links
        self._rules = rules
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refused request here; pass any other on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})  # we have none
            return
        headers = Headers(scope=scope)
        has_token = self._has_token(headers)
        refusal = self._rules.refusal(
            headers, path=scope["path"], has_token=has_token or self._is_opened(scope)
        )
        if refusal is None:
            is_outside = not has_token and self._rules.is_token_needed(headers)
            await self._app({**scope, _OUTSIDE: is_outside}, receive, send)
        else:
            await _answer(refusal, scope["path"], headers)(scope, receive, send)

    def _is_opened(self, scope: Scope) -> bool:
        """Return whether the address itself has the token of its feed: readers send no headers."""
        if self._links is None:
            return False
        try:
            given = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=20)
        except ValueError:  # more fields than any of our feeds has
            return False
        return self._links.opens(scope["path"], given.get("token", [""])[0])

    def _has_token(self, headers: Headers) -> bool:
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self._gate.opens_with_bearer(credentials.strip()):
            return True
        session = cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE)
        return session is not None and self._gate.opens_with_session(session)


def is_outside(scope: Scope) -> bool:
    """Return whether a request that may pass comes from somebody who has no access to the pages.

    What is open to everybody, such as a link that ends mails, shows nothing of what stands on them.
    """
    return bool(scope.get(_OUTSIDE))


def is_api_path(path: str) -> bool:
    """Return whether programs ask for this path: they get problem+json, people get a page."""
    return path.startswith(("/api/", "/control/"))


def _answer(refusal: Refusal, path: str, request: Headers) -> Response:
    headers = {"cache-control": "no-store"}
    if refusal.status == 401:
        headers["www-authenticate"] = 'Bearer realm="kabar"'
    if is_api_path(path):
        return ProblemResponse(
            status=refusal.status, title=refusal.title, detail=refusal.detail, headers=headers
        )
    return outside_page(
        request,
        status=refusal.status,
        title=refusal.title,
        detail=refusal.detail,
        headers=headers,
    )


def _host_of_authority(authority: str) -> str | None:
    found = _AUTHORITY.fullmatch(authority)
    return found["host"].lower() if found else None


def _host_of_url(url: str) -> str | None:
    """Return the host of an address or origin as a Host header spells it; None without one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return _host_of_authority(parts.netloc) if parts.scheme in {"http", "https"} else None


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _was_forwarded(headers: Headers) -> bool:
    return any(name == "forwarded" or name.startswith("x-forwarded-") for name in headers)


_FOREIGN_HOST = Refusal(
    status=400,
    title="This is not a name of this kabar",
    detail="Ask for localhost, 127.0.0.1 or [::1], or set KABAR_PUBLIC_URL to the address that "
    "people use.",
)
_FOREIGN_ORIGIN = Refusal(
    status=403,
    title="The request comes from another site",
    detail="Pages of other sites may not ask this kabar. Open it at its own address.",
)
_NO_TOKEN = Refusal(
    status=401,
    title="Log in first",
    detail="Run `kabar token` where kabar runs and open the link that it prints. Programs send "
    "the content of `admin-token`, in the data directory, as `Authorization: Bearer`.",
)
