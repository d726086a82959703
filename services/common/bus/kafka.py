"""The bus on Apache Kafka, through kafka-python: for services that are processes of their own.

What is done here that the library alone does not do: sizes are checked before anything is sent; what is
in flight is bounded (the library takes any amount while the broker is away); a producer that failed once
is replaced (an idempotent one may fail for ever after); constructing a client waits seconds, not half a
minute; reconnecting is tried every second. Everything that blocks runs in threads.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import structlog
from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import (
    IncompatibleBrokerVersion,
    KafkaConfigurationError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    TopicAlreadyExistsError,
)

from services.common.bus.kafka_consumer import Client, TopicConsumer, record_of
from services.common.bus.port import Consumer, Outgoing, Position, Record
from services.common.contracts.topics import MAX_RECORD_BYTES, Topic
from services.common.errors import BusUnavailableError, RecordTooLargeError

T = TypeVar("T")

_SENDS_AT_ONCE = 8
_MOST_BYTES_PER_SEND = 1024 * 1024
_MOST_RECORDS_PER_SEND = 500
"""What is in flight is at most 8 MiB; the library would take any amount."""

_LIMIT = "max.message.bytes"
_ROOM_FOR_BATCH = 512
"""What the limit of a topic counts besides key and value: the heads of batch and record."""

_ACKNOWLEDGED_WITHIN_MS = 30_000
_ANSWERS_WITHIN_MS = 10_000
_BOOTSTRAPS_WITHIN_MS = 5_000

_CLIENT: dict[str, Any] = {
    # Left alone the pause between two tries grows to 30 s, and so does every outage.
    "reconnect_backoff_ms": 100,
    "reconnect_backoff_max_ms": 1_000,
    "request_timeout_ms": _ANSWERS_WITHIN_MS,
    "bootstrap_timeout_ms": _BOOTSTRAPS_WITHIN_MS,
}
_PRODUCER: dict[str, Any] = {
    "metrics_enabled": False,
    "acks": "all",
    "enable_idempotence": True,
    "linger_ms": 0,  # each send is waited for: lingering would only add to its time
    "batch_size": 128 * 1024,
    "delivery_timeout_ms": _ACKNOWLEDGED_WITHIN_MS,
    "max_block_ms": _ANSWERS_WITHIN_MS,
    "max_request_size": 4 * 1024 * 1024,
    "allow_auto_create_topics": False,
}
_CONSUMER: dict[str, Any] = {
    "metrics_enabled": False,
    "auto_offset_reset": "earliest",
    "enable_auto_commit": False,
    "allow_auto_create_topics": False,
    "heartbeat_interval_ms": 1_000,  # how soon a member learns of a rebalance
    "metadata_max_age_ms": 15_000,
}

log = structlog.get_logger()


class KafkaBus:
    """The Bus port on a broker at one of `servers` (host:port).

    `member` is the stable name of this process (its host's name), never shared by two that live: with
    it a restart within `session_timeout` gets its partitions back without a rebalance, and a member that
    is gone for good holds them that long. `api_version` is for brokers that cannot tell theirs.
    """

    def __init__(
        self,
        servers: Sequence[str],
        *,
        member: str | None = None,
        session_timeout: timedelta = timedelta(seconds=10),
        api_version: tuple[int, ...] | None = None,
    ) -> None:
        self._servers = list(servers)
        self._seats = _Seats(member)
        self._session_timeout_ms = session_timeout // timedelta(milliseconds=1)
        self._common = {**_CLIENT, "bootstrap_servers": self._servers, "api_version": api_version}
        self._producer = _Kept(lambda: _built(KafkaProducer, **self._common, **_PRODUCER))
        self._admin = _Kept(lambda: _built(KafkaAdminClient, **self._common))
        self._sends = asyncio.Semaphore(_SENDS_AT_ONCE)
        self._threads = ThreadPoolExecutor(_SENDS_AT_ONCE + 4, thread_name_prefix="kafka")
        self._is_closed = False

    async def publish(self, topic: Topic, records: Sequence[Outgoing]) -> None:
        """Send in groups that are acknowledged by every replica in sync."""
        for records_of_a_send in _groups(topic, records):
            async with self._sends:
                await self._run(self._send, topic, records_of_a_send)

    async def most_bytes(self, topic: Topic) -> int:
        """Return our limit, or the topic's own where that is lower and the broker tells it."""
        return await self._run(self._limit_of, topic)

    async def subscribe(self, topic: Topic, *, group: str) -> Consumer:
        """Return a member of `group`, with cooperative rebalances and a static id where we have one."""
        seat = self._seats.take(group)

        def open_client(_: str, listener: ConsumerRebalanceListener) -> Client:
            client = self._consumer(
                group_id=group,
                group_instance_id=seat,
                session_timeout_ms=self._session_timeout_ms,
                partition_assignment_strategy=(CooperativeStickyAssignor,),
            )
            # Before joining: a leader that does not know the topic yet deals nothing, to anybody.
            client.partitions_for_topic(topic.name)
            client.subscribe([topic.name], listener=listener)
            return client

        return await self._opened(
            topic, open_client, on_close=lambda: self._seats.give_back(group, seat)
        )

    async def read_from(
        self, topic: Topic, positions: Mapping[int, Position], *, group: str
    ) -> Consumer:
        """Return a reader that is assigned every partition and commits without being a member."""

        def open_client(topic_id: str, _: ConsumerRebalanceListener) -> Client:
            client = self._consumer(group_id=group)
            places = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
            client.assign(places)
            earliest = client.beginning_offsets(places, timeout_ms=_ANSWERS_WITHIN_MS)
            ends = client.end_offsets(places, timeout_ms=_ANSWERS_WITHIN_MS)
            for place in places:
                offset = _offset_of(positions.get(place.partition), topic_id)
                is_there = offset is not None and earliest[place] <= offset <= ends[place]
                client.seek(place, offset if is_there else earliest[place])
            return client

        return await self._opened(topic, open_client, on_close=lambda: None)

    async def read_all(self, topic: Topic) -> Sequence[Record]:
        """Return what the topic holds, read by a client that belongs to no group."""
        topic_id = await self.topic_id(topic)
        return await self._run(self._read_all, topic, topic_id)

    async def topic_id(self, topic: Topic) -> str:
        """Return the id that the broker gave the topic.

        Raises:
            BusUnavailableError: no broker answered, or the topic is missing.
        """
        topic_id = await self._run(self._current_id, topic)
        if topic_id is None:
            raise BusUnavailableError(
                f"The topic {topic.name} is missing; make it with `kabar init-topics`."
            )
        return topic_id

    async def was_ever_used(self, topic: Topic) -> bool:
        """Return whether an offset was ever given; retention moves the beginning, never the end."""
        await self.topic_id(topic)
        return await self._run(self._has_ends, topic)

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """Make those that are missing, with the broker's own number of replicas."""
        await self._run(self._ensure, topics)

    async def close(self) -> None:
        """Let the clients go; nothing is in flight that somebody waits for."""
        self._is_closed = True
        await asyncio.to_thread(self._close)

    async def _opened(
        self,
        topic: Topic,
        open_client: Callable[[str, ConsumerRebalanceListener], Client],
        *,
        on_close: Callable[[], None],
    ) -> Consumer:
        try:
            topic_id = await self.topic_id(topic)
        except BusUnavailableError:
            on_close()
            raise
        consumer = TopicConsumer(
            topic,
            open_client=open_client,
            current_id=lambda: self._current_id(topic),
            topic_id=topic_id,
            on_close=on_close,
        )
        await consumer.open()
        return consumer

    async def _run(self, work: Callable[..., T], *arguments: object) -> T:
        if self._is_closed:
            raise BusUnavailableError("The bus was closed.")
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, work, *arguments)
        except KafkaConfigurationError:
            raise
        except KafkaError as error:
            raise BusUnavailableError(self._sentence(error)) from error

    def _sentence(self, error: KafkaError) -> str:
        where = ", ".join(self._servers)
        if isinstance(error, KafkaTimeoutError) and "bootstrap" in str(error).lower():
            # The library tells these apart in its own log only.
            return (
                f"No broker answers at {where}: it does not run, the name is wrong, "
                "or it wants a password or certificate."
            )
        return f"Kafka at {where} did not serve: {type(error).__name__}: {error}"

    # What follows blocks, and runs in threads.

    def _consumer(self, **options: Any) -> Client:
        return _built(KafkaConsumer, **self._common, **_CONSUMER, **options)

    def _send(self, topic: Topic, records: Sequence[tuple[bytes, bytes]]) -> None:
        producer = self._producer.get()
        failures: list[KafkaError] = []
        acknowledgements = []
        for key, value in records:
            try:
                acknowledgements.append(producer.send(topic.name, key=key, value=value))
            except KafkaError as error:
                failures.append(error)
                break
        # All of them, so that nothing of this send is in flight when it is sent again.
        for acknowledgement in acknowledgements:
            try:
                acknowledgement.get(timeout=2 * _ACKNOWLEDGED_WITHIN_MS / 1_000)
            except KafkaError as error:
                failures.append(error)
        if failures:
            self._producer.replace(producer)
            raise _worst(topic, failures)

    def _current_id(self, topic: Topic) -> str | None:
        [described] = self._admin.get().describe_topics([topic.name])
        # A broker before 2.8 gives topics no id: there a topic that is made again is not noticed.
        return None if described["error_code"] else str(described.get("topic_id", ""))

    def _limit_of(self, topic: Topic) -> int:
        resource = ConfigResource(ConfigResourceType.TOPIC, topic.name, {_LIMIT: None})
        try:
            described = self._admin.get().describe_configs([resource], config_filter="all")
        except IncompatibleBrokerVersion:
            return MAX_RECORD_BYTES
        limit = described["topic"][topic.name].get(_LIMIT)
        if limit is None:  # to be told is a right of its own, which a service can do without
            return MAX_RECORD_BYTES
        return min(MAX_RECORD_BYTES, int(limit["value"]) - _ROOM_FOR_BATCH)

    def _ensure(self, topics: Sequence[Topic]) -> None:
        admin = self._admin.get()
        held = set(admin.list_topics())
        for topic in topics:
            if topic.name in held:
                continue
            try:
                admin.create_topics(
                    {topic.name: _settings_of(topic)},
                    timeout_ms=_ANSWERS_WITHIN_MS,
                    wait_for_metadata=True,
                )
            except TopicAlreadyExistsError:
                log.debug("topic_was_made_by_another", topic=topic.name)

    def _has_ends(self, topic: Topic) -> bool:
        places = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
        client = self._consumer()
        try:
            return any(client.end_offsets(places, timeout_ms=_ANSWERS_WITHIN_MS).values())
        finally:
            client.close(autocommit=False)

    def _read_all(self, topic: Topic, topic_id: str) -> list[Record]:
        places = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
        client = self._consumer()
        try:
            client.assign(places)
            earliest = client.beginning_offsets(places, timeout_ms=_ANSWERS_WITHIN_MS)
            ends = client.end_offsets(places, timeout_ms=_ANSWERS_WITHIN_MS)
            for place in places:
                client.seek(place, earliest[place])
            records: list[Record] = []
            quiet_since = time.monotonic()
            while any(client.position(place) < ends[place] for place in places):
                if time.monotonic() - quiet_since > _ANSWERS_WITHIN_MS / 1_000:
                    raise KafkaTimeoutError(f"{topic.name} could not be read to its end")
                for polled in client.poll(timeout_ms=500).values():
                    records += [record_of(each, topic_id) for each in polled]
                    quiet_since = time.monotonic()
            return [
                each
                for each in records
                if each.offset < ends[TopicPartition(topic.name, each.partition)]
            ]
        finally:
            client.close(autocommit=False)

    def _close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._producer.close()
        self._admin.close()


def _built(kind: Any, **options: Any) -> Any:
    """Return a client of `kind`; what a constructor that fails has opened is closed.

    Left alone it goes on asking for a broker, in a thread of its own, for as long as the process lives.
    """
    opened: list[Any] = []

    def remembered(**settings: Any) -> Any:
        opened.append(kind.DEFAULT_CONFIG["kafka_client"](**settings))
        return opened[-1]

    try:
        return kind(kafka_client=remembered, **options)
    except Exception:
        for client in opened:
            client.close()
        raise


class _Kept:
    """A client that is made when it is first needed, and again after it was replaced."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._client: Any = None
        self._is_closed = False

    def get(self) -> Any:
        with self._lock:
            if self._is_closed:
                raise BusUnavailableError("The bus was closed.")
            if self._client is None:
                self._client = self._make()
            return self._client

    def replace(self, failed: Any) -> None:
        """Let `failed` go, unless another thread did so already."""
        with self._lock:
            if self._client is not failed:
                return
            self._client = None
        failed.close(timeout=0)

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            client, self._client = self._client, None
        if client is not None:
            client.close()


class _Seats:
    """Static member ids, one for each consumer of a group in this process."""

    def __init__(self, member: str | None) -> None:
        self._member = member
        self._taken: defaultdict[str, set[str]] = defaultdict(set)

    def take(self, group: str) -> str | None:
        if self._member is None:
            return None
        numbered = (f"{self._member}-{number}" for number in count(1))
        seat = next(each for each in numbered if each not in self._taken[group])
        self._taken[group].add(seat)
        return seat

    def give_back(self, group: str, seat: str | None) -> None:
        if seat is not None:
            self._taken[group].discard(seat)


def _groups(topic: Topic, records: Sequence[Outgoing]) -> Iterator[list[tuple[bytes, bytes]]]:
    """Return keys and values in groups of bounded size, after every single size was checked."""
    encoded = [(record.key.encode(), record.value) for record in records]
    for key, value in encoded:
        if len(key) + len(value) > MAX_RECORD_BYTES:
            raise RecordTooLargeError(
                f"A record for {topic.name} with key {key[:100]!r} has {len(key) + len(value)} "
                f"bytes: over {MAX_RECORD_BYTES}. Nothing was sent."
            )
    return _grouped(encoded)


def _grouped(encoded: Sequence[tuple[bytes, bytes]]) -> Iterator[list[tuple[bytes, bytes]]]:
    group: list[tuple[bytes, bytes]] = []
    size = 0
    for key, value in encoded:
        if group and (
            size + len(key) + len(value) > _MOST_BYTES_PER_SEND
            or len(group) == _MOST_RECORDS_PER_SEND
        ):
            yield group
            group, size = [], 0
        group.append((key, value))
        size += len(key) + len(value)
    if group:
        yield group


def _worst(topic: Topic, failures: Sequence[KafkaError]) -> Exception:
    """Return what the caller should be told: a refusal for good before one that may pass."""
    for error in failures:
        if isinstance(error, MessageSizeTooLargeError):
            return RecordTooLargeError(f"{topic.name} does not take a record of this size: {error}")
    first: Exception = failures[0]
    return first


def _settings_of(topic: Topic) -> dict[str, Any]:
    keeps = (
        {"cleanup.policy": "compact"}
        if topic.is_compacted
        else {"cleanup.policy": "delete", "retention.ms": topic.keeps // timedelta(milliseconds=1)}
    )
    # Twice our own limit: the broker counts a whole batch, with its head.
    limit = {_LIMIT: 2 * MAX_RECORD_BYTES}
    return {
        "num_partitions": topic.partitions,
        "configs": {name: str(value) for name, value in {**keeps, **limit}.items()},
    }


def _offset_of(position: Position | None, topic_id: str) -> int | None:
    return position.offset if position is not None and position.topic_id == topic_id else None
