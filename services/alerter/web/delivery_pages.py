"""Delivery pages: the deliveries that the page of them or the API was asked for."""

from __future__ import annotations

from services.alerter.database.queries import DEFAULT_PAGE
from services.alerter.tellings import ToldPage, told_page
from services.alerter.web.known import require_ways
from services.alerter.web.sources import Sources
from services.common.contracts.delivery import DeliveryState
from services.common.ids import ChannelId, SubscriptionId


async def deliveries_wanted(
    sources: Sources,
    *,
    state: str | None,
    subscription: str | None,
    channel: str | None,
    before: int | None,
    limit: int = DEFAULT_PAGE,
) -> ToldPage:
    """Return the newest deliveries in a known `state`, for `subscription`, to `channel`; None is no condition.

    Raises:
        HTTPException: 422, there is no such subscription or channel, and none was sent anything.
    """
    subscription_id = None if subscription is None else SubscriptionId(subscription)
    channel_id = None if channel is None else ChannelId(channel)
    told = await sources.database.read(
        told_page,
        watchlist=sources.configuration().watchlist,
        state=None if state is None else DeliveryState(state),
        subscription=subscription_id,
        channel=channel_id,
        limit=limit,
        before=before,
    )
    if not told.page.deliveries:
        await require_ways(sources, subscription=subscription_id, channel=channel_id)
    return told
