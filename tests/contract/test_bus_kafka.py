"""The Kafka bus keeps the Bus contract on a real broker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.common.bus.port import Bus
from services.common.contracts.topics import Topic
from tests.contract.bus_contract import BusContract

kafka = pytest.importorskip("services.common.bus.kafka", reason="the extra `kafka` is missing")
TopicPartition: Any = pytest.importorskip("kafka").TopicPartition
admin = pytest.importorskip("kafka.admin")
errors = pytest.importorskip("kafka.errors")


class KafkaGround:
    """A bus on a broker; topics have fresh names, so the broker may be shared."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._opened: list[Bus] = []
        self.bus: Bus = self._open()
        self.patience, self.moment = timedelta(seconds=20), timedelta(milliseconds=700)

    def _open(self) -> Bus:
        bus: Bus = kafka.KafkaBus([self._server])
        self._opened.append(bus)
        return bus

    async def reopen(self) -> Bus:
        await self.bus.close()
        self.bus = self._open()
        return self.bus

    async def crash(self) -> Bus:
        return self._open()

    async def remake(self, topic: Topic) -> None:
        def delete_and_wait() -> None:
            client = admin.KafkaAdminClient(bootstrap_servers=self._server)
            client.delete_topics([topic.name])
            _wait_until(lambda: topic.name not in client.list_topics())
            client.close()

        await asyncio.to_thread(delete_and_wait)
        await self.bus.ensure_topics([topic])

    async def expire(self, topic: Topic) -> None:
        def delete_records() -> None:
            client = admin.KafkaAdminClient(bootstrap_servers=self._server)
            places = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
            client.delete_records(dict.fromkeys(places, -1))
            client.close()

        await asyncio.to_thread(delete_records)

    async def close(self) -> None:
        for bus in self._opened:
            await bus.close()


def _wait_until(is_so: Any) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.kafka
class TestKafkaBus(BusContract):
    @pytest.fixture
    async def ground(self, kafka_server: str) -> AsyncIterator[KafkaGround]:
        ground = KafkaGround(kafka_server)
        yield ground
        await ground.close()
