"""`kabar replay` and `kabar rebuild` where the bus is Kafka."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from kabar.rebuild import Rebuilt, rebuild
from kabar.replay import Replayed, replay
from services.alerter.database.connections import Database
from services.alerter.database.queries import events_page
from services.common.bus.port import Outgoing
from services.common.clock import SystemClock
from services.common.contracts.codec import decode, encode
from services.common.contracts.event import Event
from services.common.contracts.reading import Reading
from services.common.contracts.topics import READINGS, STORIES, TOPICS
from services.common.ids import CompanyId
from services.common.settings import Settings
from services.common.wiring import shared_bus
from tests.support.builders import a_story
from tests.support.kafka_local import Broker

pytest.importorskip("services.common.bus.kafka", reason="the extra `kafka` is missing")

COMPANIES = """
companies:
  - {id: tiktok, name: TikTok}
  - {id: shein, name: Shein}
"""
TITLES = ("India bans TikTok", "France bans Shein", "A rainy day in Paris")


@pytest.mark.kafka
async def test_stories_are_read_again_and_a_lost_database_is_filled_from_the_topics(
    own_broker: Broker, tmp_path: Path
) -> None:
    (tmp_path / "companies.yml").write_text(COMPANIES, encoding="utf-8")
    settings = Settings(config=tmp_path, data=tmp_path / "data", bus=f"kafka://{own_broker.server}")
    settings.data.mkdir()
    now = SystemClock().now()
    async with shared_bus(settings) as bus:
        await bus.ensure_topics(TOPICS)
        stories = [a_story(title, seen_at=now, revised_at=now, published=now) for title in TITLES]
        await bus.publish(
            STORIES, [Outgoing(key=one.feed_id, value=encode(one)) for one in stories]
        )

        done = await replay(
            settings,
            since=now - timedelta(days=1),
            companies={CompanyId("shein")},
            hand_over=_nobody,
        )
        readings = [decode(Reading, record.value) for record in await bus.read_all(READINGS)]

    assert done == Replayed(stories=3, readings=1, failed=0)
    assert [(one.story.title, one.reread) for one in readings] == [(TITLES[1], True)]
    assert await rebuild(settings) == Rebuilt(readings=1, failed=0, changes=1)
    [event] = await _events(settings)
    assert [company.id for company in event.companies] == ["shein"]


async def _nobody(_: Sequence[Outgoing]) -> None:
    raise AssertionError("Kafka takes readings from everybody.")


async def _events(settings: Settings) -> Sequence[Event]:
    database = await Database.open(settings.data)
    try:
        return (await database.read(events_page, limit=10, before=None)).events
    finally:
        await database.close()
