"""What the Kafka bus decides by itself, without a broker."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.bus.port import Outgoing
from services.common.contracts.topics import FEED_HEALTH, MAX_RECORD_BYTES, STORIES
from services.common.errors import BusUnavailableError, RecordTooLargeError

kafka = pytest.importorskip("services.common.bus.kafka", reason="the extra `kafka` is missing")
clients = pytest.importorskip("services.common.bus.kafka_clients")
consumers = pytest.importorskip("services.common.bus.kafka_consumer")
sends = pytest.importorskip("services.common.bus.kafka_sends")
topics = pytest.importorskip("services.common.bus.kafka_topics")


@given(st.lists(st.integers(0, MAX_RECORD_BYTES - 1), max_size=40))
def test_what_is_sent_at_once_is_bounded_and_nothing_is_left_out(sizes: list[int]) -> None:
    records = [Outgoing(key="k", value=bytes(size)) for size in sizes]

    groups = list(sends.groups(STORIES, records))

    assert [len(value) for group in groups for _, value in group] == sizes
    assert all(sum(len(value) for _, value in group) <= 1024 * 1024 for group in groups)


@pytest.mark.parametrize("milliseconds", [10**18, -(10**17)])
def test_a_record_with_a_time_that_no_calendar_has_is_read(milliseconds: int) -> None:
    polled = SimpleNamespace(
        topic=STORIES.name, partition=0, offset=7, key=b"k", value=b"v", timestamp=milliseconds
    )

    record = consumers.record_of(polled, "id")

    assert (record.value, record.at) == (b"v", datetime(1970, 1, 1, tzinfo=UTC))


def test_many_small_records_are_sent_in_groups_of_five_hundred() -> None:
    records = [Outgoing(key="k", value=b"") for _ in range(1_200)]

    assert [len(group) for group in sends.groups(STORIES, records)] == [500, 500, 200]


def test_sizes_are_checked_before_the_first_group_is_sent() -> None:
    records = [Outgoing(key="k", value=b"x"), Outgoing(key="k", value=bytes(MAX_RECORD_BYTES))]

    with pytest.raises(RecordTooLargeError):
        sends.groups(STORIES, records)


def test_topics_are_made_with_their_own_retention_or_compaction() -> None:
    stories, health = topics._settings_of(STORIES), topics._settings_of(FEED_HEALTH)

    assert stories == {
        "num_partitions": 6,
        "configs": {
            "cleanup.policy": "delete",
            "retention.ms": "3024000000",
            "max.message.bytes": "524288",
        },
    }
    assert health["configs"]["cleanup.policy"] == "compact"
    assert "retention.ms" not in health["configs"]


def test_two_consumers_of_a_group_in_one_process_have_two_seats() -> None:
    seats = kafka._Seats("host")

    first, second, other = seats.take("g"), seats.take("g"), seats.take("h")
    seats.give_back("g", first)

    assert (first, second, other) == ("host-1", "host-2", "host-1")
    assert seats.take("g") == "host-1"
    assert kafka._Seats(None).take("g") is None


class Client:
    def __init__(self) -> None:
        self.is_closed = False

    def close(self, timeout: float | None = None) -> None:  # noqa: ARG002  the library's signature
        self.is_closed = True


def test_a_client_that_failed_is_replaced_once_however_many_threads_saw_it_fail() -> None:
    kept = clients.Kept(Client)
    failed = kept.get()

    kept.replace(failed)
    fresh = kept.get()
    kept.replace(failed)

    assert failed.is_closed
    assert kept.get() is fresh
    assert not fresh.is_closed


async def test_a_closed_bus_says_so() -> None:
    bus = kafka.KafkaBus(["127.0.0.1:1"])
    await bus.close()

    with pytest.raises(BusUnavailableError, match="closed"):
        await bus.topic_id(STORIES)


class Coordinator:
    def need_rejoin(self) -> bool:
        return False


class GivesOnce:
    """A client of the library that gives one record, once."""

    def __init__(self) -> None:
        self._coordinator = Coordinator()
        record = SimpleNamespace(
            topic=STORIES.name, partition=0, offset=7, key=b"k", value=b"v", timestamp=0
        )
        self._polls: list[dict[object, list[object]]] = [{"place": [record]}]

    def poll(self, timeout_ms: int, max_records: int | None = None) -> dict[object, list[object]]:  # noqa: ARG002  the library's signature
        return self._polls.pop() if self._polls and max_records else {}

    def assignment(self) -> set[object]:
        return set()

    def paused(self) -> set[object]:
        return set()

    def pause(self, *_: object) -> None:
        pass

    def resume(self, *_: object) -> None:
        pass

    def close(self, **_: object) -> None:
        pass


async def test_a_record_that_came_before_the_broker_went_away_is_given_at_the_next_take() -> None:
    def is_away() -> str:
        raise kafka.KafkaError("connection lost")

    consumer = consumers.TopicConsumer(
        STORIES,
        open_client=lambda *_: GivesOnce(),
        current_id=is_away,
        topic_id="id",
        on_close=lambda: None,
    )
    await consumer.open()

    with pytest.raises(BusUnavailableError):
        await consumer.take(most=10, within=timedelta(seconds=1))
    [record] = await consumer.take(most=10, within=timedelta(seconds=1))
    await consumer.close()

    assert (record.offset, record.topic_id, record.value) == (7, "id", b"v")


class TripsOnce(GivesOnce):
    """A client that raises what no client should, once, while nobody takes."""

    def __init__(self) -> None:
        super().__init__()
        self.tripped = threading.Event()

    def poll(self, timeout_ms: int, max_records: int | None = None) -> dict[object, list[object]]:
        if max_records is None and not self.tripped.is_set():
            self.tripped.set()
            raise RuntimeError("Nobody thought of this.")
        return super().poll(timeout_ms, max_records)


async def test_a_client_that_trips_while_nobody_takes_keeps_no_taker_waiting() -> None:
    client = TripsOnce()
    consumer = consumers.TopicConsumer(
        STORIES,
        open_client=lambda *_: client,
        current_id=lambda: "id",
        topic_id="id",
        on_close=lambda: None,
    )
    await consumer.open()
    await asyncio.to_thread(client.tripped.wait)

    async with asyncio.timeout(10):
        [record] = await consumer.take(most=10, within=timedelta(seconds=1))
    await consumer.close()

    assert record.offset == 7
