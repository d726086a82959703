"""The partition of a key: Kafka's default rule, so that every bus places records alike."""

from __future__ import annotations

_SEED = 0x9747B28C
_MULTIPLIER = 0x5BD1E995
_MASK = 0xFFFFFFFF


def partition_of(key: bytes, *, partitions: int) -> int:
    """Return the partition, from 0, in which records with `key` stand."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def murmur2(key: bytes) -> int:
    """Return the 32-bit MurmurHash2 of `key`, with the seed that Kafka's clients use.

    Source: org.apache.kafka.common.utils.Utils.murmur2; kafka-python and aiokafka agree.
    """
    digest = _SEED ^ len(key)
    whole = len(key) & ~3
    for start in range(0, whole, 4):
        word = int.from_bytes(key[start : start + 4], "little") * _MULTIPLIER & _MASK
        word ^= word >> 24
        digest = (digest * _MULTIPLIER & _MASK) ^ (word * _MULTIPLIER & _MASK)
    if rest := key[whole:]:
        digest = (digest ^ int.from_bytes(rest, "little")) * _MULTIPLIER & _MASK
    digest ^= digest >> 13
    digest = digest * _MULTIPLIER & _MASK
    return digest ^ digest >> 15
