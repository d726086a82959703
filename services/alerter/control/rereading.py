"""POST /control/rereadings: a replay's readings go onto the bus of the process that holds it.

The bus in a file has one writer. A replay beside a running process reads the file and hands over what
it read here.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.common.bus.port import Bus, Outgoing
from services.common.contracts.codec import decode
from services.common.contracts.reading import Reading
from services.common.contracts.topics import READINGS
from services.common.errors import (
    BusUnavailableError,
    MalformedRecordError,
    RecordTooLargeError,
)
from services.common.turns import in_turns

PATH = "/control/rereadings"
MOST_BYTES = 16 * 1024 * 1024


def rereading_route(bus: Bus) -> Route:
    """Return the route; the body is one reading a line. The answer comes when all are durable.

    400 where a line is no re-reading (nothing is published then), 503 where the bus does not serve.
    """

    async def publish(request: Request) -> Response:
        body = await request.body()
        if len(body) > MOST_BYTES:
            return _refused(413, f"More than {MOST_BYTES} bytes at once.")
        try:
            records = await asyncio.to_thread(_outgoings, body)
        except (MalformedRecordError, ValueError) as error:
            return _refused(400, str(error))
        try:
            await bus.publish(READINGS, records)
        except (BusUnavailableError, RecordTooLargeError) as error:
            return _refused(503, str(error))
        return JSONResponse({"published": len(records)})

    return Route(PATH, publish, methods=["POST"])


def _outgoings(body: bytes) -> list[Outgoing]:
    return [_outgoing(line) for line in in_turns(body.split(b"\n")) if line]


def _outgoing(line: bytes) -> Outgoing:
    reading = decode(Reading, line)
    if not reading.reread:
        raise ValueError(f"The reading of {reading.story.story_id} is no re-reading.")
    return Outgoing(key=reading.story.story_id, value=line)


def _refused(status: int, detail: str) -> Response:
    return JSONResponse({"detail": detail}, status_code=status)
