"""What every bus promises, in tests: `services/common/bus/port.py` line by line.

An adapter's test module inherits `BusContract` and gives it a fixture `ground`. Topics have fresh names,
so that one broker serves a whole session.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Protocol

import pytest

from services.common.bus.partitions import partition_of
from services.common.bus.port import Bus, Consumer, Outgoing, Position, Record
from services.common.contracts.topics import MAX_RECORD_BYTES, Topic
from services.common.errors import BusUnavailableError, RecordTooLargeError


class Ground(Protocol):
    """Where a bus stands, and what only a test does to it."""

    bus: Bus
    patience: timedelta
    """In which what is there has come, joining a group included."""
    moment: timedelta
    """After which what has not come will not come."""

    async def reopen(self) -> Bus:
        """Close `bus` and return another on the same records, as a restarted process would."""
        ...

    async def crash(self) -> Bus:
        """Return another bus on the same records, while `bus` was never closed."""
        ...

    async def remake(self, topic: Topic) -> None:
        """Delete the topic and make it again."""
        ...

    async def expire(self, topic: Topic) -> None:
        """Let retention remove every record that the topic holds."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A consumer with the patience of its ground."""

    consumer: Consumer
    patience: timedelta

    async def take(self, count: int) -> list[Record]:
        """Return the next `count` records; fail when they do not come, or more do."""
        taken: list[Record] = []
        deadline = asyncio.get_running_loop().time() + self.patience.total_seconds()
        while len(taken) < count and asyncio.get_running_loop().time() < deadline:
            taken += await _taken(self.consumer, most=count - len(taken), within=self.patience)
        assert len(taken) == count
        return taken


@asynccontextmanager
async def closing(consumer: Consumer) -> AsyncIterator[Consumer]:
    """Close a consumer also where the ground cannot do what comes next: its threads would live on."""
    try:
        yield consumer
    finally:
        await consumer.close()


def a_topic(*, partitions: int = 3, keeps: timedelta = timedelta(days=1), **changes: bool) -> Topic:
    return Topic(
        name=f"test.{uuid.uuid4().hex[:12]}", partitions=partitions, keeps=keeps, **changes
    )


def records(*values: str, key: str = "key") -> list[Outgoing]:
    return [Outgoing(key=key, value=value.encode()) for value in values]


def spread(count: int) -> list[Outgoing]:
    """Return records of many keys, so that every partition gets some."""
    return [Outgoing(key=f"key-{n}", value=b"%d" % n) for n in range(count)]


def values(taken: Sequence[Record]) -> list[str]:
    return [record.value.decode() for record in taken]


class BusContract:
    @pytest.fixture
    async def topic(self, ground: Ground) -> Topic:
        topic = a_topic()
        await ground.bus.ensure_topics([topic])
        return topic

    async def test_what_was_published_is_read_with_its_place_and_time(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("হ্যালো", key="ключ"))

        consumer = await ground.bus.subscribe(topic, group=topic.name)
        [record] = await Reading(consumer, ground.patience).take(1)
        await consumer.close()

        assert record.value.decode() == "হ্যালো"
        assert record.key == "ключ"
        assert record.topic == topic.name
        assert record.topic_id == await ground.bus.topic_id(topic)
        assert record.partition == partition_of("ключ".encode(), partitions=3)
        assert record.at.utcoffset() == timedelta()

    async def test_records_of_one_key_stay_in_order(self, ground: Ground, topic: Topic) -> None:
        published = [Outgoing(key=f"key-{n % 7}", value=f"{n}".encode()) for n in range(140)]
        for start in range(0, 140, 20):
            await ground.bus.publish(topic, published[start : start + 20])

        consumer = await ground.bus.subscribe(topic, group=topic.name)
        taken = await Reading(consumer, ground.patience).take(140)
        await consumer.close()

        by_key = attrgetter("key")
        for _, of_key in groupby(sorted(taken, key=by_key), key=by_key):
            numbers = [int(record.value) for record in of_key]
            assert numbers == sorted(numbers)
        assert {record.key for record in taken} == {record.key for record in published}

    async def test_offsets_of_a_partition_grow(self, ground: Ground, topic: Topic) -> None:
        await ground.bus.publish(topic, spread(30))

        everything = await ground.bus.read_all(topic)

        for partition in range(topic.partitions):
            offsets = [r.offset for r in everything if r.partition == partition]
            assert offsets
            assert offsets == sorted(set(offsets))

    async def test_take_returns_at_most_what_was_asked_for_and_goes_on_behind_it(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records(*"abcde"))
        consumer = await ground.bus.subscribe(topic, group=topic.name)
        reading = Reading(consumer, ground.patience)

        first = await reading.take(1)
        second = await _taken(consumer, most=2, within=ground.patience)
        rest = await reading.take(4 - len(second))
        await consumer.close()

        assert 0 < len(second) <= 2
        assert values([*first, *second, *rest]) == list("abcde")

    async def test_take_comes_back_empty_after_its_time_when_nothing_is_there(
        self, ground: Ground, topic: Topic
    ) -> None:
        consumer = await ground.bus.subscribe(topic, group=topic.name)

        assert not await consumer.take(most=10, within=ground.moment)
        await consumer.close()

    async def test_a_waiting_take_returns_as_soon_as_something_is_published(
        self, ground: Ground, topic: Topic
    ) -> None:
        consumer = await ground.bus.subscribe(topic, group=topic.name)

        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(Reading(consumer, ground.patience).take(1))
            await asyncio.sleep(0)
            await ground.bus.publish(topic, records("new"))
        await consumer.close()

        assert values(waiting.result()) == ["new"]

    async def test_a_record_that_was_acknowledged_is_there_after_a_crash(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("durable"))

        bus = await ground.crash()

        assert values(await bus.read_all(topic)) == ["durable"]

    async def test_publishers_at_the_same_time_lose_nothing(
        self, ground: Ground, topic: Topic
    ) -> None:
        async with asyncio.TaskGroup() as group:
            for n in range(50):
                group.create_task(ground.bus.publish(topic, records(f"{n}", key=f"key-{n}")))

        held = values(await ground.bus.read_all(topic))

        assert sorted(held, key=int) == [f"{n}" for n in range(50)]

    async def test_publishing_nothing_is_nothing(self, ground: Ground, topic: Topic) -> None:
        await ground.bus.publish(topic, [])

        assert not await ground.bus.was_ever_used(topic)

    async def test_a_group_goes_on_behind_its_last_commit(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("done"))
        consumer = await ground.bus.subscribe(topic, group=topic.name)
        await consumer.commit(await Reading(consumer, ground.patience).take(1))
        await ground.bus.publish(topic, records("taken, not committed"))
        await Reading(consumer, ground.patience).take(1)
        await consumer.close()

        bus = await ground.reopen()
        again = await bus.subscribe(topic, group=topic.name)
        taken = await Reading(again, ground.patience).take(1)
        await again.close()

        assert values(taken) == ["taken, not committed"]

    async def test_a_commit_covers_what_it_names_and_nothing_more(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("first", "second"))
        consumer = await ground.bus.subscribe(topic, group=topic.name)
        first, _ = await Reading(consumer, ground.patience).take(2)
        await consumer.commit([first])
        await consumer.close()

        again = await ground.bus.subscribe(topic, group=topic.name)
        taken = await Reading(again, ground.patience).take(1)
        await again.close()

        assert values(taken) == ["second"]

    async def test_groups_do_not_see_each_others_positions(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("for both"))
        one = await ground.bus.subscribe(topic, group="one")
        await one.commit(await Reading(one, ground.patience).take(1))
        await one.close()

        other = await ground.bus.subscribe(topic, group="other")
        taken = await Reading(other, ground.patience).take(1)
        await other.close()

        assert values(taken) == ["for both"]

    async def test_members_of_a_group_share_the_partitions(
        self, ground: Ground, topic: Topic
    ) -> None:
        members = [await ground.bus.subscribe(topic, group=topic.name) for _ in range(2)]
        shares: list[set[bytes]] = [set(), set()]
        published: set[bytes] = set()
        deadline = asyncio.get_running_loop().time() + 3 * ground.patience.total_seconds()

        # Until the group has settled one member may still read everything.
        while not all(shares) or set.union(*shares) != published:
            assert asyncio.get_running_loop().time() < deadline, [len(share) for share in shares]
            if set.union(*shares) == published:
                batch = [
                    Outgoing(key=f"key-{n}", value=f"{len(published)}.{n}".encode())
                    for n in range(30)
                ]
                await ground.bus.publish(topic, batch)
                published |= {record.value for record in batch}
            for member, share in zip(members, shares, strict=True):
                taken = await _taken(member, most=100, within=ground.moment)
                share |= {record.value for record in taken}
        for member in members:
            await member.close()

    async def test_what_a_member_left_uncommitted_comes_to_the_others(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, spread(30))
        first = await ground.bus.subscribe(topic, group=topic.name)
        taken = await Reading(first, ground.patience).take(30)
        await first.commit([record for record in taken if record.partition == 0])
        second = await ground.bus.subscribe(topic, group=topic.name)
        await first.close()

        rest = await _distinct(
            second, expected=len([r for r in taken if r.partition != 0]), ground=ground
        )
        await second.close()

        assert rest == {r.value for r in taken if r.partition != 0}

    async def test_a_commit_for_a_partition_that_went_to_another_member_moves_nothing(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, spread(30))
        first = await ground.bus.subscribe(topic, group=topic.name)
        taken = await Reading(first, ground.patience).take(30)
        await first.close()
        second = await ground.bus.subscribe(topic, group=topic.name)
        await _distinct(second, expected=30, ground=ground)

        with suppress(BusUnavailableError):
            await first.commit(taken)
        await second.close()
        third = await ground.bus.subscribe(topic, group=topic.name)
        again = await _distinct(third, expected=30, ground=ground)
        await third.close()

        assert again == {record.value for record in taken}

    async def test_lag_counts_what_was_not_taken(self, ground: Ground, topic: Topic) -> None:
        await ground.bus.publish(topic, records(*"abcde"))
        consumer = await ground.bus.subscribe(topic, group=topic.name)

        await Reading(consumer, ground.patience).take(2)
        behind_two = await consumer.lag()
        await Reading(consumer, ground.patience).take(3)
        behind_all = await consumer.lag()
        await consumer.close()

        assert (behind_two, behind_all) == (3, 0)

    async def test_lag_is_the_last_known_when_the_bus_cannot_tell(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records(*"abc"))
        consumer = await ground.bus.subscribe(topic, group=topic.name)
        await Reading(consumer, ground.patience).take(1)
        before = await consumer.lag()
        await consumer.close()

        assert (before, await consumer.lag()) == (2, 2)

    async def test_reading_goes_on_from_positions_that_the_caller_kept(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, [*records(*"abc"), *records("x", key="other-1")])
        [_, b, _] = [r for r in await ground.bus.read_all(topic) if r.key == "key"]

        bus = await ground.reopen()
        consumer = await bus.read_from(topic, {b.partition: Position.behind(b)}, group=topic.name)
        taken = await Reading(consumer, ground.patience).take(2)
        await consumer.close()

        assert sorted(values(taken)) == ["c", "x"]

    async def test_a_position_of_a_topic_that_was_made_again_is_worth_nothing(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("old", "old"))
        *_, last = await ground.bus.read_all(topic)
        await ground.remake(topic)
        await ground.bus.publish(topic, records("new", "new", "new"))

        consumer = await ground.bus.read_from(
            topic, {last.partition: Position.behind(last)}, group=topic.name
        )
        taken = await Reading(consumer, ground.patience).take(3)
        await consumer.close()

        assert values(taken) == ["new", "new", "new"]
        assert taken[0].topic_id != last.topic_id

    async def test_a_topic_that_is_made_again_while_it_is_read_is_read_from_its_beginning(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("old", "old"))
        async with closing(await ground.bus.read_from(topic, {}, group=topic.name)) as consumer:
            old = await Reading(consumer, ground.patience).take(2)

            await ground.remake(topic)
            await ground.bus.publish(topic, records("new", "new", "new"))
            new = await Reading(consumer, ground.patience).take(3)
            await consumer.commit(old)

        assert values(new) == ["new", "new", "new"]
        assert {r.topic_id for r in new}.isdisjoint({r.topic_id for r in old})

    @pytest.mark.parametrize("offset", [10_000, 3])
    async def test_a_position_behind_the_end_is_read_from_the_earliest(
        self, ground: Ground, topic: Topic, offset: int
    ) -> None:
        await ground.bus.publish(topic, records("first", "second"))
        [first, _] = await ground.bus.read_all(topic)
        position = Position(
            topic_id=first.topic_id, partition=first.partition, offset=first.offset + offset
        )

        consumer = await ground.bus.read_from(topic, {first.partition: position}, group=topic.name)
        taken = await Reading(consumer, ground.patience).take(2)
        await consumer.close()

        assert values(taken) == ["first", "second"]

    async def test_a_position_at_the_end_waits_for_what_comes(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("old"))
        [old] = await ground.bus.read_all(topic)
        consumer = await ground.bus.read_from(
            topic, {old.partition: Position.behind(old)}, group=topic.name
        )

        before = await consumer.take(most=10, within=ground.moment)
        await ground.bus.publish(topic, records("new"))
        after = await Reading(consumer, ground.patience).take(1)
        await consumer.close()

        assert (values(before), values(after)) == ([], ["new"])

    async def test_a_position_before_the_earliest_is_read_from_the_earliest(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("old", "old"))
        [old, _] = await ground.bus.read_all(topic)
        await ground.expire(topic)
        await ground.bus.publish(topic, records("new"))
        position = Position(topic_id=old.topic_id, partition=old.partition, offset=old.offset)

        consumer = await ground.bus.read_from(topic, {old.partition: position}, group=topic.name)
        taken = await Reading(consumer, ground.patience).take(1)
        await consumer.close()

        assert values(taken) == ["new"]
        assert taken[0].offset >= 2

    async def test_a_reader_commits_so_that_its_group_can_be_seen(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("one", "two"))
        reader = await ground.bus.read_from(topic, {}, group=topic.name)
        [one, _] = await Reading(reader, ground.patience).take(2)
        await reader.commit([one])
        await reader.close()

        member = await ground.bus.subscribe(topic, group=topic.name)
        taken = await Reading(member, ground.patience).take(1)
        await member.close()

        assert values(taken) == ["two"]

    async def test_a_record_over_the_limit_is_refused_and_nothing_of_its_group_is_sent(
        self, ground: Ground, topic: Topic
    ) -> None:
        too_large = Outgoing(key="k" * 10, value=b"x" * (MAX_RECORD_BYTES - 9))

        with pytest.raises(RecordTooLargeError):
            await ground.bus.publish(topic, [*records("fits"), too_large])
        await ground.bus.publish(topic, records("next"))

        assert values(await ground.bus.read_all(topic)) == ["next"]

    async def test_a_topic_takes_what_every_topic_takes_unless_somebody_lowered_it(
        self, ground: Ground, topic: Topic
    ) -> None:
        assert await ground.bus.most_bytes(topic) == MAX_RECORD_BYTES

    async def test_a_record_of_just_the_limit_is_taken(self, ground: Ground, topic: Topic) -> None:
        largest = Outgoing(key="k" * 10, value=b"x" * (MAX_RECORD_BYTES - 10))

        await ground.bus.publish(topic, [largest])

        [record] = await ground.bus.read_all(topic)
        assert len(record.value) == MAX_RECORD_BYTES - 10

    async def test_empty_values_and_keys_are_records(self, ground: Ground, topic: Topic) -> None:
        await ground.bus.publish(topic, [Outgoing(key="", value=b"")])

        [record] = await ground.bus.read_all(topic)
        assert (record.key, record.value) == ("", b"")

    async def test_read_all_returns_everything_in_the_order_of_each_partition(
        self, ground: Ground, topic: Topic
    ) -> None:
        published = spread(100)
        await ground.bus.publish(topic, published)

        held = await ground.bus.read_all(topic)

        for partition in range(topic.partitions):
            assert [r.value for r in held if r.partition == partition] == [
                out.value
                for out in published
                if partition_of(out.key.encode(), partitions=topic.partitions) == partition
            ]

    async def test_read_all_of_an_empty_topic_is_empty(self, ground: Ground, topic: Topic) -> None:
        assert not await ground.bus.read_all(topic)

    async def test_the_newest_record_of_a_key_stays_in_a_compacted_topic(
        self, ground: Ground
    ) -> None:
        topic = a_topic(partitions=1, is_compacted=True)
        await ground.bus.ensure_topics([topic])
        for n in range(5):
            await ground.bus.publish(
                topic, [*records(f"a{n}", key="a"), *records(f"b{n}", key="b")]
            )

        newest = {r.key: r.value.decode() for r in await ground.bus.read_all(topic)}

        assert newest == {"a": "a4", "b": "b4"}

    async def test_a_topic_keeps_its_id(self, ground: Ground, topic: Topic) -> None:
        before = await ground.bus.topic_id(topic)

        await ground.bus.ensure_topics([topic])
        bus = await ground.reopen()

        assert await bus.topic_id(topic) == before

    async def test_a_topic_that_was_made_again_has_another_id(
        self, ground: Ground, topic: Topic
    ) -> None:
        before = await ground.bus.topic_id(topic)

        await ground.remake(topic)

        assert await ground.bus.topic_id(topic) != before

    async def test_making_topics_that_are_there_changes_nothing(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("there"))
        another = a_topic()

        await ground.bus.ensure_topics([topic, another])
        await ground.bus.ensure_topics([topic, another])

        assert values(await ground.bus.read_all(topic)) == ["there"]
        assert not await ground.bus.read_all(another)

    async def test_a_topic_has_the_partitions_with_which_it_was_made(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.ensure_topics([replace(topic, partitions=topic.partitions + 2)])

        assert await ground.bus.partitions(topic) == topic.partitions

    async def test_missing_partitions_are_added_and_what_is_there_stays(
        self, ground: Ground, topic: Topic
    ) -> None:
        more = replace(topic, partitions=topic.partitions + 2)
        before = await ground.bus.topic_id(topic)
        await ground.bus.publish(topic, spread(6))

        await ground.bus.add_partitions(more)
        bus = await ground.reopen()
        await bus.publish(more, spread(30))

        assert await bus.partitions(more) == more.partitions
        assert await bus.topic_id(more) == before
        reading = Reading(await bus.read_from(more, {}, group=topic.name), ground.patience)
        taken = await reading.take(36)
        await reading.consumer.close()
        assert {record.partition for record in taken} == set(range(more.partitions))

    async def test_no_partition_is_taken_away(self, ground: Ground, topic: Topic) -> None:
        fewer = replace(topic, partitions=topic.partitions - 1)
        await ground.bus.publish(topic, spread(30))

        await ground.bus.add_partitions(fewer)

        assert await ground.bus.partitions(fewer) == topic.partitions
        assert len(await ground.bus.read_all(fewer)) == 30

    async def test_a_topic_was_never_used_until_its_first_record(
        self, ground: Ground, topic: Topic
    ) -> None:
        before = await ground.bus.was_ever_used(topic)

        await ground.bus.publish(topic, records("first"))

        assert (before, await ground.bus.was_ever_used(topic)) == (False, True)

    async def test_a_topic_was_used_also_when_retention_has_removed_everything(
        self, ground: Ground, topic: Topic
    ) -> None:
        await ground.bus.publish(topic, records("old"))
        await ground.expire(topic)

        held, was_used = (
            await ground.bus.read_all(topic),
            await ground.bus.was_ever_used(topic),
        )

        assert (values(held), was_used) == ([], True)

    async def test_a_closed_bus_takes_nothing_more(self, ground: Ground, topic: Topic) -> None:
        await ground.bus.close()

        with pytest.raises(BusUnavailableError):
            await ground.bus.publish(topic, records("late"))


async def _distinct(consumer: Consumer, *, expected: int, ground: Ground) -> set[bytes]:
    """Return the values that come until there are `expected` different ones, and a moment longer."""
    taken: set[bytes] = set()
    deadline = asyncio.get_running_loop().time() + ground.patience.total_seconds()
    while len(taken) < expected:
        assert asyncio.get_running_loop().time() < deadline, f"{len(taken)} of {expected} came"
        taken |= {r.value for r in await _taken(consumer, most=100, within=ground.patience)}
    return taken | {r.value for r in await _taken(consumer, most=100, within=ground.moment)}


async def _taken(consumer: Consumer, *, most: int, within: timedelta) -> Sequence[Record]:
    """Take as the port says: when the bus is not there, nothing was taken, and one asks again."""
    try:
        return await consumer.take(most=most, within=within)
    except BusUnavailableError:
        await asyncio.sleep(0.05)
        return []
