"""A Redis for tests: `KABAR_TEST_REDIS` when set, else `redis-server` in a directory of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.kafka import skip_or_fail
from tests.support.ports import free_port

_STARTS_WITHIN_SECONDS = 10


class RedisServer:
    """A redis-server that may be stopped, killed and started again on the same data."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.port = free_port()
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return redis://host:port."""
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Return when it answers."""
        self._running = subprocess.Popen(
            [
                *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--dir", str(self._directory), "--save", "", "--appendonly", "yes"),
                *("--maxmemory-policy", "noeviction"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
        while not self._answers():
            if self._running.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError("redis-server did not start")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it in good order."""
        if self._running is not None:
            self._running.terminate()
            self._running.wait(10)
            self._running = None

    def kill(self) -> None:
        """End it as a crash would."""
        if self._running is not None:
            self._running.kill()
            self._running.wait(10)
            self._running = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16) == b"+PONG\r\n"
        except OSError:
            return False


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a Redis that the whole session shares."""
    if given := os.environ.get("KABAR_TEST_REDIS"):
        yield given
        return
    server = a_redis(tmp_path_factory)
    server.start()
    yield server.url
    server.stop()


@pytest.fixture
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """Give a running Redis that the test may stop, kill and flush."""
    server = a_redis(tmp_path_factory)
    server.start()
    yield server
    server.stop()


def a_redis(tmp_path_factory: pytest.TempPathFactory) -> RedisServer:
    """Return a server that is not started, or skip where none can be."""
    if shutil.which("redis-server") is None:
        skip_or_fail("No Redis: install redis-server, or set KABAR_TEST_REDIS.")
    return RedisServer(tmp_path_factory.mktemp("redis"))
