"""A message of many alerts is made beside the event loop."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from services.alerter.database.outbox import Told
from services.alerter.rendering import rendered
from services.common.ids import AlertId
from tests.support.builders import a_watchlist
from tests.support.channels import a_delivery
from tests.support.events import a_change, an_alert, an_event


async def test_a_digest_of_thousands_holds_up_nobody() -> None:
    told = [
        Told(
            alert=replace(an_alert(), id=AlertId(f"al_{number}"), change_seq=number),
            change=replace(a_change(an_event()), seq=number),
        )
        for number in range(2_000)
    ]
    delivery = a_delivery(*(one.alert.id for one in told))
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    beside = asyncio.ensure_future(others())
    message = await rendered(delivery, told, watchlist=a_watchlist())
    beside.cancel()

    assert len(message.sections) == 2_000
    assert turns > 10
