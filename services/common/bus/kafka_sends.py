"""Sends to Kafka: records in groups of bounded size, each waited for until it is acknowledged.

Sizes are checked before anything is sent; the library would take any amount while the broker is away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kafka.errors import KafkaError, MessageSizeTooLargeError

from services.common.bus.kafka_clients import ACKNOWLEDGED_WITHIN_MS, Kept
from services.common.bus.port import Outgoing
from services.common.contracts.topics import MAX_RECORD_BYTES, Topic
from services.common.errors import RecordTooLargeError

AT_ONCE = 8
"""How many sends may be under way."""
_MOST_BYTES_PER_SEND = 1024 * 1024
_MOST_RECORDS_PER_SEND = 500
"""What is in flight is at most 8 MiB; the library would take any amount."""


def groups(topic: Topic, records: Sequence[Outgoing]) -> Iterator[list[tuple[bytes, bytes]]]:
    """Return keys and values in groups of bounded size, after every single size was checked."""
    encoded = [(record.key.encode(), record.value) for record in records]
    for key, value in encoded:
        if len(key) + len(value) > MAX_RECORD_BYTES:
            raise RecordTooLargeError(
                f"A record for {topic.name} with key {key[:100]!r} has {len(key) + len(value)} "
                f"bytes: over {MAX_RECORD_BYTES}. Nothing was sent."
            )
    return _grouped(encoded)


def send(producers: Kept, topic: Topic, records: Sequence[tuple[bytes, bytes]]) -> None:
    """Return when every replica in sync has what was sent; blocks.

    Raises:
        RecordTooLargeError: the topic does not take a record of this size.
        KafkaError: not all of it was acknowledged; the producer was replaced. Send all of it again.
    """
    producer = producers.get()
    failures: list[KafkaError] = []
    acknowledgements = []
    for key, value in records:
        try:
            acknowledgements.append(producer.send(topic.name, key=key, value=value))
        except KafkaError as error:
            failures.append(error)
            break
    # All of them, so that nothing of this send is in flight when it is sent again.
    for acknowledgement in acknowledgements:
        try:
            acknowledgement.get(timeout=2 * ACKNOWLEDGED_WITHIN_MS / 1_000)
        except KafkaError as error:
            failures.append(error)
    if failures:
        producers.replace(producer)
        raise _worst(topic, failures)


def _grouped(encoded: Sequence[tuple[bytes, bytes]]) -> Iterator[list[tuple[bytes, bytes]]]:
    group: list[tuple[bytes, bytes]] = []
    size = 0
    for key, value in encoded:
        if group and (
            size + len(key) + len(value) > _MOST_BYTES_PER_SEND
            or len(group) == _MOST_RECORDS_PER_SEND
        ):
            yield group
            group, size = [], 0
        group.append((key, value))
        size += len(key) + len(value)
    if group:
        yield group


def _worst(topic: Topic, failures: Sequence[KafkaError]) -> Exception:
    """Return what the caller should be told: a refusal for good before one that may pass."""
    for error in failures:
        if isinstance(error, MessageSizeTooLargeError):
            return RecordTooLargeError(f"{topic.name} does not take a record of this size: {error}")
    first: Exception = failures[0]
    return first
