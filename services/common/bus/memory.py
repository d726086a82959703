"""The bus in memory: for tests and previews."""

from __future__ import annotations

import uuid
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from services.common.bus.local import LocalBus
from services.common.bus.log import Bounds, Placed
from services.common.bus.port import Record
from services.common.clock import Clock
from services.common.contracts.topics import Topic


class MemoryBus(LocalBus):
    """A bus whose records live as long as its log; a `log` that is given outlives this bus."""

    def __init__(self, clock: Clock, *, log: MemoryLog | None = None) -> None:
        super().__init__(log or MemoryLog(clock))


@dataclass(slots=True)
class _Partition:
    """`records` are in the order of their offsets; `end` is the next one to be given."""

    records: list[Record] = field(default_factory=list)
    end: int = 0

    @property
    def earliest(self) -> int:
        return self.records[0].offset if self.records else self.end

    def from_offset(self, offset: int, most: int) -> list[Record]:
        start = bisect_left(self.records, offset, key=attrgetter("offset"))
        return self.records[start : start + most]

    def forget_until(self, at: datetime) -> None:
        kept_from = bisect_right(self.records, at, key=attrgetter("at"))
        del self.records[:kept_from]

    def compact(self) -> None:
        newest = {record.key: record.offset for record in self.records}
        self.records = [each for each in self.records if newest[each.key] == each.offset]


@dataclass(slots=True)
class _Held:
    """A topic as it stands."""

    topic: Topic
    id: str
    partitions: list[_Partition]
    committed: dict[str, dict[int, int]] = field(default_factory=dict)


class MemoryLog:
    """The Log port in lists."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[str, _Held] = {}

    async def append(self, topic: Topic, records: Sequence[Placed]) -> None:
        """Append, and forget what the topic need not keep any longer."""
        held, at = self._of(topic), self._clock.now()
        for record in records:
            partition = held.partitions[record.partition]
            partition.records.append(
                Record(
                    topic=topic.name,
                    topic_id=held.id,
                    partition=record.partition,
                    offset=partition.end,
                    key=record.key.decode(),
                    value=record.value,
                    at=at,
                )
            )
            partition.end += 1
        _tidy(held, at)

    async def read(
        self, topic: Topic, offsets: Mapping[int, int], *, topic_id: str, most: int
    ) -> Sequence[Record] | None:
        """Return records from the offsets on."""
        held = self._of(topic)
        if held.id != topic_id:
            return None
        records: list[Record] = []
        for partition, offset in offsets.items():
            records += held.partitions[partition].from_offset(offset, most - len(records))
        return records

    async def bounds(self, topic: Topic) -> Bounds:
        """Return what the topic holds."""
        held = self._of(topic)
        return Bounds(
            topic_id=held.id,
            earliest={n: partition.earliest for n, partition in enumerate(held.partitions)},
            ends={n: partition.end for n, partition in enumerate(held.partitions)},
        )

    async def committed(self, topic: Topic, *, group: str) -> Mapping[int, int]:
        """Return the group's positions."""
        return dict(self._of(topic).committed.get(group, {}))

    async def commit(
        self, topic: Topic, offsets: Mapping[int, int], *, topic_id: str, group: str
    ) -> None:
        """Set the group's positions."""
        held = self._of(topic)
        if held.id == topic_id:
            held.committed.setdefault(group, {}).update(offsets)

    async def ensure(self, topics: Sequence[Topic]) -> None:
        """Make what is missing."""
        for topic in topics:
            self._of(topic)

    async def add_partitions(self, topic: Topic) -> None:
        """Make what is missing."""
        held = self._of(topic)
        held.partitions += [_Partition() for _ in range(topic.partitions - len(held.partitions))]

    async def close(self) -> None:
        """Keep everything: the next bus may be opened over this log."""

    def tidy(self) -> None:
        """Forget what is older than its topic keeps, and the older records of a compacted key."""
        for held in self._held.values():
            _tidy(held, self._clock.now())

    def remove(self, topic: Topic) -> None:
        """Forget the topic altogether; the next use makes it again, with another id."""
        self._held.pop(topic.name, None)

    def _of(self, topic: Topic) -> _Held:
        if topic.name not in self._held:
            self._held[topic.name] = _Held(
                topic=topic,
                id=uuid.uuid4().hex,
                partitions=[_Partition() for _ in range(topic.partitions)],
            )
        return self._held[topic.name]


def _tidy(held: _Held, now: datetime) -> None:
    for partition in held.partitions:
        if held.topic.is_compacted:
            partition.compact()
        else:
            partition.forget_until(now - held.topic.keeps)
