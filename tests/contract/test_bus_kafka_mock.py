"""The Kafka bus keeps the Bus contract on librdkafka's mock cluster, as far as that is a Kafka."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from services.common.bus.port import Bus
from services.common.contracts.topics import Topic
from tests.contract.bus_contract import BusContract
from tests.support.kafka_mock import API_VERSION, MockKafka

kafka = pytest.importorskip("services.common.bus.kafka", reason="the extra `kafka` is missing")

_NO_IDS = "the mock cluster gives topics no id and deletes none"
_NO_RETENTION = "the mock cluster removes no records"
_NO_SETTINGS = "the mock cluster drops a connection that asks for settings"
_NO_ADDING = "the mock cluster adds no partitions"
GAPS = {
    "test_missing_partitions_are_added_and_what_is_there_stays": _NO_ADDING,
    "test_a_topic_takes_what_every_topic_takes_unless_somebody_lowered_it": _NO_SETTINGS,
    "test_a_position_of_a_topic_that_was_made_again_is_worth_nothing": _NO_IDS,
    "test_a_topic_that_is_made_again_while_it_is_read_is_read_from_its_beginning": _NO_IDS,
    "test_a_topic_that_was_made_again_has_another_id": _NO_IDS,
    "test_a_position_before_the_earliest_is_read_from_the_earliest": _NO_RETENTION,
    "test_a_topic_was_used_also_when_retention_has_removed_everything": _NO_RETENTION,
}


class MockGround:
    def __init__(self, mock: MockKafka) -> None:
        self._mock = mock
        self._opened: list[Bus] = []
        self._made: set[str] = set()
        self.bus: Bus = self._open()
        self.patience, self.moment = timedelta(seconds=20), timedelta(milliseconds=300)

    def _open(self) -> Bus:
        bus = kafka.KafkaBus(
            [self._mock.server],
            # A second member waits for all but a second of the session on this cluster.
            session_timeout=timedelta(seconds=2),
            api_version=API_VERSION,
        )
        bus.ensure_topics = self._make  # the cluster does not answer the request for it
        self._opened.append(bus)
        return self._opened[-1]

    async def _make(self, topics: Sequence[Topic]) -> None:
        for topic in topics:
            if topic.name not in self._made:
                self._mock.make_topic(topic.name, partitions=topic.partitions)
                self._made.add(topic.name)

    async def reopen(self) -> Bus:
        await self.bus.close()
        self.bus = self._open()
        return self.bus

    async def crash(self) -> Bus:
        return self._open()

    async def remake(self, topic: Topic) -> None:
        raise NotImplementedError(_NO_IDS)

    async def expire(self, topic: Topic) -> None:
        raise NotImplementedError(_NO_RETENTION)

    async def close(self) -> None:
        for bus in self._opened:
            await bus.close()


@pytest.mark.kafka
class TestKafkaBusOnTheMockCluster(BusContract):
    @pytest.fixture
    async def ground(
        self, request: pytest.FixtureRequest, mock_kafka: MockKafka
    ) -> AsyncIterator[MockGround]:
        if reason := GAPS.get(request.function.__name__):
            request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
        ground = MockGround(mock_kafka)
        yield ground
        await ground.close()
