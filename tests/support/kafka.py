"""Brokers for tests: `kafka_server` is a real one, shared by the session.

`KABAR_TEST_KAFKA=host:port` names one that runs already. With `KABAR_TEST_STRICT=1` a broker that
cannot be had is a failure, not a skip.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.support import kafka_local


@pytest.fixture(scope="session")
def kafka_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give host:port of a real broker."""
    if given := os.environ.get("KABAR_TEST_KAFKA"):
        yield given
        return
    broker = a_broker(tmp_path_factory)
    broker.start()
    yield broker.server
    broker.stop()


@pytest.fixture
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[kafka_local.Broker]:
    """Give a running broker that the test may stop and kill."""
    broker = a_broker(tmp_path_factory)
    broker.start()
    yield broker
    broker.stop()


def a_broker(tmp_path_factory: pytest.TempPathFactory) -> kafka_local.Broker:
    """Return a broker that is not started, or skip where none can be."""
    if (reason := kafka_local.missing()) is not None:
        skip_or_fail(f"No Kafka: {reason}. Install Java 17 and Maven, or set KABAR_TEST_KAFKA.")
    return kafka_local.Broker(tmp_path_factory.mktemp("kafka"))


def skip_or_fail(reason: str) -> None:
    """Skip the test, or fail it where everything must be there."""
    if os.environ.get("KABAR_TEST_STRICT") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
