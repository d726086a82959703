"""GET /control/preview: what a subscription would have been sent; worked out in a child process.

A month of changes takes seconds, in which this process has to track and to send. The child opens the
database to read, and gets what it needs of the configuration on its stdin.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.alerter.database.connections import Database
from services.alerter.preview import Span, planned_messages, preview
from services.alerter.telling import Following
from services.common.contracts.codec import encode
from services.common.ids import SubscriptionId

PREVIEW_PATH = "/control/preview"
PLANNED_PATH = "/control/planned"

WITHIN = timedelta(minutes=10)
COMMAND = (sys.executable, "-m", "services.alerter.control.preview")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the child is asked; both ends are our own."""

    data: Path
    subscription: SubscriptionId
    span: Span
    following: Following


_Answer = Callable[[_Asked], Awaitable[bytes]]


def preview_routes(
    database: Database, data: Path, following: Callable[[], Following]
) -> list[Route]:
    """Return the routes for `subscription`, `from` and `to` (RFC 3339) of the query.

    /control/preview has what would have been sent by what `following` gives now, /control/planned what
    was planned at that time. What cannot be asked is a 404 or 400 with the reason as `detail`.
    """

    async def previewed(request: Request) -> Response:
        return await _answered(request, following(), _in_child)

    async def planned(request: Request) -> Response:
        async def from_database(asked: _Asked) -> bytes:
            messages = await database.read(
                planned_messages,
                asked.subscription,
                span=asked.span,
                watchlist=asked.following.watchlist,
            )
            return await asyncio.to_thread(encode, messages)

        return await _answered(request, following(), from_database)

    async def _answered(request: Request, now: Following, answer: _Answer) -> Response:
        query = request.query_params
        name = SubscriptionId(query.get("subscription", ""))
        if name not in now.subscriptions:
            return _refused(404, f"There is no subscription {name}.")
        try:
            span = Span(
                since=datetime.fromisoformat(query["from"]),
                until=datetime.fromisoformat(query["to"]),
            )
        except (KeyError, ValueError):
            return _refused(400, "`from` and `to` are times with a zone, as RFC 3339 has them.")
        asked = _Asked(data=data, subscription=name, span=span, following=now)
        try:
            return Response(await answer(asked), media_type="application/json")
        except TimeoutError:
            return _refused(504, f"Not done within {WITHIN}: ask for a shorter time.")

    return [
        Route(PREVIEW_PATH, previewed, methods=["GET"]),
        Route(PLANNED_PATH, planned, methods=["GET"]),
    ]


async def _in_child(asked: _Asked) -> bytes:
    """Return the child's answer.

    Raises:
        TimeoutError: it took too long, and was ended.
        RuntimeError: it failed; what it said is on stderr.
    """
    child = await asyncio.create_subprocess_exec(
        *COMMAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        question = await asyncio.to_thread(pickle.dumps, asked)
        async with asyncio.timeout(WITHIN.total_seconds()):
            answer, _ = await child.communicate(question)
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    if child.returncode != 0:
        raise RuntimeError(f"The preview ended with {child.returncode}.")
    return answer


def _refused(status: int, detail: str) -> Response:
    return JSONResponse({"detail": detail}, status_code=status)


def main() -> None:
    """Answer the one question on stdin."""
    asked: _Asked = pickle.load(sys.stdin.buffer)  # noqa: S301  our own parent
    messages = preview(asked.data, asked.subscription, span=asked.span, following=asked.following)
    sys.stdout.buffer.write(encode(messages))


if __name__ == "__main__":
    main()
