"""A bus on this machine: consumers, groups and waking, over a log that memory or SQLite keeps.

One process uses it at a time (the data directory is locked), so the members of a group are known here:
partitions are dealt among them anew when one comes or goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from services.common.bus.partitions import partition_of
from services.common.bus.port import Consumer, Outgoing, Position, Record
from services.common.contracts.topics import MAX_RECORD_BYTES, Topic
from services.common.errors import BusUnavailableError, RecordTooLargeError

_LOOK_AGAIN_AFTER = timedelta(milliseconds=200)
"""For what another process wrote (0.3 % of a core idle); what this one writes wakes at once."""

_READ_ALL_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A record with its partition, ready to be appended."""

    partition: int
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a topic holds: by partition, the offset of the first record and the next one to be given.

    In an empty partition both are the same.
    """

    topic_id: str
    earliest: Mapping[int, int]
    ends: Mapping[int, int]


class Log(Protocol):
    """What keeps the records. A topic that is missing is made by the method that first names it.

    Every method raises BusUnavailableError when the storage does not serve.
    """

    async def append(self, topic: Topic, records: Sequence[Placed]) -> None:
        """Return when all are durable, in order behind what is there."""
        ...

    async def read(
        self, topic: Topic, offsets: Mapping[int, int], *, topic_id: str, most: int
    ) -> Sequence[Record] | None:
        """Return up to `most` records from these offsets on, partitions in the order of `offsets`.

        None: the topic has another id by now.
        """
        ...

    async def bounds(self, topic: Topic) -> Bounds:
        """Return the topic's id and what it holds."""
        ...

    async def committed(self, topic: Topic, *, group: str) -> Mapping[int, int]:
        """Return the group's positions by partition, for the topic of the present id."""
        ...

    async def commit(
        self, topic: Topic, offsets: Mapping[int, int], *, topic_id: str, group: str
    ) -> None:
        """Set positions; nothing when the topic has another id by now."""
        ...

    async def ensure(self, topics: Sequence[Topic]) -> None:
        """Make the topics that are missing."""
        ...

    async def close(self) -> None:
        """Give the storage back."""
        ...


class LocalBus:
    """The Bus port over a Log."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._appended = _Bell()
        self._groups: dict[tuple[str, str], _Group] = {}

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
        members = self._groups.setdefault((group, topic.name), _Group())
        await self._log.ensure([topic])
        return _Member(self._log, topic, group=group, bell=self._appended, members=members)

    async def read_from(
        self, topic: Topic, positions: Mapping[int, Position], *, group: str
    ) -> Consumer:
        """Return a reader of all partitions from the caller's positions."""
        await self._log.ensure([topic])
        return _Reader(self._log, topic, group=group, bell=self._appended, positions=positions)

    async def read_all(self, topic: Topic) -> Sequence[Record]:
        """Return what the topic holds, partition by partition."""
        bounds = await self._log.bounds(topic)
        offsets = dict(bounds.earliest)
        records: list[Record] = []
        while batch := await self._log.read(
            topic, offsets, topic_id=bounds.topic_id, most=_READ_ALL_AT_ONCE
        ):
            records.extend(batch)
            offsets.update({record.partition: record.offset + 1 for record in batch})
        return [record for record in records if record.offset < bounds.ends[record.partition]]

    async def topic_id(self, topic: Topic) -> str:
        """Return the id that the topic got when it was made."""
        return (await self._log.bounds(topic)).topic_id

    async def was_ever_used(self, topic: Topic) -> bool:
        """Return whether an offset was ever given in it."""
        return any((await self._log.bounds(topic)).ends.values())

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """Make those that are missing."""
        await self._log.ensure(topics)

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


class _Bell:
    """Wakes everybody who waits at the moment, as long as the bus is open."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._is_closed = False

    def ring(self) -> None:
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    def hear(self) -> asyncio.Event:
        """Return what is set at the next ring; ask before looking, so that no ring is missed."""
        return self._rung

    def close(self) -> None:
        """Ring for the last time."""
        self._is_closed = True
        self.ring()

    def require_open(self) -> None:
        """Raise BusUnavailableError when the bus was closed."""
        if self._is_closed:
            raise BusUnavailableError("The bus was closed.")


@dataclass(slots=True)
class _Group:
    """The members of a group on one topic; `deal` changes whenever one comes or goes."""

    members: list[_Member] = field(default_factory=list)
    deal: int = 0

    def share_of(self, member: _Member, partitions: int) -> list[int]:
        place = self.members.index(member)
        return [each for each in range(partitions) if each % len(self.members) == place]


class _Reader:
    """Reads all partitions from the caller's positions; commits move the group."""

    def __init__(
        self,
        log: Log,
        topic: Topic,
        *,
        group: str,
        bell: _Bell,
        positions: Mapping[int, Position],
    ) -> None:
        self._log = log
        self._topic = topic
        self._group = group
        self._bell = bell
        self._positions = positions
        self._topic_id: str | None = None
        self._offsets: dict[int, int] = {}
        self._is_closed = False
        self._lag = 0

    async def take(self, *, most: int, within: timedelta) -> Sequence[Record]:
        deadline = asyncio.get_running_loop().time() + within.total_seconds()
        while True:
            rung = self._bell.hear()
            if records := await self._read(most):
                return records
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return []
            with suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), min(left, _LOOK_AGAIN_AFTER.total_seconds()))

    async def commit(self, taken: Sequence[Record]) -> None:
        self._require_open()
        topic_id = self._topic_id
        offsets: dict[int, int] = {}
        for record in taken:
            if record.topic_id == topic_id and record.partition in self._offsets:
                behind = record.offset + 1
                offsets[record.partition] = max(offsets.get(record.partition, 0), behind)
        if offsets and topic_id is not None:
            await self._log.commit(self._topic, offsets, topic_id=topic_id, group=self._group)

    async def lag(self) -> int:
        with suppress(BusUnavailableError):
            self._lag = await self._count_behind()
        return self._lag

    async def _count_behind(self) -> int:
        self._require_open()
        await self._place()
        bounds = await self._log.bounds(self._topic)
        if bounds.topic_id != self._topic_id:
            return sum(bounds.ends.values())
        return sum(
            bounds.ends[partition] - max(offset, bounds.earliest[partition])
            for partition, offset in self._offsets.items()
        )

    async def close(self) -> None:
        self._is_closed = True

    def _require_open(self) -> None:
        self._bell.require_open()
        if self._is_closed:
            raise BusUnavailableError("The consumer was closed.")

    async def _read(self, most: int) -> Sequence[Record]:
        self._require_open()
        await self._place()
        assert self._topic_id is not None  # noqa: S101  _place has set it
        records = await self._log.read(
            self._topic, self._offsets, topic_id=self._topic_id, most=most
        )
        if records is None:
            self._topic_id = None
            return await self._read(most)
        for record in records:
            # Behind the others, so that one full partition does not keep them waiting.
            self._offsets.pop(record.partition, None)
            self._offsets[record.partition] = record.offset + 1
        return records

    async def _place(self) -> None:
        """Find out where to read, when that is not known yet or the topic was made again."""
        if self._topic_id is not None:
            return
        bounds = await self._log.bounds(self._topic)
        wanted = {
            partition: position.offset
            for partition, position in self._positions.items()
            if position.topic_id == bounds.topic_id
        }
        self._offsets = {
            partition: _start(wanted.get(partition), bounds, partition)
            for partition in bounds.earliest
        }
        self._topic_id = bounds.topic_id
        await self._stand_at(self._offsets)

    async def _stand_at(self, offsets: Mapping[int, int]) -> None:
        """Show where the group stands in every partition, so that the log keeps what is behind."""
        if offsets and self._topic_id is not None:
            await self._log.commit(self._topic, offsets, topic_id=self._topic_id, group=self._group)


class _Member(_Reader):
    """Reads its group's share of the partitions, from the group's positions."""

    def __init__(self, log: Log, topic: Topic, *, group: str, bell: _Bell, members: _Group) -> None:
        super().__init__(log, topic, group=group, bell=bell, positions={})
        self._members = members
        self._deal = -1
        members.members.append(self)
        members.deal += 1

    async def commit(self, taken: Sequence[Record]) -> None:
        self._require_open()
        await self._place()
        await super().commit(taken)

    async def close(self) -> None:
        if not self._is_closed:
            self._members.members.remove(self)
            self._members.deal += 1
        await super().close()

    async def _place(self) -> None:
        if self._is_closed or (self._topic_id is not None and self._deal == self._members.deal):
            return
        deal = self._members.deal
        bounds = await self._log.bounds(self._topic)
        committed = await self._log.committed(self._topic, group=self._group)
        kept = self._offsets if self._topic_id == bounds.topic_id else {}
        self._offsets = {
            partition: kept[partition]
            if partition in kept
            else _start(committed.get(partition), bounds, partition)
            for partition in self._members.share_of(self, len(bounds.earliest))
        }
        self._topic_id, self._deal = bounds.topic_id, deal
        gained = {each: offset for each, offset in self._offsets.items() if each not in kept}
        await self._stand_at(gained)


def _start(offset: int | None, bounds: Bounds, partition: int) -> int:
    """Return `offset` where it lies in the partition, else the earliest one."""
    earliest, end = bounds.earliest[partition], bounds.ends[partition]
    return offset if offset is not None and earliest <= offset <= end else earliest
