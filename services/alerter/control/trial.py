"""POST /control/channels/{id}/test: a marked test through the running channel, sent once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.alerter.channels.port import Channel
from services.alerter.database.connections import Database
from services.alerter.trial import keep_test, send_test, trial_of
from services.alerter.unknown import no_such
from services.common.clock import Clock
from services.common.contracts.codec import encode
from services.common.ids import ChannelId

PATH = "/control/channels/{channel}/test"


def trial_route(
    database: Database,
    channels: Callable[[], Mapping[ChannelId, Channel]],
    *,
    clock: Clock,
    on_taken: Callable[[ChannelId], Awaitable[None]],
) -> Route:
    """Return the route; its answer is a Trial, a 404 where there is no such channel.

    `on_taken` hears of a channel that took its test: whatever was wrong with it is mended.
    """

    async def test(request: Request) -> Response:
        name = ChannelId(request.path_params["channel"])
        channel = channels().get(name)
        if channel is None:
            return JSONResponse({"detail": no_such("channel", name, channels())}, status_code=404)
        over = await send_test(channel, name=name, clock=clock)
        await database.write(keep_test, over)
        if (trial := trial_of(over)).taken:
            await on_taken(name)
        return Response(encode(trial), media_type="application/json")

    return Route(PATH, test, methods=["POST"])
