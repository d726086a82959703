from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from services.alerter.subscription_book import (
    MOST_BYTES,
    RefusedSubscriptionError,
    SubscriptionBook,
    completed,
)
from services.alerter.telling import Following
from services.common.config.configuration import Configuration
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.subscription import ChannelConfig
from services.common.ids import ChannelId, SubscriptionId
from tests.support.alerting import Alerter, a_subscription, an_alerter, told_by
from tests.support.builders import a_report, a_watchlist

CONFIGURATION = Configuration(
    watchlist=a_watchlist(),
    channels=(ChannelConfig(id=ChannelId("archive"), type="webhook"),),
    subscriptions=(a_subscription("of-file"),),
)
MINE = {"id": "mine", "when": {"types": ["shutdown"]}, "send": [{"to": "archive"}]}


async def a_book(alerter: Alerter) -> SubscriptionBook:
    """Return a book whose changes the alerter follows at once, as the wiring has it."""
    book = await SubscriptionBook.open(
        alerter.database, configuration=lambda: CONFIGURATION, clock=alerter.clock
    )

    async def follow() -> None:
        now = book.now.configuration
        alerter.service.configure(
            Following.of(now.watchlist, now.subscriptions, [ChannelId("archive")])
        )

    book.on_change = follow
    await follow()
    return book


async def told(alerter: Alerter) -> list[str]:
    """Return who was told, message by message."""
    return [name for one in await alerter.deliveries() for name in one.subscriptions]


async def closing(alerter: Alerter, outlet: str, target: str) -> None:
    reading = told_by(outlet, f"{target} closes")
    report = a_report(reading.story.story_id, type="shutdown", target=target)
    await alerter.tell(told_by(outlet, f"{target} closes", report))


async def test_what_is_made_is_told_from_then_on_and_what_is_removed_no_more(
    tmp_path: Path,
) -> None:
    async with an_alerter(tmp_path) as alerter:
        book = await a_book(alerter)
        await closing(alerter, "One", "tiktok")
        before = await told(alerter)
        await book.add(MINE)
        await closing(alerter, "Two", "bytedance")
        during = await told(alerter)
        await book.remove(SubscriptionId("mine"))
        await closing(alerter, "Three", "figma")

        after = await told(alerter)

    assert before == ["of-file"]
    assert sorted(during) == ["mine", "of-file", "of-file"]
    assert sorted(after) == ["mine", "of-file", "of-file", "of-file"]


async def test_what_waits_for_a_subscription_that_is_removed_is_not_sent(tmp_path: Path) -> None:
    digest = {"to": "archive", "digest": {"at": "08:00", "zone": "UTC"}}
    async with an_alerter(tmp_path) as alerter:
        book = await a_book(alerter)
        await book.add({**MINE, "send": [digest]})
        await closing(alerter, "One", "tiktok")

        await book.remove(SubscriptionId("mine"))
        alerter.clock.move(timedelta(days=1))
        await alerter.send()

        [held_back] = await alerter.deliveries(DeliveryState.SUPPRESSED)
        assert await told(alerter) == ["of-file", "mine"]
    assert (held_back.subscriptions, held_back.note) == (("mine",), "removed: mine was removed")


async def test_what_is_planned_while_a_subscription_is_removed_is_not_sent(tmp_path: Path) -> None:
    digest = {"to": "archive", "digest": {"at": "08:00", "zone": "UTC"}}
    async with an_alerter(tmp_path) as alerter:
        book = await a_book(alerter)
        await book.add({**MINE, "send": [digest]})
        follow = book.on_change

        async def read_and_follow() -> None:
            await closing(alerter, "One", "tiktok")
            await follow()

        book.on_change = read_and_follow
        await book.remove(SubscriptionId("mine"))
        alerter.clock.move(timedelta(days=1))
        await alerter.send()

        [held_back] = await alerter.deliveries(DeliveryState.SUPPRESSED)
    assert held_back.subscriptions == ("mine",)


async def test_what_was_made_is_there_after_a_restart(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        await (await a_book(alerter)).add(MINE)
    async with an_alerter(tmp_path) as alerter:
        book = await a_book(alerter)

        assert [one.id for one in book.now.configuration.subscriptions] == ["of-file", "mine"]


async def test_what_is_refused_leaves_what_was_there(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        book = await a_book(alerter)
        await book.add(MINE)

        bodies: list[object] = [{}, {"send": [{"to": "x"}]}, None, {"name": "x" * MOST_BYTES}]
        for body in bodies:
            with pytest.raises(RefusedSubscriptionError):
                await book.change(SubscriptionId("mine"), body)

        assert book.body_of(SubscriptionId("mine")) == MINE


def test_a_configuration_without_made_ones_is_itself() -> None:
    assert completed(CONFIGURATION, []).configuration is CONFIGURATION
