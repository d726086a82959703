"""What every test gets: no network beyond loopback, no settings of the machine, its own logging."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import structlog

pytest_plugins = (
    "tests.support.kafka",
    "tests.support.kafka_mock",
    "tests.support.redis",
    "tests.support.stack",
)

# How long an example takes says more about the machine than about the code.
# In CI a change is judged by the same examples each time; at a desk each run looks for new ones.
hypothesis.settings.register_profile("kabar", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("kabar")

_LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def no_network_beyond_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anywhere else fails the test that opens it."""
    connect = socket.socket.connect

    def connect_to_loopback(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
            raise AssertionError(f"A test opened a connection to {address[0]}.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_to_loopback)


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """KABAR_… of the shell reach no test, except those that choose real servers and seeds."""
    for name in list(os.environ):
        if name.startswith("KABAR_") and not name.startswith(("KABAR_TEST_", "KABAR_SEEDS")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What a test that starts a process or a command does to logging ends with it."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need a broker come last, in whatever order they have among themselves.

    A Kafka client that some of them drop draws random numbers in a thread of its own for a while, which
    Hypothesis takes for a property that is not repeatable.
    """
    items.sort(key=lambda item: item.get_closest_marker("kafka") is not None)
