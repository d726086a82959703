"""librdkafka's mock cluster: a broker in this process that fails when it is told to.

It lives in the library inside the confluent-kafka wheel and is reached through ctypes. It keeps no
topic ids, forgets nothing by age, and speaks old versions only: give clients `API_VERSION`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.kafka import skip_or_fail

API_VERSION = (2, 3)

PRODUCE, FETCH, OFFSET_COMMIT = 0, 1, 8
"""Kinds of requests, by their Kafka API keys."""

NOT_LEADER, REQUEST_TIMED_OUT, MESSAGE_TOO_LARGE = 6, 7, 10
UNKNOWN_MEMBER, REBALANCE_IN_PROGRESS, TOPIC_AUTHORIZATION_FAILED = 25, 27, 29
"""Error codes of the Kafka protocol."""


class MockKafka:
    """A cluster of one broker, with injected faults."""

    def __init__(self) -> None:
        self._library = _library()
        error = ctypes.create_string_buffer(512)
        configuration = self._call("rd_kafka_conf_new")
        self._call(
            "rd_kafka_conf_set",
            ctypes.c_void_p(configuration),
            *(b"log_level", b"0", error, ctypes.c_size_t(512)),
        )
        self._client = self._call(
            "rd_kafka_new", 0, ctypes.c_void_p(configuration), error, ctypes.c_size_t(512)
        )
        self._cluster = self._call(
            "rd_kafka_mock_cluster_new", ctypes.c_void_p(self._client), ctypes.c_int(1)
        )
        address = ctypes.c_char_p(self._mock("cluster_bootstraps")).value
        assert address is not None
        self.server = address.decode()
        self._mock("group_initial_rebalance_delay_ms", ctypes.c_int32(0))
        # It misreads JoinGroup from version 6 on.
        self._mock("set_apiversion", *(ctypes.c_int16(number) for number in (11, 0, 5)))

    def make_topic(self, name: str, *, partitions: int) -> None:
        """Make a topic; it cannot be deleted."""
        made = self._mock("topic_create", name.encode(), ctypes.c_int(partitions), ctypes.c_int(1))
        assert made in {0, None}

    def fail(self, kind: int, *codes: int) -> None:
        """Answer the next requests of one kind with these error codes."""
        errors = (ctypes.c_int * len(codes))(*codes)
        self._mock(
            "push_request_errors_array", ctypes.c_int16(kind), ctypes.c_size_t(len(codes)), errors
        )

    def go_down(self) -> None:
        """Refuse and drop connections until `come_up`."""
        self._mock("broker_set_down", ctypes.c_int32(1))

    def come_up(self) -> None:
        """Serve again."""
        self._mock("broker_set_up", ctypes.c_int32(1))

    def close(self) -> None:
        """End the cluster."""
        self._call("rd_kafka_mock_cluster_destroy", ctypes.c_void_p(self._cluster))
        self._call("rd_kafka_destroy", ctypes.c_void_p(self._client))

    def _mock(self, name: str, *arguments: object) -> int | None:
        return self._call(f"rd_kafka_mock_{name}", ctypes.c_void_p(self._cluster), *arguments)

    def _call(self, name: str, *arguments: object) -> int | None:
        function = getattr(self._library, name)
        function.restype = ctypes.c_void_p
        answer: int | None = function(*arguments)
        return answer


@pytest.fixture
def mock_kafka() -> Iterator[MockKafka]:
    """Give a cluster of the test's own."""
    mock = MockKafka()
    yield mock
    mock.close()


def _library() -> ctypes.CDLL:
    package = pytest.importorskip("confluent_kafka", reason="confluent-kafka is not installed")
    libraries = Path(package.__file__).parent.parent / "confluent_kafka.libs"
    found = sorted(libraries.glob("librdkafka*"))
    if not found:
        skip_or_fail("This wheel of confluent-kafka has no librdkafka beside it.")
    return ctypes.CDLL(str(found[0]))
