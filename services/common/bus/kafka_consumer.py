"""The reading side of the Kafka bus: one client in one thread, which keeps polling while nobody takes.

A client of the library belongs to one thread, and a member that does not poll is put out of its group.
So between two takes the thread polls with everything paused; what came nevertheless, or came for a
taker who was cancelled, waits in `_waiting` for the next one.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from kafka import ConsumerRebalanceListener, OffsetAndMetadata, TopicPartition
from kafka.errors import CommitFailedError, KafkaError

from services.common.bus.jobs import Job
from services.common.bus.port import Record, time_of
from services.common.contracts.topics import Topic
from services.common.errors import BusUnavailableError

T = TypeVar("T")
Client = Any
"""A KafkaConsumer; the library has no types."""

_POLL_WITHIN_MS = 200
_JOIN_WITHIN_MS = 3_000
_STAY_EVERY_SECONDS = 0.1
_COMPARE_ID_EVERY_SECONDS = 1.0
_ANSWERS_WITHIN_MS = 10_000
_LEAVES_WITHIN_MS = 2_000
_COMMIT_TRIES = 3

log = structlog.get_logger()


class TopicConsumer:
    """The Consumer port over a client that `open_client` makes, in a thread of its own.

    `open_client(topic_id)` returns a client that stands where reading begins; it is called again when
    the topic was made again, which `current_id` tells: None while the topic is missing.
    """

    def __init__(
        self,
        topic: Topic,
        *,
        open_client: Callable[[str, ConsumerRebalanceListener], Client],
        current_id: Callable[[], str | None],
        topic_id: str,
        on_close: Callable[[], None],
    ) -> None:
        self._topic = topic
        self._open_client = open_client
        self._current_id = current_id
        self._topic_id = topic_id
        self._on_close = on_close
        self._waiting = _Waiting()
        self._compared_at = 0.0
        self._lag = 0
        self._is_closing = threading.Event()
        self._jobs: queue.SimpleQueue[Job[TopicConsumer] | None] = queue.SimpleQueue()
        self._client: Client = None
        self._thread = threading.Thread(target=self._work, name="kafka-consumer", daemon=True)

    async def open(self) -> None:
        """Return when the client stands; it joins its group while it is used.

        Raises:
            BusUnavailableError: no broker answered; the consumer is closed.
        """
        self._thread.start()
        try:
            await self._do(lambda _: self._open())
        except BusUnavailableError:
            await self.close()
            raise

    async def take(self, *, most: int, within: timedelta) -> Sequence[Record]:
        """Return what waits, else what comes; a rebalance that has begun may take three seconds more."""
        if not (records := self._waiting.pop(most)):
            deadline = time.monotonic() + within.total_seconds()
            await self._do(lambda _: self._fill(most, deadline))
            records = self._waiting.pop(most)
        return records

    async def commit(self, taken: Sequence[Record]) -> None:
        """Move the group behind `taken`, where its partitions are still ours."""
        await self._do(lambda _: self._commit(taken))

    async def lag(self) -> int:
        """Return how many records stand behind what was taken."""
        with suppress(BusUnavailableError):
            self._lag = await self._do(lambda _: self._count_behind())
        return self._lag

    async def close(self) -> None:
        """Leave the group, unless the member is static: then its place is kept for a restart."""
        if self._is_closing.is_set():
            return
        self._is_closing.set()
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._on_close()

    async def _do(self, work: Callable[[TopicConsumer], T]) -> T:
        if self._is_closing.is_set():
            raise BusUnavailableError("The consumer was closed.")
        job = Job.of(work)
        self._jobs.put(job)
        result: T = await job.done
        return result

    # What follows runs in the thread.

    def _work(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=_STAY_EVERY_SECONDS)
            except queue.Empty:
                self._stay()
                continue
            if job is None:
                break
            self._run(job)
        while not self._jobs.empty():
            if (late := self._jobs.get()) is not None:
                late.fail(BusUnavailableError("The consumer was closed."))
        if self._client is not None:
            self._leave()

    def _run(self, job: Job[TopicConsumer]) -> None:
        try:
            job.succeed(job.work(self))
        except KafkaError as error:
            job.fail(BusUnavailableError(f"Kafka did not serve {self._topic.name}: {error}."))
        except Exception as error:  # noqa: BLE001  whoever waits gets it, whatever it is
            job.fail(error)

    def _open(self) -> None:
        self._client = self._open_client(
            self._topic_id, _Revoked(self._waiting, self._forget_claims)
        )

    def _leave(self) -> None:
        try:
            self._client.close(autocommit=False, timeout_ms=_LEAVES_WITHIN_MS)
        except Exception as error:  # noqa: BLE001  it is let go, however it takes it
            log.info("consumer_left_without_goodbye", topic=self._topic.name, reason=str(error))

    def _stay(self) -> None:
        """Remain a member of the group while its holder is busy."""
        if self._client is None:
            return
        try:
            self._settle()
            self._client.pause(*self._client.assignment())
            self._put(self._client.poll(timeout_ms=0))
        except Exception as error:  # noqa: BLE001  the thread must live, or whoever takes next waits for ever
            # Whoever takes next meets it, if it is still there.
            log.debug("poll_failed", topic=self._topic.name, reason=str(error))

    def _fill(self, most: int, deadline: float) -> None:
        """Poll until something waits, or the time is over."""
        if self._client is None:
            self._open()
        while not self._waiting and not self._is_closing.is_set():
            self._settle()
            self._client.resume(*self._client.paused())
            left = deadline - time.monotonic()
            polled = self._client.poll(
                timeout_ms=min(max(int(left * 1_000), 0), _POLL_WITHIN_MS), max_records=most
            )
            # First of all they wait: whatever fails from here on, the client will not give them again.
            self._put(polled)
            if self._was_made_again(compare_now=bool(polled)):
                self._open()
            if left <= 0:
                return

    def _settle(self) -> None:
        """Complete a rebalance that has begun, before polling.

        A join that completes between two polls is thrown away and begun anew (kafka-python 3.0.12,
        join_group_async), so that with short polls a group may never settle; long ones do not return
        when they have joined.
        """
        coordinator = self._client._coordinator  # noqa: SLF001  nothing public says or does it
        if coordinator.need_rejoin():
            coordinator.poll(timeout_ms=_JOIN_WITHIN_MS)

    def _forget_claims(self) -> None:
        """Let the next join claim nothing, after the group put this member out.

        The assignor would still claim what was lost (kafka-python 3.0.12). The leader then takes some of
        it away for others, this member sees nothing to give back, and nobody gets it.
        """
        for assignor in self._client._coordinator._assignors.values():  # noqa: SLF001  nothing public does it
            assignor.member_assignment = None

    def _was_made_again(self, *, compare_now: bool) -> bool:
        """Compare the topic's id, with every poll that brought something and else every second.

        Without this the client reads a topic that was made again from the middle, or waits at its old
        place behind the end. Records that came before the comparison are of the id that it finds.
        """
        now = time.monotonic()
        if not compare_now and now - self._compared_at < _COMPARE_ID_EVERY_SECONDS:
            return False
        self._compared_at = now
        current = self._current_id()
        if current is None or current == self._topic_id:
            return False
        log.warning("topic_was_made_again", topic=self._topic.name)
        self._topic_id = current
        self._waiting.clear()
        self._leave()
        self._client = None
        return True

    def _put(self, polled: dict[TopicPartition, list[Any]]) -> None:
        self._waiting.put(
            record_of(each, self._topic_id)
            for of_partition in polled.values()
            for each in of_partition
        )

    def _commit(self, taken: Sequence[Record]) -> None:
        if self._client is None:
            return
        for _ in range(_COMMIT_TRIES):
            if not (offsets := self._offsets_behind(taken)):
                return
            try:
                self._client.commit(offsets, timeout_ms=_ANSWERS_WITHIN_MS)
            except CommitFailedError as error:
                # A rebalance: what is still ours afterwards is committed then, the rest is read
                # again by whoever has it now.
                log.info("commit_refused", topic=self._topic.name, reason=str(error))
                self._settle()
            else:
                return

    def _offsets_behind(self, taken: Sequence[Record]) -> dict[TopicPartition, OffsetAndMetadata]:
        """Return the positions behind `taken` in the partitions that are ours."""
        ours = self._client.assignment()
        offsets: dict[TopicPartition, int] = {}
        for record in taken:
            place = TopicPartition(record.topic, record.partition)
            if record.topic_id == self._topic_id and place in ours:
                offsets[place] = max(offsets.get(place, 0), record.offset + 1)
        return {place: OffsetAndMetadata(offset, "", -1) for place, offset in offsets.items()}

    def _count_behind(self) -> int:
        if self._client is None:
            return 0
        assigned = sorted(self._client.assignment())
        ends = self._client.end_offsets(assigned, timeout_ms=_ANSWERS_WITHIN_MS)
        waiting = self._waiting.first_offsets()
        behind = 0
        for place in assigned:
            position = self._client.position(place, timeout_ms=_ANSWERS_WITHIN_MS)
            behind += ends[place] - waiting.get(place.partition, position)
        return behind


class _Waiting:
    """Records that the client gave and nobody has taken yet, in order; for two threads."""

    def __init__(self) -> None:
        self._records: deque[Record] = deque()
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._records)

    def put(self, records: Iterable[Record]) -> None:
        with self._lock:
            self._records.extend(records)

    def pop(self, most: int) -> list[Record]:
        with self._lock:
            return [self._records.popleft() for _ in range(min(most, len(self._records)))]

    def drop(self, partitions: Collection[int]) -> None:
        with self._lock:
            kept = [each for each in self._records if each.partition not in partitions]
            self._records = deque(kept)

    def clear(self) -> None:
        with self._lock:
            self._records.clear()

    def first_offsets(self) -> dict[int, int]:
        with self._lock:
            first: dict[int, int] = {}
            for record in self._records:
                first.setdefault(record.partition, record.offset)
            return first


class _Revoked(ConsumerRebalanceListener):  # type: ignore[misc]  # the library has no types
    """Drops what waits of partitions that go to another member, who reads it again."""

    def __init__(self, waiting: _Waiting, on_lost: Callable[[], None]) -> None:
        self._waiting = waiting
        self._on_lost = on_lost

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Called by the client inside a poll, in our thread."""
        self._waiting.drop({place.partition for place in revoked})

    def on_partitions_lost(self, lost: Collection[TopicPartition]) -> None:
        """Called instead where the group has put this member out."""
        self.on_partitions_revoked(lost)
        self._on_lost()

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Nothing is to be done: reading begins at the group's positions."""


def record_of(polled: Any, topic_id: str) -> Record:
    """Return a record of the library's as ours; a foreign key that is no UTF-8 is shown as it can be."""
    return Record(
        topic=polled.topic,
        topic_id=topic_id,
        partition=polled.partition,
        offset=polled.offset,
        key=(polled.key or b"").decode("utf-8", "replace"),
        value=polled.value or b"",
        at=time_of(polled.timestamp),
    )
