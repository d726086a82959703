"""Unsubscribing: one click in a mail ends the mails to its address (RFC 8058).

GET shows a page and changes nothing, since scanners of links follow every link of a mail; POST acts at
once, without cookie, login or redirect.
"""

from __future__ import annotations

import hmac
import sqlite3
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar
from urllib.parse import parse_qs

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from services.alerter.channels.email import address_key
from services.alerter.database import suppressions
from services.alerter.links import UNSUBSCRIBE_PATH, Links
from services.alerter.web.outside import outside_policy, own_style
from services.alerter.web.templating import Templates
from services.common.clock import Clock
from services.common.config.configuration import Configuration
from services.common.ids import ChannelId

P = ParamSpec("P")
T = TypeVar("T")

WHY = "unsubscribed by the link in a mail"
_MOST_BODY = 4_096

log = structlog.get_logger()


class Database(Protocol):
    """The database, as far as this page reads and writes it."""

    async def read(
        self, query: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kw: P.kwargs
    ) -> T:
        """Return what `query(connection, …)` returns, in one snapshot."""
        ...

    async def write_now(
        self, change: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kw: P.kwargs
    ) -> T:
        """Return what `change(connection, …)` returns, when it is durable."""
        ...


class Unsubscribing:
    """Finds whom a link is for among the addresses that are configured, and ends or resumes the mails."""

    def __init__(
        self,
        database: Database,
        links: Links,
        *,
        configuration: Callable[[], Configuration],
        clock: Clock,
    ) -> None:
        self._database = database
        self._links = links
        self._configuration = configuration
        self._clock = clock
        self._templates = Templates()

    @property
    def route(self) -> Route:
        """Return the route of GET, HEAD and POST /u/{token}."""
        return Route(f"{UNSUBSCRIBE_PATH}{{token}}", self._answer, methods=["GET", "POST"])

    async def _answer(self, request: Request) -> Response:
        found = self._addressed_by(request.path_params["token"])
        if found is None:
            return self._page(404, address=None, is_suppressed=False)
        address, channel = found
        if request.method == "POST":
            await self._act(address, channel, wants_mail=await _asks_for_mail(request))
        suppressed = await self._database.read(suppressions.suppressed_in, channel)
        return self._page(
            200,
            address=address,
            is_suppressed=address_key(address) in suppressed,
        )

    async def _act(self, address: str, channel: ChannelId, *, wants_mail: bool) -> None:
        if wants_mail:
            await self._database.write_now(suppressions.allow, address, channel)
        else:
            await self._database.write_now(
                suppressions.suppress, address, channel, why=WHY, now=self._clock.now()
            )
        log.info("mail_resumed" if wants_mail else "mail_unsubscribed", channel=channel)

    def _addressed_by(self, token: str) -> tuple[str, ChannelId] | None:
        """Return address and channel of a link; None where nobody is mailed any more by it."""
        presented = token.encode("utf-8", "surrogatepass")
        for config in self._configuration().channels:
            to = dict(config.options).get("to")
            for address in to if config.type == "email" and isinstance(to, tuple) else ():
                expected = self._links.unsubscribe_token(address, config.id)
                if hmac.compare_digest(presented, expected.encode("ascii")):
                    return address, config.id
        return None

    def _page(self, status: int, *, address: str | None, is_suppressed: bool) -> Response:
        html = self._templates.render(
            "unsubscribe.html",
            style=own_style(),
            title="Mails of kabar",
            address=address,
            is_suppressed=is_suppressed,
        )
        headers = {
            "cache-control": "no-store",
            # The address of this page is a key: it goes to no other site.
            "referrer-policy": "same-origin",
            # Who is mailed has no access to our styles.
            "content-security-policy": outside_policy(),
        }
        return HTMLResponse(html, status_code=status, headers=headers)


async def _asks_for_mail(request: Request) -> bool:
    """Return whether our own page's other button was pressed; any other POST unsubscribes."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BODY:
            return False
    fields = parse_qs(body.decode("utf-8", "replace"))
    return "resume" in fields and "List-Unsubscribe" not in fields
