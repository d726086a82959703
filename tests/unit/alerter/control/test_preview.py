from __future__ import annotations

from pathlib import Path

import httpx
from starlette.applications import Starlette

from services.alerter.control.preview import preview_routes
from services.alerter.telling import Following
from services.common.ids import ChannelId
from tests.support.alerting import a_subscription, an_alerter, told_by
from tests.support.builders import a_watchlist

SPAN = {"from": "2026-01-05T00:00:00+00:00", "to": "2026-01-06T00:00:00+00:00"}


async def test_the_child_previews_what_the_process_planned(tmp_path: Path) -> None:
    following = Following.of(a_watchlist(), [a_subscription()], [ChannelId("archive")])
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(told_by("One"))
        app = Starlette(routes=preview_routes(alerter.database, tmp_path, lambda: following))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            asked = {"subscription": "everything", **SPAN}
            previewed = await client.get("/control/preview", params=asked)
            planned = await client.get("/control/planned", params=asked)
            unknown = await client.get("/control/preview", params={**asked, "subscription": "no"})
            timeless = await client.get("/control/preview", params={"subscription": "everything"})

    assert previewed.json() == planned.json()
    (message,) = previewed.json()["messages"]
    assert message["body"][0]["sentence"].startswith("TikTok")
    assert (unknown.status_code, timeless.status_code) == (404, 400)
