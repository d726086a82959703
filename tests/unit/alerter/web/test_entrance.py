from __future__ import annotations

import httpx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from services.alerter.web.entrance import Entrance
from services.common.clock import ManualClock
from services.common.telemetry.health import Health
from tests.support.builders import NOON


async def test_a_standby_answers_its_probes_and_says_why_there_is_no_page() -> None:
    health = Health(ManualClock(NOON))
    lock = health.gate("lock", reason="standby: another alerter is the active one")
    entrance = Entrance(health)
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("the page"))])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(entrance), base_url="http://127.0.0.1"
    ) as browser:
        alive, ready = await browser.get("/livez"), await browser.get("/readyz")
        closed = await browser.get("/")
        for_people = await browser.get("/", headers={"accept": "text/html"})
        lock.open()
        entrance.open_to(app)
        opened = await browser.get("/")

    assert (alive.status_code, ready.status_code, ready.json()["status"]) == (200, 503, "standby")
    assert closed.status_code == 503
    assert "another alerter is the active one" in closed.json()["detail"]
    assert (for_people.status_code, for_people.headers["retry-after"]) == (503, "2")
    assert for_people.headers["content-type"].startswith("text/html")
    assert "another alerter is the active one" in for_people.text
    assert opened.text == "the page"
