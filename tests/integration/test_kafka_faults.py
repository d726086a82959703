"""The Kafka bus when something breaks: nothing that was acknowledged is lost, and it goes on by itself."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.common.bus.port import Bus, Consumer, Outgoing, Record
from services.common.contracts.topics import Topic
from services.common.errors import BusUnavailableError, RecordTooLargeError
from tests.support import kafka_mock
from tests.support.kafka_local import Broker
from tests.support.kafka_mock import MockKafka
from tests.support.ports import free_port

kafka = pytest.importorskip("services.common.bus.kafka", reason="the extra `kafka` is missing")
clients = pytest.importorskip("services.common.bus.kafka_clients")
admin = pytest.importorskip("kafka.admin")

pytestmark = pytest.mark.kafka

SOON, PATIENCE = timedelta(milliseconds=300), timedelta(seconds=30)


def a_topic(partitions: int = 3) -> Topic:
    return Topic(
        name=f"test.{uuid.uuid4().hex[:12]}", partitions=partitions, keeps=timedelta(days=1)
    )


def some(count: int, *, start: int = 0) -> list[Outgoing]:
    return [Outgoing(key=f"key-{n}", value=b"%d" % n) for n in range(start, start + count)]


async def taken(consumer: Consumer, count: int) -> list[Record]:
    """Return what comes until there are `count` different records."""
    records: list[Record] = []
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while len({record.value for record in records}) < count:
        assert time.monotonic() < deadline, f"{len(records)} of {count} came"
        try:
            records += await consumer.take(most=100, within=SOON)
        except BusUnavailableError:
            await asyncio.sleep(0.05)
    return records


async def publish(bus: Bus, topic: Topic, records: list[Outgoing]) -> None:
    """Publish as the port says: again, until it is acknowledged."""
    while True:
        try:
            return await bus.publish(topic, records)
        except BusUnavailableError:
            await asyncio.sleep(0.05)


class TestOnTheMockCluster:
    @pytest.fixture
    def topic(self, mock_kafka: MockKafka) -> Topic:
        topic = a_topic()
        mock_kafka.make_topic(topic.name, partitions=topic.partitions)
        return topic

    @pytest.fixture
    async def bus(self, mock_kafka: MockKafka) -> AsyncIterator[Bus]:
        bus: Bus = kafka.KafkaBus(
            [mock_kafka.server],
            session_timeout=timedelta(seconds=2),
            api_version=kafka_mock.API_VERSION,
        )
        yield bus
        await bus.close()

    async def test_errors_that_pass_are_borne(
        self, mock_kafka: MockKafka, bus: Bus, topic: Topic
    ) -> None:
        errors = (kafka_mock.NOT_LEADER, kafka_mock.REQUEST_TIMED_OUT) * 2
        mock_kafka.fail(kafka_mock.PRODUCE, *errors)

        await bus.publish(topic, some(10))

        assert len({record.value for record in await bus.read_all(topic)}) == 10

    async def test_a_producer_that_failed_for_good_is_replaced(
        self, mock_kafka: MockKafka, bus: Bus, topic: Topic
    ) -> None:
        mock_kafka.fail(kafka_mock.PRODUCE, kafka_mock.TOPIC_AUTHORIZATION_FAILED)

        with pytest.raises(BusUnavailableError, match="TopicAuthorizationFailed"):
            await bus.publish(topic, some(1))
        await bus.publish(topic, some(5))

        assert len({record.value for record in await bus.read_all(topic)}) == 5

    async def test_a_record_that_the_broker_finds_too_large_is_refused_for_good(
        self, mock_kafka: MockKafka, bus: Bus, topic: Topic
    ) -> None:
        mock_kafka.fail(kafka_mock.PRODUCE, kafka_mock.MESSAGE_TOO_LARGE)

        with pytest.raises(RecordTooLargeError):
            await bus.publish(topic, some(1))
        await bus.publish(topic, some(1, start=1))

        assert [record.value for record in await bus.read_all(topic)] == [b"1"]

    async def test_publishing_waits_for_a_broker_that_is_away_for_a_while(
        self, mock_kafka: MockKafka, bus: Bus, topic: Topic
    ) -> None:
        await bus.publish(topic, some(1))
        mock_kafka.go_down()

        async with asyncio.TaskGroup() as group:
            publishing = group.create_task(bus.publish(topic, some(1, start=1)))
            done, _ = await asyncio.wait({publishing}, timeout=0.5)
            mock_kafka.come_up()

        assert not done
        assert len({record.value for record in await bus.read_all(topic)}) == 2

    async def test_taking_goes_on_after_a_broker_was_away(
        self, mock_kafka: MockKafka, bus: Bus, topic: Topic
    ) -> None:
        consumer = await bus.read_from(topic, {}, group=topic.name)
        await bus.publish(topic, some(5))
        await taken(consumer, 5)

        mock_kafka.go_down()
        try:
            while_away = await consumer.take(most=10, within=SOON)
        except BusUnavailableError:
            while_away = []
        mock_kafka.come_up()
        await publish(bus, topic, some(5, start=5))
        after = await taken(consumer, 5)
        await consumer.close()

        assert not while_away
        assert {record.value for record in after} == {b"%d" % n for n in range(5, 10)}

    async def test_a_commit_that_a_rebalance_refused_is_made_when_it_is_over(
        self, mock_kafka: MockKafka, bus: Bus, topic: Topic
    ) -> None:
        await bus.publish(topic, some(5))
        consumer = await bus.subscribe(topic, group=topic.name)
        records = await taken(consumer, 5)
        mock_kafka.fail(kafka_mock.OFFSET_COMMIT, kafka_mock.REBALANCE_IN_PROGRESS)

        await consumer.commit(records)
        await consumer.close()
        again = await bus.subscribe(topic, group=topic.name)
        await publish(bus, topic, some(1, start=5))
        after = await taken(again, 1)
        await again.close()

        assert {record.value for record in after} == {b"5"}

    async def test_a_member_that_was_put_out_of_its_group_comes_back_by_itself(
        self, mock_kafka: MockKafka, bus: Bus, topic: Topic
    ) -> None:
        await bus.publish(topic, some(5))
        consumer = await bus.subscribe(topic, group=topic.name)
        records = await taken(consumer, 5)
        mock_kafka.fail(kafka_mock.OFFSET_COMMIT, kafka_mock.UNKNOWN_MEMBER)

        await consumer.commit(records)  # raises nothing; what is not committed comes again
        await publish(bus, topic, some(1, start=5))
        after: list[Record] = []
        while b"5" not in {record.value for record in after}:
            after += await taken(consumer, 1)
        await consumer.close()

        assert {record.value for record in after} <= {b"%d" % n for n in range(6)}

    async def test_without_a_broker_the_sentence_says_what_may_be_wrong(
        self, monkeypatch: pytest.MonkeyPatch, topic: Topic
    ) -> None:
        monkeypatch.setitem(clients._CLIENT, "bootstrap_timeout_ms", 500)
        server = f"127.0.0.1:{free_port()}"
        bus = kafka.KafkaBus([server])

        with pytest.raises(BusUnavailableError, match=f"No broker answers at {server}"):
            await bus.subscribe(topic, group=topic.name)
        await bus.close()


class TestOnARealBroker:
    @pytest.fixture
    async def bus(self, kafka_server: str) -> AsyncIterator[Bus]:
        bus: Bus = kafka.KafkaBus([kafka_server])
        yield bus
        await bus.close()

    async def test_a_missing_topic_is_told_with_the_command_that_makes_it(self, bus: Bus) -> None:
        topic = a_topic()

        with pytest.raises(BusUnavailableError, match="init-topics"):
            await bus.subscribe(topic, group=topic.name)
        with pytest.raises(BusUnavailableError):
            await bus.topic_id(topic)

    async def test_a_record_over_the_topics_own_limit_does_not_stop_the_next(
        self, bus: Bus, kafka_server: str
    ) -> None:
        topic = a_topic()
        await asyncio.to_thread(_make_with_limit, kafka_server, topic, 10_000)

        most_bytes = await bus.most_bytes(topic)
        await bus.publish(topic, [Outgoing(key="k", value=b"x" * (most_bytes - 1))])
        with pytest.raises(RecordTooLargeError):
            await bus.publish(topic, [Outgoing(key="k", value=b"x" * 20_000)])
        await bus.publish(topic, some(3))

        assert 9_000 < most_bytes < 10_000
        assert len(await bus.read_all(topic)) == 4

    async def test_a_take_that_was_cancelled_takes_nothing_away(self, bus: Bus) -> None:
        topic = a_topic()
        await bus.ensure_topics([topic])
        consumer = await bus.subscribe(topic, group=topic.name)

        async with asyncio.TaskGroup() as group:
            cancelled = group.create_task(consumer.take(most=10, within=PATIENCE))
            await asyncio.wait({cancelled}, timeout=0.5)
            cancelled.cancel()
            await bus.publish(topic, some(10))
        records = await taken(consumer, 10)
        await consumer.close()

        assert sorted(int(record.value) for record in records) == list(range(10))

    async def test_a_member_whose_holder_works_for_long_keeps_its_partitions(
        self, kafka_server: str
    ) -> None:
        topic = a_topic()
        bus = kafka.KafkaBus([kafka_server], session_timeout=timedelta(seconds=3))
        await bus.ensure_topics([topic])
        await bus.publish(topic, some(10))
        consumer = await bus.subscribe(topic, group=topic.name)

        records = await taken(consumer, 10)
        await asyncio.sleep(4)  # the broker's clock, not ours
        await consumer.commit(records)
        more = await consumer.take(most=10, within=SOON)
        lag = await consumer.lag()
        await consumer.close()
        await bus.close()

        assert not more
        assert lag == 0

    async def test_a_static_member_that_restarts_goes_on_without_a_rebalance(
        self, kafka_server: str
    ) -> None:
        topic = a_topic()
        first = kafka.KafkaBus([kafka_server], member="classifier-1")
        await first.ensure_topics([topic])
        await first.publish(topic, some(10))
        consumer = await first.subscribe(topic, group=topic.name)
        await consumer.commit(await taken(consumer, 10))
        await consumer.close()
        await first.close()

        again = kafka.KafkaBus([kafka_server], member="classifier-1")
        await again.publish(topic, some(10, start=10))
        began = time.monotonic()
        consumer = await again.subscribe(topic, group=topic.name)
        records = await taken(consumer, 10)
        seconds = time.monotonic() - began
        await consumer.close()
        await again.close()

        assert {int(record.value) for record in records} == set(range(10, 20))
        assert seconds < 5  # half the session

    async def test_what_was_acknowledged_survives_kill_9_of_the_broker(
        self, own_broker: Broker
    ) -> None:
        topic = a_topic()
        bus = kafka.KafkaBus([own_broker.server])
        await bus.ensure_topics([topic])
        consumer = await bus.read_from(topic, {}, group=topic.name)

        async with asyncio.TaskGroup() as group:
            for start in range(0, 200, 20):
                group.create_task(publish(bus, topic, some(20, start=start)))
            await asyncio.to_thread(own_broker.kill)
            await asyncio.to_thread(own_broker.start)
        records = await taken(consumer, 200)
        await consumer.close()
        await bus.close()

        assert {int(record.value) for record in records} == set(range(200))


def _make_with_limit(server: str, topic: Topic, most_bytes: int) -> None:
    client: Any = admin.KafkaAdminClient(bootstrap_servers=server)
    settings = {
        "num_partitions": topic.partitions,
        "configs": {"max.message.bytes": str(most_bytes)},
    }
    client.create_topics({topic.name: settings}, wait_for_metadata=True)
    client.close()
