"""The three services as processes on a real broker and a real Redis, and ways to break each of them.

A service that ends by itself is started again after a second, as compose does it.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

import httpx
import pytest

from tests.support import kafka_local
from tests.support.crowd import crowd
from tests.support.kafka import skip_or_fail
from tests.support.kafka_local import Broker
from tests.support.memory import pss_megabytes
from tests.support.ports import free_port
from tests.support.redis import RedisServer

SERVICES = ("fetcher", "classifier", "alerter")

_READY_SECONDS = 60
_AGAIN_SECONDS = 1.0
_STOP_SECONDS = 20
_LOOK_SECONDS = 0.2


class Service:
    """One `kabar serve` on a port of its own, kept running until it is stopped."""

    def __init__(
        self, kind: str, *, config: Path, directory: Path, environment: Mapping[str, str]
    ) -> None:
        self.kind = kind
        self.port = free_port()
        self.starts = 0
        self._command = [
            *(sys.executable, "-m", "kabar", "serve", kind, "--port", str(self.port)),
            *("--config", str(config), "--data", str(directory / "data")),
        ]
        self._log = directory / f"{kind}-{self.port}.log"
        self._environment = {**os.environ, **environment}
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_wanted = threading.Event()
        self._keeper: threading.Thread | None = None

    @property
    def log(self) -> str:
        """Return what it wrote to stderr so far, in all its lives."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self) -> int:
        """Return the id of its process."""
        assert self._process is not None, "It was not started."
        return self._process.pid

    @property
    def megabytes(self) -> float:
        """Return the memory of the process with its children."""
        process = self._process
        return pss_megabytes(process.pid) if process is not None else 0

    def get(self, path: str) -> httpx.Response:
        """Return the answer to a GET on its port."""
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=5)

    def start(self) -> None:
        """Start it, and keep it running; it may have been stopped before."""
        if self._keeper is not None:
            self._keeper.join()
        self._is_wanted.set()
        self._spawn()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def kill(self) -> None:
        """End it as a crash would, and start it again at once."""
        with self._lock:
            assert self._process is not None
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._spawn()

    def end(self) -> None:
        """End it as a crash would, and leave it so."""
        self._is_wanted.clear()
        with self._lock:
            if self._process is not None:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(10)

    def stop(self) -> int:
        """End it in good order; return the exit code."""
        self._is_wanted.clear()
        with self._lock:
            process = self._process
            if process is None:
                return 0
            process.terminate()
            try:
                return process.wait(_STOP_SECONDS)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait(10)

    def wait_until_ready(self) -> None:
        """Return when `/readyz` is 200; fail with its log when that takes too long."""
        deadline = time.monotonic() + _READY_SECONDS * crowd()
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                if self.get("/readyz").status_code == 200:
                    return
            time.sleep(0.1)  # another process: nothing here could wake us
        raise AssertionError(f"The {self.kind} was not ready in time.\n{self.log[-5_000:]}")

    def _spawn(self) -> None:
        with self._lock, self._log.open("ab") as stderr:
            self.starts += 1
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )

    def _keep(self) -> None:
        while self._is_wanted.is_set():
            time.sleep(_LOOK_SECONDS)
            with self._lock:
                has_ended = self._process is not None and self._process.poll() is not None
            if has_ended and self._is_wanted.is_set():
                time.sleep(_AGAIN_SECONDS)
                with self._lock:
                    if self._process is not None and self._process.poll() is not None:
                        self._spawn()


class Stack:
    """Broker, Redis and the three services; `config` is the directory they all read."""

    def __init__(
        self,
        directory: Path,
        *,
        redis_loses_one_in: int | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.config = directory / "config"
        self.broker = Broker(_made(directory / "kafka"))
        self.redis = RedisServer(_made(directory / "redis"))
        self.services: dict[str, Service] = {}
        self.most_megabytes: dict[str, float] = dict.fromkeys(SERVICES, 0.0)
        self._loses_one_in = redis_loses_one_in
        self._settings = settings or {}
        self._deck: list[str] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def alerter(self) -> Service:
        """Return the one with the page."""
        return self.services["alerter"]

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings of every process."""
        return {
            "KABAR_ALLOW_NETWORKS": "127.0.0.0/8",
            "KABAR_BUS": f"kafka://{self.broker.server}",
            "KABAR_STORE": self._store,
            "KABAR_LOG": "warning",
            **self._settings,
        }

    def start(self) -> None:
        """Start everything; returns when the services were begun."""
        self.start_servers()
        self.start_services()

    def start_servers(self) -> None:
        """Start broker and Redis; returns when the topics are made."""
        self.broker.start()
        self._open.callback(self.broker.stop)
        self.redis.start()
        self._open.callback(self.redis.stop)
        self._store = self.redis.url
        if self._loses_one_in is not None:
            port = self._open.enter_context(losing_replies(self.redis.port, self._loses_one_in))
            self._store = f"redis://127.0.0.1:{port}"
        self.kabar("init-topics")

    def start_services(self) -> None:
        """Start the three, without waiting for them."""
        for kind in SERVICES:
            self.services[kind] = self.another(kind)
        for service in self.services.values():
            service.start()

    def another(self, kind: str) -> Service:
        """Return one more service of a kind, which is not started and will be stopped at the end."""
        service = Service(
            kind, config=self.config, directory=self.directory, environment=self.environment
        )
        self._open.callback(service.stop)
        return service

    def wait_until_ready(self) -> None:
        """Return when all three are."""
        for service in self.services.values():
            service.wait_until_ready()

    def kabar(self, *arguments: str) -> str:
        """Return what a command prints, with the settings of the stack."""
        done = subprocess.run(
            [sys.executable, "-m", "kabar", *arguments],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def kill(self, draw: random.Random) -> None:
        """Kill one of the three at random, each as often as the others."""
        if not self._deck:
            self._deck = draw.sample(SERVICES, k=len(SERVICES))
        self.services[self._deck.pop()].kill()

    def stop(self) -> dict[str, int]:
        """Stop the services in good order; return their exit codes."""
        return {kind: service.stop() for kind, service in self.services.items()}

    def note_memory(self) -> None:
        """Look how much memory each service takes, and keep the most."""
        for kind, service in self.services.items():
            self.most_megabytes[kind] = max(self.most_megabytes[kind], service.megabytes)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Give a stack of the test's own, not started; skip where broker or Redis cannot be had."""
    require_servers()
    with Stack(tmp_path) as stack:
        yield stack


def require_servers() -> None:
    """Skip the test where broker or Redis cannot be had."""
    if (reason := kafka_local.missing()) is not None:
        skip_or_fail(f"No Kafka: {reason}. Install Java 17 and Maven.")
    if shutil.which("redis-server") is None:
        skip_or_fail("No Redis: install redis-server.")


def broker_stop(stack: Stack, seconds: float) -> None:
    """Stop the broker in good order, and start it again after a while."""
    stack.broker.stop()
    time.sleep(seconds)
    stack.broker.start()


def broker_kill(stack: Stack, seconds: float) -> None:
    """Kill the broker, and start it again after a while."""
    stack.broker.kill()
    time.sleep(seconds)
    stack.broker.start()


def redis_restart(stack: Stack, seconds: float) -> None:
    """Stop Redis, and start it again after a while."""
    stack.redis.stop()
    time.sleep(seconds)
    stack.redis.start()


def redis_flush(stack: Stack, seconds: float) -> None:  # noqa: ARG001  it takes no time
    """Take everything out of Redis."""
    with socket.create_connection(("127.0.0.1", stack.redis.port), timeout=5) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        assert connection.recv(16) == b"+OK\r\n"


FAULTS: Mapping[str, Callable[[Stack, float], None]] = {
    "broker-stop": broker_stop,
    "broker-kill": broker_kill,
    "redis-restart": redis_restart,
    "redis-flush": redis_flush,
}
"""What a run may do to what the services stand on, once, in its middle."""


@contextmanager
def losing_replies(port: int, one_in: int) -> Iterator[int]:
    """Give the port of a wire to Redis that cuts the connection instead of every n-th reply."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        wire = _Wire(port, one_in)
        threading.Thread(target=wire.accept, args=(listening,), daemon=True).start()
        yield listening.getsockname()[1]


class _Wire:
    def __init__(self, port: int, one_in: int) -> None:
        self._port = port
        self._one_in = one_in
        self._count = 0

    def accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            redis = socket.create_connection(("127.0.0.1", self._port))
            with redis:
                threading.Thread(target=_copy, args=(client, redis), daemon=True).start()
                while reply := redis.recv(1 << 20):
                    self._count += 1
                    if self._count % self._one_in == 0:
                        # Both ways, or the copying thread would hold the client.
                        client.shutdown(socket.SHUT_RDWR)
                        return
                    client.sendall(reply)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while sent := source.recv(1 << 20):
            target.sendall(sent)
        target.shutdown(socket.SHUT_RDWR)


def _made(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory
