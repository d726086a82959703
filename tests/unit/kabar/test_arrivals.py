"""What a topic holds, in the order in which it arrived."""

from __future__ import annotations

import resource
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from kabar.arrivals import arrivals
from services.common.bus.memory import MemoryBus
from services.common.bus.port import Outgoing, Record
from services.common.clock import ManualClock
from services.common.contracts.topics import READINGS
from services.common.errors import ConfigurationError
from tests.support.builders import NOON


async def a_bus(seconds: Iterable[int]) -> MemoryBus:
    """Return a bus on which a record of another key came at each of `seconds` after noon."""
    clock = ManualClock(NOON)
    bus = MemoryBus(clock)
    for number, second in enumerate(seconds):
        clock.set(NOON + timedelta(seconds=second))
        await bus.publish(READINGS, [Outgoing(key=f"st_{number}", value=str(number).encode())])
    return bus


def is_empty(directory: Path) -> bool:
    return not any(directory.iterdir())


async def arrived(bus: MemoryBus, directory: Path) -> list[Record]:
    found = arrivals(bus, READINGS, directory=directory, most=7)
    return [record async for records in found for record in records]


async def test_records_of_all_partitions_come_in_the_order_of_their_arrival(
    tmp_path: Path,
) -> None:
    bus = await a_bus(range(30))
    by_partition = await bus.read_all(READINGS)

    records = await arrived(bus, tmp_path)

    assert [record.value for record in by_partition] != [record.value for record in records]
    assert [int(record.value) for record in records] == list(range(30))
    assert sorted(records, key=lambda one: (one.partition, one.offset)) == by_partition
    assert is_empty(tmp_path)


async def test_a_partition_keeps_its_order_whatever_the_clock_of_its_producers(
    tmp_path: Path,
) -> None:
    bus = await a_bus(second % 10 for second in range(30))

    records = await arrived(bus, tmp_path)

    for partition in {record.partition for record in records}:
        offsets = [record.offset for record in records if record.partition == partition]
        assert offsets == sorted(offsets)


async def test_what_does_not_fit_into_the_directory_is_said_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    bus = MemoryBus(ManualClock(NOON))
    for number in range(20):
        await bus.publish(READINGS, [Outgoing(key=f"st_{number}", value=bytes(200_000))])
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, most))
    try:
        with pytest.raises(ConfigurationError, match=f"does not fit into {tmp_path}"):
            await arrived(bus, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))

    assert is_empty(tmp_path)
