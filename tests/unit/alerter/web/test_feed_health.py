from __future__ import annotations

from datetime import timedelta

from services.alerter.web.feed_health import KEPT_FOR, FeedHealths
from services.common.bus.memory import MemoryBus
from services.common.bus.port import Outgoing
from services.common.clock import ManualClock
from services.common.contracts.codec import encode
from services.common.contracts.feed import FeedCondition, FeedHealth
from services.common.contracts.topics import FEED_HEALTH, TOPICS
from tests.support.builders import NOON, a_feed

FEED = a_feed()


def a_health(state: FeedCondition) -> Outgoing:
    health = FeedHealth(
        feed_id=FEED.id,
        url=FEED.url,
        outlet=FEED.outlet,
        state=state,
        error=None,
        last_polled_at=NOON,
        next_poll_at=NOON + timedelta(minutes=10),
    )
    return Outgoing(key=FEED.id, value=encode(health))


async def test_the_newest_word_on_a_feed_counts_and_a_broken_one_is_left_out() -> None:
    clock = ManualClock(NOON)
    bus = MemoryBus(clock)
    await bus.ensure_topics(TOPICS)
    healths = FeedHealths(bus, clock, feeds=lambda: [FEED])
    before = await healths.body()

    await bus.publish(FEED_HEALTH, [a_health(FeedCondition.FAILING), a_health(FeedCondition.OK)])
    await bus.publish(FEED_HEALTH, [Outgoing(key="fd_other", value=b"{")])
    kept = await healths.body()
    clock.move(KEPT_FOR)
    after = await healths.body()

    assert [body["feeds"][0]["state"] for body in (before, kept, after)] == ["new", "new", "ok"]
