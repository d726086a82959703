"""`worker.py` and `stream.py` drive the same service: the same stories give the same records."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from services.classifier.child import ClassifyingChild
from services.classifier.service import GROUP, SERVICE, ClassifierService
from services.classifier.worker import ClassifierWorker
from services.common.breaker import MOST_IN_A_ROW, Breaker
from services.common.bus.memory import MemoryBus
from services.common.bus.port import Bus, Outgoing
from services.common.clock import ManualClock
from services.common.contracts.codec import decode, encode
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.topics import (
    DEAD_LETTERS,
    MAX_RECORD_BYTES,
    READINGS,
    STORIES,
    TOPICS,
    Topic,
)
from services.common.stop import Stop
from services.common.telemetry.health import Health
from services.common.telemetry.metrics import CONSUMER_LAG, REGISTRY
from tests.support import kafka_mock
from tests.support.builders import NOON, a_story, a_watchlist
from tests.support.kafka_mock import MockKafka

kafka = pytest.importorskip("services.common.bus.kafka", reason="the extra `kafka` is missing")
stream = pytest.importorskip("services.classifier.stream", reason="the extra `kafka` is missing")

pytestmark = pytest.mark.kafka

FAULTY = (sys.executable, "-m", "tests.support.faulty_child")
WITHIN_SECONDS = 40
STUCK_AFTER = timedelta(minutes=1)


def records() -> list[Outgoing]:
    """Return stories of three feeds, and among them what a classifier should never meet."""
    stories = [
        a_story(title, feed_id=f"fd_{number % 3}")
        for number, title in enumerate(
            ["one", "two", "raise on this", "three", "four", "five", "six"]
        )
    ]
    good = [Outgoing(key=story.feed_id, value=encode(story)) for story in stories]
    newer = {**json.loads(encode(stories[0])), "mood": "a field of a newer version"}
    broken = [
        Outgoing(key="fd_0", value=b"{not json"),
        Outgoing(key="fd_1", value=b"\xff\xfe\x00"),
        Outgoing(key="fd_2", value=b""),
        Outgoing(key="fd_1", value=b'{"story_id": 7}'),
        Outgoing(key="fd_0", value=json.dumps(newer).encode()),
    ]
    return [each for pair in zip(good, broken, strict=False) for each in pair] + good[len(broken) :]


@asynccontextmanager
async def a_kafka_bus(mock: MockKafka, *, most_bytes: int) -> AsyncIterator[Bus]:
    for topic in TOPICS:
        mock.make_topic(topic.name, partitions=topic.partitions)
    bus: Bus = kafka.KafkaBus([mock.server], api_version=kafka_mock.API_VERSION)

    async def limit(topic: Topic) -> int:  # noqa: ARG001  its name is the port's
        return most_bytes

    bus.most_bytes = limit  # type: ignore[method-assign]  # the cluster drops who asks for settings
    yield bus
    await bus.close()


async def told(bus: Bus, count: int) -> dict[str, list[tuple[int, str, bytes]]]:
    """Return partition, key and value of what came out, when there are `count` records."""
    while True:
        out = {topic.name: await bus.read_all(topic) for topic in (READINGS, DEAD_LETTERS)}
        if sum(map(len, out.values())) >= count:
            return {
                name: sorted((each.partition, each.key, each.value) for each in found)
                for name, found in out.items()
            }
        await asyncio.sleep(0.05)


async def through_the_worker(given: Sequence[Outgoing]) -> dict[str, list[tuple[int, str, bytes]]]:
    clock, stop = ManualClock(NOON), Stop()
    health = Health(clock)
    bus = MemoryBus(clock=clock)
    await bus.ensure_topics(TOPICS)
    await bus.publish(STORIES, given)
    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        worker = ClassifierWorker(
            bus,
            ClassifierService(child, clock),
            breaker=Breaker(service=SERVICE, gate=health.gate("classifier")),
            batches=health.pulse("classify", stuck_after=STUCK_AFTER),
            connected=health.gate("bus", reason="not yet"),
        )
        async with asyncio.timeout(WITHIN_SECONDS), asyncio.TaskGroup() as group:
            group.create_task(worker.run(stop))
            out = await told(bus, len(given))
            stop.ask()
    return out


async def through_the_agent(
    given: Sequence[Outgoing], mock: MockKafka, *, most_bytes: int = MAX_RECORD_BYTES
) -> dict[str, list[tuple[int, str, bytes]]]:
    clock, stop = ManualClock(NOON), Stop()
    health = Health(clock)
    ends: list[int] = []
    async with (
        a_kafka_bus(mock, most_bytes=most_bytes) as bus,
        ClassifyingChild(a_watchlist(), command=FAULTY) as child,
    ):
        await bus.publish(STORIES, given)
        agent = stream.ClassifierStream(
            bus,
            ClassifierService(child, clock),
            member=stream.Member(servers=(mock.server,)),
            breaker=Breaker(service=SERVICE, gate=health.gate("classifier")),
            batches=health.pulse("classify", stuck_after=STUCK_AFTER),
            connected=health.gate("bus", reason="not yet"),
            clock=clock,
            fatal=ends.append,
        )
        async with asyncio.timeout(WITHIN_SECONDS), asyncio.TaskGroup() as group:
            group.create_task(agent.run(stop))
            out = await told(bus, len(given))
            stop.ask()
    assert ends == []
    return out


def behind() -> float | None:
    labels = {"topic": STORIES.name, "group": GROUP}
    return REGISTRY.get_sample_value("kabar_consumer_lag_records", labels)


async def test_the_agent_shows_how_far_its_group_is_behind(mock_kafka: MockKafka) -> None:
    given = records()
    clock, stop = ManualClock(NOON), Stop()
    health = Health(clock)
    breaker = Breaker(service=SERVICE, gate=health.gate("classifier"))
    breaker.note([False] * (MOST_IN_A_ROW + 1))
    CONSUMER_LAG.labels(STORIES.name, GROUP).set(0)  # another test's is left there
    async with (
        a_kafka_bus(mock_kafka, most_bytes=MAX_RECORD_BYTES) as bus,
        ClassifyingChild(a_watchlist(), command=FAULTY) as child,
    ):
        await bus.publish(STORIES, given)
        agent = stream.ClassifierStream(
            bus,
            ClassifierService(child, clock),
            member=stream.Member(servers=(mock_kafka.server,)),
            breaker=breaker,
            batches=health.pulse("classify", stuck_after=STUCK_AFTER),
            connected=health.gate("bus", reason="not yet"),
            clock=clock,
        )
        async with asyncio.timeout(WITHIN_SECONDS), asyncio.TaskGroup() as group:
            group.create_task(agent.run(stop))
            # Its partitions are fetched one after the other: until the last has told it is fewer.
            while (waiting := behind()) != len(given):  # noqa: ASYNC110  a metric can only be looked at
                await asyncio.sleep(0.05)
            breaker.close()
            while behind() != 0:
                clock.move(timedelta(seconds=1))
                await asyncio.sleep(0.05)
            stop.ask()
    assert (waiting, behind()) == (len(given), 0)


async def test_agent_and_worker_give_identical_records_and_dead_letters(
    mock_kafka: MockKafka,
) -> None:
    given = records()

    by_worker = await through_the_worker(given)
    by_agent = await through_the_agent(given, mock_kafka)

    assert by_agent == by_worker
    assert len(by_worker[READINGS.name]) == 7
    assert len(by_worker[DEAD_LETTERS.name]) == 5


async def test_a_reading_that_its_topic_does_not_take_is_a_dead_letter(
    mock_kafka: MockKafka,
) -> None:
    stories = [a_story("one"), a_story("t" * 2_000, url="https://example.org/" + "u" * 1_000)]
    given = [Outgoing(key=story.feed_id, value=encode(story)) for story in stories]

    told_of = await through_the_agent([*given, given[0]], mock_kafka, most_bytes=3_000)

    assert len(told_of[READINGS.name]) == 2
    [(_, _, letter)] = told_of[DEAD_LETTERS.name]
    assert "RecordTooLargeError" in decode(DeadLetter, letter).error
