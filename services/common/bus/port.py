"""The Bus port: what every bus promises, so that an adapter can be written from this page.

A topic has partitions; a record's key decides its partition (`partitions.py`, the same on every bus),
and its offset says its place there. Offsets grow and are never used twice, but they may have gaps.
Records of one partition are read in order. Delivery is at least once: whoever reads must bear
repeats, which ids make harmless.

Topics are made by `ensure_topics`. A bus on this machine also makes one that is missing when it is
first used; a broker's bus raises BusUnavailableError until it is made.

tests/contract/bus_contract.py says the same in tests; every adapter passes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from services.common.contracts.topics import Topic

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A record to be published. Records of one key stay in order."""

    key: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it stands on the bus; `at` is when the bus took it, aware, in UTC."""

    topic: str
    topic_id: str
    partition: int
    offset: int
    key: str
    value: bytes
    at: datetime


def time_of(milliseconds: float) -> datetime:
    """Return the time that a producer gave its record, in milliseconds since 1970.

    Producers that are not ours may give any number: one that no calendar has is the beginning of 1970,
    since a record that nobody can read would stop the stream for ever.
    """
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return _EPOCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The next offset to read in a partition of the topic that has this id."""

    topic_id: str
    partition: int
    offset: int

    @classmethod
    def behind(cls, record: Record) -> Position:
        """Return the position from which reading goes on when `record` is done."""
        return cls(topic_id=record.topic_id, partition=record.partition, offset=record.offset + 1)


class Consumer(Protocol):
    """The reading side of one topic. Used by one task at a time; `close` gives it back.

    While its holder works or waits, the consumer itself stays a member of its group: it keeps polling
    without taking records.
    """

    async def take(self, *, most: int, within: timedelta) -> Sequence[Record]:
        """Return up to `most` records, as soon as there are some; empty after `within` without any.

        Records of one partition are in order; nothing is said of records of different partitions.
        Returned records count as taken: the next call goes on behind them, committed or not.

        Raises:
            BusUnavailableError: nothing was taken; call again later.
        """
        ...

    async def commit(self, taken: Sequence[Record]) -> None:
        """Return when the group's positions stand behind all of `taken`.

        Commit only what is durable elsewhere. A restart goes on behind the last commit. Where the
        group gave a partition to another member meanwhile, or the topic was made again, nothing is
        committed for it and nothing raised: the records come again, to that member.

        Raises:
            BusUnavailableError: the positions may or may not have moved; going on is safe.
        """
        ...

    async def lag(self) -> int:
        """Return how many records of its partitions stand behind the position reached by `take`.

        For showing: while the bus cannot tell it is the last number known, and nothing is raised.
        """
        ...

    async def close(self) -> None:
        """Leave the group; commits nothing."""
        ...


class Bus(Protocol):
    """Publishing, and opening consumers. One per process; `close` waits for nothing."""

    async def publish(self, topic: Topic, records: Sequence[Outgoing]) -> None:
        """Return when every record is durable: after a crash of any process it is still there.

        All are written as one group where the bus can (one fsync, one batch). After an error some may
        have been written: publish them again, with the same content.

        Raises:
            RecordTooLargeError: key and value of one are over `MAX_RECORD_BYTES`, and none
                was sent; or over a lower limit of the topic's own, and others may have been.
            BusUnavailableError: the bus did not confirm; publish again.
        """
        ...

    async def most_bytes(self, topic: Topic) -> int:
        """Return how large a record of `topic` may be, key and value together.

        It is `MAX_RECORD_BYTES`, or less where somebody gave the topic a lower limit.

        Raises:
            BusUnavailableError: the bus does not answer.
        """
        ...

    async def subscribe(self, topic: Topic, *, group: str) -> Consumer:
        """Return a consumer that shares the topic's partitions with the others of its group.

        It begins at the group's committed positions, and at the earliest record where there are none.
        """
        ...

    async def read_from(
        self, topic: Topic, positions: Mapping[int, Position], *, group: str
    ) -> Consumer:
        """Return a consumer of all partitions, from positions that the caller keeps itself.

        A partition without a position, or with one of another topic id (the topic was deleted and made
        again), is read from its earliest record; so is one whose position lies before the earliest or
        behind the end. The topic id is compared at every `take`. Its commits move `group`, only so
        that lag can be seen.
        """
        ...

    async def read_all(self, topic: Topic) -> Sequence[Record]:
        """Return every record that the topic holds now, oldest first in each partition.

        For small topics: feed health. A compacted topic may show older values of a key; the last one
        counts.
        """
        ...

    async def visit(self, topic: Topic, take: Callable[[Record], None]) -> None:
        """Hand `take` every record that `read_all` would return, one at a time, and hold few of them.

        `take` may be called in another thread, by one at a time. What it raises comes out here.
        """
        ...

    async def topic_id(self, topic: Topic) -> str:
        """Return the id that the topic got when it was made; another one after it was made again."""
        ...

    async def was_ever_used(self, topic: Topic) -> bool:
        """Return whether the topic ever held a record, also when retention has removed them all."""
        ...

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """Make those topics that are missing; leave the others as they are."""
        ...

    async def partitions(self, topic: Topic) -> int:
        """Return how many partitions the topic has; somebody may have made it with other ones."""
        ...

    async def add_partitions(self, topic: Topic) -> None:
        """Give the topic the partitions that it names and does not have; none is ever taken away.

        What is there stays where it is, so records of one key published before and after may stand in
        two partitions. Who reads from positions of its own reads the new ones when it is opened again.

        Raises:
            BusUnavailableError: the bus does not answer, or the topic is missing.
        """
        ...

    async def close(self) -> None:
        """Give everything back. Consumers are closed by who opened them, before."""
        ...
