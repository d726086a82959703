"""A bus on this machine, over a log that memory or SQLite keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from services.common.bus.local_consumer import Bell, Group, Member, Reader
from services.common.bus.log import Log, Placed
from services.common.bus.partitions import partition_of
from services.common.bus.port import Consumer, Outgoing, Position, Record
from services.common.contracts.topics import MAX_RECORD_BYTES, Topic
from services.common.errors import RecordTooLargeError

_VISITED_AT_ONCE = 50
"""Of the largest records, 12 MB."""


class LocalBus:
    """The Bus port over a Log."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._appended = Bell()
        self._groups: dict[tuple[str, str], Group] = {}

    async def publish(self, topic: Topic, records: Sequence[Outgoing]) -> None:
        """Append all in one transaction and wake who waits."""
        self._appended.require_open()
        placed = [_placed(topic, record) for record in records]
        if placed:
            await self._log.append(topic, placed)
            self._appended.ring()

    async def most_bytes(self, topic: Topic) -> int:  # noqa: ARG002  all topics are alike here
        """Return the limit that every topic has."""
        return MAX_RECORD_BYTES

    async def subscribe(self, topic: Topic, *, group: str) -> Consumer:
        """Return a member of `group`, which is dealt its share of the partitions."""
        members = self._groups.setdefault((group, topic.name), Group())
        await self._log.ensure([topic])
        return Member(self._log, topic, group=group, bell=self._appended, members=members)

    async def read_from(
        self, topic: Topic, positions: Mapping[int, Position], *, group: str
    ) -> Consumer:
        """Return a reader of all partitions from the caller's positions."""
        await self._log.ensure([topic])
        return Reader(self._log, topic, group=group, bell=self._appended, positions=positions)

    async def read_all(self, topic: Topic) -> Sequence[Record]:
        """Return what the topic holds."""
        records: list[Record] = []
        await self.visit(topic, records.append)
        return records

    async def visit(self, topic: Topic, take: Callable[[Record], None]) -> None:
        """Hand over what the topic holds, some records read at once."""
        bounds = await self._log.bounds(topic)
        offsets = dict(bounds.earliest)
        while batch := await self._log.read(
            topic, offsets, topic_id=bounds.topic_id, most=_VISITED_AT_ONCE
        ):
            for record in batch:
                offsets[record.partition] = record.offset + 1
                if record.offset < bounds.ends[record.partition]:
                    take(record)

    async def topic_id(self, topic: Topic) -> str:
        """Return the id that the topic got when it was made."""
        return (await self._log.bounds(topic)).topic_id

    async def was_ever_used(self, topic: Topic) -> bool:
        """Return whether an offset was ever given in it."""
        return any((await self._log.bounds(topic)).ends.values())

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """Make those that are missing."""
        await self._log.ensure(topics)

    async def partitions(self, topic: Topic) -> int:
        """Return how many the log has of it."""
        return len((await self._log.bounds(topic)).ends)

    async def add_partitions(self, topic: Topic) -> None:
        """Make the missing ones."""
        await self._log.add_partitions(topic)

    async def close(self) -> None:
        """Give the log back; a consumer that still waits raises BusUnavailableError."""
        self._appended.close()
        await self._log.close()


def _placed(topic: Topic, record: Outgoing) -> Placed:
    key = record.key.encode()
    size = len(key) + len(record.value)
    if size > MAX_RECORD_BYTES:
        raise RecordTooLargeError(
            f"A record for {topic.name} with key {record.key[:100]} has {size} bytes: "
            f"over {MAX_RECORD_BYTES}. Nothing was sent."
        )
    return Placed(
        partition=partition_of(key, partitions=topic.partitions), key=key, value=record.value
    )
