"""Kafka's topics: what a broker knows of one, making it, reading it whole. All of this blocks."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import (
    IncompatibleBrokerVersion,
    InvalidPartitionsError,
    KafkaTimeoutError,
    TopicAlreadyExistsError,
)

from services.common.bus.kafka_clients import ANSWERS_WITHIN_MS, KafkaClients
from services.common.bus.kafka_consumer import Client, record_of
from services.common.bus.port import Record
from services.common.contracts.topics import MAX_RECORD_BYTES, Topic

_LIMIT = "max.message.bytes"
_ROOM_FOR_BATCH = 512
"""What the limit of a topic counts besides key and value: the heads of batch and record."""
_LOOK_AGAIN_SECONDS = 0.1

log = structlog.get_logger()


def current_id(clients: KafkaClients, topic: Topic) -> str | None:
    """Return the id that the broker gave a topic, "" by one that gives none; None where it is missing."""
    [described] = clients.admin.get().describe_topics([topic.name])
    # A broker before 2.8 gives topics no id: there a topic that is made again is not noticed.
    return None if described["error_code"] else str(described.get("topic_id", ""))


def limit_of(clients: KafkaClients, topic: Topic) -> int:
    """Return how many bytes key and value may have: our limit, or the topic's where that is lower."""
    resource = ConfigResource(ConfigResourceType.TOPIC, topic.name, {_LIMIT: None})
    try:
        described = clients.admin.get().describe_configs([resource], config_filter="all")
    except IncompatibleBrokerVersion:
        return MAX_RECORD_BYTES
    limit = described["topic"][topic.name].get(_LIMIT)
    if limit is None:  # to be told is a right of its own, which a service can do without
        return MAX_RECORD_BYTES
    return min(MAX_RECORD_BYTES, int(limit["value"]) - _ROOM_FOR_BATCH)


def ensure(clients: KafkaClients, topics: Sequence[Topic]) -> None:
    """Make the topics that are missing."""
    admin = clients.admin.get()
    held = set(admin.list_topics())
    for topic in topics:
        if topic.name in held:
            continue
        try:
            admin.create_topics(
                {topic.name: _settings_of(topic)},
                timeout_ms=ANSWERS_WITHIN_MS,
                wait_for_metadata=True,
            )
        except TopicAlreadyExistsError:
            log.debug("topic_was_made_by_another", topic=topic.name)


def partitions_of(clients: KafkaClients, topic: Topic) -> int:
    """Return how many partitions a topic has that is there."""
    [described] = clients.admin.get().describe_topics([topic.name])
    return len(described["partitions"])


def places_of(client: Client, topic: Topic) -> list[TopicPartition]:
    """Return the partitions that a topic has, as `client` is told: it may have been made with other ones."""
    numbers = client.partitions_for_topic(topic.name) or range(topic.partitions)
    return [TopicPartition(topic.name, number) for number in sorted(numbers)]


def add_partitions(clients: KafkaClients, topic: Topic) -> None:
    """Raise a topic to the partitions that it names.

    Raises:
        KafkaTimeoutError: the broker took it, and did not show them within seconds.
    """
    try:
        clients.admin.get().create_partitions(
            {topic.name: topic.partitions}, timeout_ms=ANSWERS_WITHIN_MS
        )
    except InvalidPartitionsError:  # another was faster; any other reason shows in the count
        log.debug("partitions_were_refused", topic=topic.name)
    deadline = time.monotonic() + ANSWERS_WITHIN_MS / 1_000
    while partitions_of(clients, topic) < topic.partitions:
        if time.monotonic() > deadline:
            raise KafkaTimeoutError(f"{topic.name} did not get its {topic.partitions} partitions")
        time.sleep(_LOOK_AGAIN_SECONDS)


def has_ends(clients: KafkaClients, topic: Topic) -> bool:
    """Return whether an offset was ever given in a topic."""
    client = clients.consumer()
    try:
        places = places_of(client, topic)
        return any(client.end_offsets(places, timeout_ms=ANSWERS_WITHIN_MS).values())
    finally:
        client.close(autocommit=False)


def visit(
    clients: KafkaClients, topic: Topic, topic_id: str, take: Callable[[Record], None]
) -> None:
    """Hand `take` what a topic holds up to its ends as they are now, one record at a time.

    Raises:
        KafkaTimeoutError: nothing came for seconds, and the end was not reached.
    """
    client = clients.consumer()
    try:
        places = places_of(client, topic)
        client.assign(places)
        earliest = client.beginning_offsets(places, timeout_ms=ANSWERS_WITHIN_MS)
        ends = client.end_offsets(places, timeout_ms=ANSWERS_WITHIN_MS)
        for place in places:
            client.seek(place, earliest[place])
        quiet_since = time.monotonic()
        while any(client.position(place) < ends[place] for place in places):
            if time.monotonic() - quiet_since > ANSWERS_WITHIN_MS / 1_000:
                raise KafkaTimeoutError(f"{topic.name} could not be read to its end")
            for place, polled in client.poll(timeout_ms=500).items():
                for each in polled:
                    if each.offset < ends[place]:
                        take(record_of(each, topic_id))
                quiet_since = time.monotonic()
    finally:
        client.close(autocommit=False)


def _settings_of(topic: Topic) -> dict[str, Any]:
    keeps = (
        {"cleanup.policy": "compact"}
        if topic.is_compacted
        else {"cleanup.policy": "delete", "retention.ms": topic.keeps // timedelta(milliseconds=1)}
    )
    # Twice our own limit: the broker counts a whole batch, with its head.
    limit = {_LIMIT: 2 * MAX_RECORD_BYTES}
    return {
        "num_partitions": topic.partitions,
        "configs": {name: str(value) for name, value in {**keeps, **limit}.items()},
    }
