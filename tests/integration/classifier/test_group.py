"""The agent as a member of its group on a real broker."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.classifier.child import ClassifyingChild
from services.classifier.service import GROUP, SERVICE, ClassifierService
from services.common.breaker import Breaker
from services.common.clock import SystemClock
from services.common.contracts.topics import TOPICS
from services.common.stop import Stop
from services.common.telemetry.health import Health
from tests.support.builders import a_watchlist

kafka = pytest.importorskip("services.common.bus.kafka", reason="the extra `kafka` is missing")
stream = pytest.importorskip("services.classifier.stream", reason="the extra `kafka` is missing")
admin = pytest.importorskip("kafka.admin")
errors = pytest.importorskip("kafka.errors")

pytestmark = pytest.mark.kafka


def members(server: str) -> int:
    client: Any = admin.KafkaAdminClient(bootstrap_servers=server)
    try:
        described = client.describe_groups([GROUP])
    except errors.CoordinatorNotAvailableError:
        return 0  # the broker makes its topic of groups for the first member
    finally:
        client.close()
    return len(described[GROUP]["members"])


def files_in(place: Path) -> list[Path]:
    return list(place.iterdir())


async def test_a_classifier_that_is_stopped_leaves_its_share_to_the_others_at_once_and_no_file(
    kafka_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    clock, stop = SystemClock(), Stop()
    health = Health(clock)
    bus = kafka.KafkaBus([kafka_server])
    await bus.ensure_topics(TOPICS)
    async with ClassifyingChild(a_watchlist()) as child:
        agent = stream.ClassifierStream(
            bus,
            ClassifierService(child, clock),
            member=stream.Member(servers=(kafka_server,), name="here-8702"),
            breaker=Breaker(service=SERVICE, gate=health.gate("classifier")),
            batches=health.pulse("classify", stuck_after=timedelta(minutes=1)),
            connected=health.gate("bus", reason="not yet"),
            clock=clock,
        )
        async with asyncio.timeout(40), asyncio.TaskGroup() as group:
            group.create_task(agent.run(stop))
            while (joined := await asyncio.to_thread(members, kafka_server)) == 0:  # noqa: ASYNC110  the broker can only be asked
                await asyncio.sleep(0.1)
            stop.ask()
    left = await asyncio.to_thread(members, kafka_server)
    await bus.close()

    assert joined == 1
    assert left == 0
    assert files_in(tmp_path) == []
