"""Consumers of a bus on this machine: those that read from positions of their own, and groups.

One process uses the bus at a time (the data directory is locked), so the members of a group are known
here: partitions are dealt among them anew when one comes or goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from services.common.bus.log import Bounds, Log
from services.common.bus.port import Position, Record
from services.common.contracts.topics import Topic
from services.common.errors import BusUnavailableError

_LOOK_AGAIN_AFTER = timedelta(milliseconds=200)
"""For what another process wrote (0.3 % of a core idle); what this one writes wakes at once."""


class Bell:
    """Wakes everybody who waits at the moment, as long as the bus is open."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()
        self._is_closed = False

    def ring(self) -> None:
        """Wake everybody who waits now."""
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
class Group:
    """The members of a group on one topic; `deal` changes whenever one comes or goes."""

    members: list[Member] = field(default_factory=list)
    deal: int = 0

    def share_of(self, member: Member, partitions: int) -> list[int]:
        """Return the partitions that are dealt to a member."""
        place = self.members.index(member)
        return [each for each in range(partitions) if each % len(self.members) == place]


class Reader:
    """Reads all partitions from the caller's positions; commits move the group."""

    def __init__(
        self,
        log: Log,
        topic: Topic,
        *,
        group: str,
        bell: Bell,
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
        """Return what comes next, as the port says; an append wakes who waits."""
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
        """Move the group behind these records, those that the topic of the present id gave."""
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
        """Return how many records are behind; as it was last known where the log does not serve."""
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
        """Take nothing any more."""
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


class Member(Reader):
    """Reads its group's share of the partitions, from the group's positions."""

    def __init__(self, log: Log, topic: Topic, *, group: str, bell: Bell, members: Group) -> None:
        super().__init__(log, topic, group=group, bell=bell, positions={})
        self._members = members
        self._deal = -1
        members.members.append(self)
        members.deal += 1

    async def commit(self, taken: Sequence[Record]) -> None:
        """Move the group behind those of these records that are in its share by now."""
        self._require_open()
        await self._place()
        await super().commit(taken)

    async def close(self) -> None:
        """Leave the group: its share is dealt to the others."""
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
