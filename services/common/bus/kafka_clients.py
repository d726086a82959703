"""Kafka's clients: how each is set, built so that one that fails leaves nothing open, and kept.

Constructing a client waits seconds, not half a minute; reconnecting is tried every second; a producer
that failed once is replaced (an idempotent one may fail for ever after).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient

from services.common.bus.kafka_consumer import Client
from services.common.errors import BusUnavailableError

ANSWERS_WITHIN_MS = 10_000
ACKNOWLEDGED_WITHIN_MS = 30_000
_BOOTSTRAPS_WITHIN_MS = 5_000

_CLIENT: dict[str, Any] = {
    # Left alone the pause between two tries grows to 30 s, and so does every outage.
    "reconnect_backoff_ms": 100,
    "reconnect_backoff_max_ms": 1_000,
    "request_timeout_ms": ANSWERS_WITHIN_MS,
    "bootstrap_timeout_ms": _BOOTSTRAPS_WITHIN_MS,
}
_PRODUCER: dict[str, Any] = {
    "metrics_enabled": False,
    "acks": "all",
    "enable_idempotence": True,
    "linger_ms": 0,  # each send is waited for: lingering would only add to its time
    "batch_size": 128 * 1024,
    "delivery_timeout_ms": ACKNOWLEDGED_WITHIN_MS,
    "max_block_ms": ANSWERS_WITHIN_MS,
    "max_request_size": 4 * 1024 * 1024,
    "allow_auto_create_topics": False,
}
_CONSUMER: dict[str, Any] = {
    "metrics_enabled": False,
    "auto_offset_reset": "earliest",
    "enable_auto_commit": False,
    "allow_auto_create_topics": False,
    "heartbeat_interval_ms": 1_000,  # how soon a member learns of a rebalance
    "metadata_max_age_ms": 15_000,
}


class KafkaClients:
    """The producer and the admin of one bus, and consumers as many as are asked for."""

    def __init__(self, servers: Sequence[str], *, api_version: tuple[int, ...] | None) -> None:
        self._common = {**_CLIENT, "bootstrap_servers": list(servers), "api_version": api_version}
        self.producer = Kept(lambda: _built(KafkaProducer, **self._common, **_PRODUCER))
        self.admin = Kept(lambda: _built(KafkaAdminClient, **self._common))

    def consumer(self, **options: Any) -> Client:
        """Return a new consumer; who asks for it closes it."""
        return _built(KafkaConsumer, **self._common, **_CONSUMER, **options)

    def refuse(self) -> None:
        """Make no producer and no admin from now on, without waiting for one that is being made."""
        self.producer.refuse()
        self.admin.refuse()

    def close(self) -> None:
        """Let producer and admin go."""
        self.producer.close()
        self.admin.close()


class Kept:
    """A client that is made when it is first needed, and again after it was replaced."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._client: Any = None
        self._is_closed = False

    def get(self) -> Any:
        """Return the client.

        Raises:
            BusUnavailableError: it was closed.
        """
        with self._lock:
            if self._is_closed:
                raise BusUnavailableError("The bus was closed.")
            if self._client is None:
                self._client = self._make()
            return self._client

    def replace(self, failed: Any) -> None:
        """Let `failed` go, unless another thread did so already."""
        with self._lock:
            if self._client is not failed:
                return
            self._client = None
        failed.close(timeout=0)

    def refuse(self) -> None:
        """Make none from now on: without a broker each attempt takes seconds, and many may wait in line."""
        self._is_closed = True

    def close(self) -> None:
        """Let the client go for good."""
        self.refuse()
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()


def _built(kind: Any, **options: Any) -> Any:
    """Return a client of `kind`; what a constructor that fails has opened is closed.

    Left alone it goes on asking for a broker, in a thread of its own, for as long as the process lives.
    """
    opened: list[Any] = []

    def remembered(**settings: Any) -> Any:
        opened.append(kind.DEFAULT_CONFIG["kafka_client"](**settings))
        return opened[-1]

    try:
        return kind(kafka_client=remembered, **options)
    except Exception:
        for client in opened:
            client.close()
        raise
