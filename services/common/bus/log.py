"""The Log: what a bus on this machine needs of its storage. Memory and SQLite keep one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.common.bus.port import Record
from services.common.contracts.topics import Topic


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
        """Return up to `most` records from these offsets on, each partition's in order.

        Among partitions a log that knows it keeps the order of arrival; any other takes them in the
        order of `offsets`. None: the topic has another id by now.
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

    async def add_partitions(self, topic: Topic) -> None:
        """Make the partitions that the topic names and does not have."""
        ...

    async def close(self) -> None:
        """Give the storage back."""
        ...
