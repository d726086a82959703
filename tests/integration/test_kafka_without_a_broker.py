"""A broker that is not there is asked again and again; nothing of an attempt may stay behind."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from services.common.contracts.topics import STORIES
from services.common.errors import BusUnavailableError
from tests.support.ports import free_port

kafka = pytest.importorskip("services.common.bus.kafka", reason="the extra `kafka` is missing")
clients = pytest.importorskip("services.common.bus.kafka_clients")


async def test_an_attempt_that_found_no_broker_leaves_no_thread() -> None:
    before = _clients()
    bus = kafka.KafkaBus([f"127.0.0.1:{free_port()}"])

    with pytest.raises(BusUnavailableError, match="No broker answers"):
        await bus.topic_id(STORIES)

    left = _clients() - before
    await bus.close()
    assert left == set()


def test_whoever_waits_in_line_for_a_client_makes_none_once_the_bus_ends() -> None:
    made: list[str] = []
    is_making, may_fail = threading.Event(), threading.Event()

    def make() -> None:
        made.append("client")
        is_making.set()
        may_fail.wait(10)
        raise BusUnavailableError("No broker answers.")

    def ask() -> None:
        with suppress(BusUnavailableError):
            kept.get()

    kept = clients.Kept(make)
    waiting = [threading.Thread(target=ask) for _ in range(3)]
    for thread in waiting:
        thread.start()
    is_making.wait(10)
    kept.refuse()
    may_fail.set()
    for thread in waiting:
        thread.join(10)
    kept.close()

    assert made == ["client"]


def _clients() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name.startswith("kafka-io")}
