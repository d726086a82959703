"""The bus on Apache Kafka, through kafka-python: for services that are processes of their own.

What blocks runs in threads, and what is in flight is bounded. How clients are built and kept, records
sent and topics asked about stands in the modules beside this one.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import TypeVar

from kafka import ConsumerRebalanceListener
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import KafkaConfigurationError, KafkaError, KafkaTimeoutError

from services.common.bus.kafka_clients import ANSWERS_WITHIN_MS, KafkaClients
from services.common.bus.kafka_consumer import Client, TopicConsumer
from services.common.bus.kafka_sends import AT_ONCE, groups, send
from services.common.bus.kafka_topics import (
    add_partitions,
    current_id,
    ensure,
    has_ends,
    limit_of,
    partitions_of,
    places_of,
    visit,
)
from services.common.bus.port import Consumer, Outgoing, Position, Record
from services.common.contracts.topics import Topic
from services.common.errors import BusUnavailableError

T = TypeVar("T")


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
        self._clients = KafkaClients(servers, api_version=api_version)
        self._sends = asyncio.Semaphore(AT_ONCE)
        self._threads = ThreadPoolExecutor(AT_ONCE + 4, thread_name_prefix="kafka")
        self._is_closed = False

    async def publish(self, topic: Topic, records: Sequence[Outgoing]) -> None:
        """Send in groups that are acknowledged by every replica in sync."""
        for records_of_a_send in groups(topic, records):
            async with self._sends:
                await self._run(send, self._clients.producer, topic, records_of_a_send)

    async def most_bytes(self, topic: Topic) -> int:
        """Return our limit, or the topic's own where that is lower and the broker tells it."""
        return await self._run(limit_of, self._clients, topic)

    async def subscribe(self, topic: Topic, *, group: str) -> Consumer:
        """Return a member of `group`, with cooperative rebalances and a static id where we have one."""
        seat = self._seats.take(group)

        def open_client(_: str, listener: ConsumerRebalanceListener) -> Client:
            client = self._clients.consumer(
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
            client = self._clients.consumer(group_id=group)
            places = places_of(client, topic)
            client.assign(places)
            earliest = client.beginning_offsets(places, timeout_ms=ANSWERS_WITHIN_MS)
            ends = client.end_offsets(places, timeout_ms=ANSWERS_WITHIN_MS)
            for place in places:
                offset = _offset_of(positions.get(place.partition), topic_id)
                is_there = offset is not None and earliest[place] <= offset <= ends[place]
                client.seek(place, offset if is_there else earliest[place])
            return client

        return await self._opened(topic, open_client, on_close=lambda: None)

    async def read_all(self, topic: Topic) -> Sequence[Record]:
        """Return what the topic holds."""
        records: list[Record] = []
        await self.visit(topic, records.append)
        return records

    async def visit(self, topic: Topic, take: Callable[[Record], None]) -> None:
        """Hand over what the topic holds, read in a thread by a client that belongs to no group."""
        topic_id = await self.topic_id(topic)
        await self._run(visit, self._clients, topic, topic_id, take)

    async def topic_id(self, topic: Topic) -> str:
        """Return the id that the broker gave the topic.

        Raises:
            BusUnavailableError: no broker answered, or the topic is missing.
        """
        topic_id = await self._run(current_id, self._clients, topic)
        if topic_id is None:
            raise BusUnavailableError(
                f"The topic {topic.name} is missing; make it with `kabar init-topics`."
            )
        return topic_id

    async def was_ever_used(self, topic: Topic) -> bool:
        """Return whether an offset was ever given; retention moves the beginning, never the end."""
        await self.topic_id(topic)
        return await self._run(has_ends, self._clients, topic)

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """Make those that are missing, with the broker's own number of replicas."""
        await self._run(ensure, self._clients, topics)

    async def partitions(self, topic: Topic) -> int:
        """Return how many the broker has of it."""
        await self.topic_id(topic)
        return await self._run(partitions_of, self._clients, topic)

    async def add_partitions(self, topic: Topic) -> None:
        """Ask the broker for the missing ones, and wait until it shows them."""
        if await self.partitions(topic) < topic.partitions:
            await self._run(add_partitions, self._clients, topic)

    async def close(self) -> None:
        """Let the clients go; nothing is in flight that somebody waits for."""
        self._is_closed = True
        self._clients.refuse()
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
            current_id=lambda: current_id(self._clients, topic),
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
        # The library's errors begin with their own name.
        return f"Kafka at {where} did not serve: {error}"

    def _close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._clients.close()


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


def _offset_of(position: Position | None, topic_id: str) -> int | None:
    return position.offset if position is not None and position.topic_id == topic_id else None
