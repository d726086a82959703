"""The page of deliveries: what was sent, when, and with which answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.alerter.database.sending import Stopped, stopped_channels
from services.alerter.render.words import shortened
from services.alerter.tellings import (
    MOST_TOLD,
    SHOWN_CODE_POINTS,
    TOLD_AT_ONCE,
    Telling,
    ToldPage,
    told_alone,
)
from services.alerter.ways import hashes_of
from services.alerter.web.delivery_pages import deliveries_wanted
from services.alerter.web.known import require_known
from services.alerter.web.pages.frame import Frame, cursor_of, older_path, wish_of
from services.alerter.web.sources import Sources
from services.common.contracts.delivery import Delivery, DeliveryState
from services.common.ids import DeliveryId

_CHOICES = ("state", "subscription", "channel")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A delivery as its page shows it.

    `told` are the event and the sentence of what stands there at once, `more` of what is folded away;
    a sentence is None where its event is no longer kept. `left_out` alerts stand in neither.
    """

    delivery: Delivery
    told: tuple[tuple[str, str | None], ...]
    more: tuple[tuple[str, str | None], ...]
    left_out: int


def delivery_routes(frame: Frame, sources: Sources) -> list[Route]:
    """Return the page of deliveries, of all that fit or of one."""

    async def deliveries(request: Request) -> Response:
        chosen = {name: wish_of(request, name) for name in _CHOICES}
        require_known("state", chosen["state"], tuple(DeliveryState))
        one = wish_of(request, "id")
        if one is not None:
            chosen = dict.fromkeys(_CHOICES)
            told = await _told_alone(sources, DeliveryId(one))
        else:
            told = await deliveries_wanted(
                sources,
                state=chosen["state"],
                subscription=chosen["subscription"],
                channel=chosen["channel"],
                before=cursor_of(request),
            )
        channels = hashes_of(sources.configuration().channels)
        stopped = await sources.database.read(stopped_channels, channels)
        return await frame.page(
            request,
            "deliveries.html",
            deliveries=[_row(each, told.tellings[each.id]) for each in told.page.deliveries],
            next=told.page.next,
            older_path=older_path(request),
            states=[str(each) for each in DeliveryState],
            chosen=chosen,
            alone=one is not None,
            paused={name for name, one in stopped.items() if one.state is Stopped.PAUSED},
        )

    return [Route("/deliveries", deliveries, methods=["GET"])]


async def _told_alone(sources: Sources, name: DeliveryId) -> ToldPage:
    watchlist = sources.configuration().watchlist
    told = await sources.database.read(told_alone, name, watchlist=watchlist)
    if not told.page.deliveries:
        raise HTTPException(404, f"There is no delivery {name}.")
    return told


def _row(delivery: Delivery, told: Sequence[Telling]) -> DeliveryRow:
    lines = tuple(
        (one.event, one.sentence and shortened(one.sentence, code_points=SHOWN_CODE_POINTS))
        for one in told
    )
    return DeliveryRow(
        delivery=delivery,
        told=lines[:TOLD_AT_ONCE],
        more=lines[TOLD_AT_ONCE:],
        left_out=max(len(delivery.alerts) - MOST_TOLD, 0),
    )
