"""Keys go to the partitions that Kafka's clients give them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.bus.partitions import murmur2, partition_of


# Source: UtilsTest.testMurmur2 of Apache Kafka.
@pytest.mark.parametrize(
    ("key", "digest"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_digests_are_those_of_the_java_client(key: bytes, digest: int) -> None:
    assert murmur2(key) == digest & 0xFFFFFFFF


@pytest.fixture(scope="module")
def theirs() -> Callable[[bytes], int]:
    partitioner = pytest.importorskip("kafka.partitioner.default")
    murmur2_of_kafka_python: Callable[[bytes], int] = partitioner.murmur2
    return murmur2_of_kafka_python


@given(key=st.binary(max_size=40))
def test_digests_are_those_of_kafka_python(theirs: Callable[[bytes], int], key: bytes) -> None:
    assert murmur2(key) == theirs(key) & 0xFFFFFFFF


@given(st.binary(max_size=40), st.integers(1, 12))
def test_a_key_has_one_partition_and_it_is_there(key: bytes, partitions: int) -> None:
    partition = partition_of(key, partitions=partitions)

    assert 0 <= partition < partitions
    assert partition == partition_of(key, partitions=partitions)
