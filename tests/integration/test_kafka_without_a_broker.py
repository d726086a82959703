"""A broker that is not there is asked again and again; nothing of an attempt may stay behind."""

from __future__ import annotations

import threading

import pytest

from services.common.contracts.topics import STORIES
from services.common.errors import BusUnavailableError
from tests.support.ports import free_port

kafka = pytest.importorskip("services.common.bus.kafka", reason="the extra `kafka` is missing")


async def test_an_attempt_that_found_no_broker_leaves_no_thread() -> None:
    before = _clients()
    bus = kafka.KafkaBus([f"127.0.0.1:{free_port()}"])

    with pytest.raises(BusUnavailableError, match="No broker answers"):
        await bus.topic_id(STORIES)

    left = _clients() - before
    await bus.close()
    assert left == set()


def _clients() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name.startswith("kafka-io")}
