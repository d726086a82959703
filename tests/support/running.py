"""kabar as a user runs it: a process of its own, asked over HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.ports import free_port

START_SECONDS = 30
STOP_SECONDS = 15
"""What design.md promises for SIGTERM."""


class Running:
    """A started `kabar …` and where its page is."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self._log = log

    @property
    def log(self) -> str:
        """Return what it wrote to stderr so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def get(self, path: str) -> httpx.Response:
        """Return the answer to a GET of its page or API."""
        return httpx.get(self.url + path, timeout=5)

    def wait_until_ready(self) -> None:
        """Return when `/readyz` is 200; fail with its log when that takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"It ended: {self.process.returncode}\n{self.log}"
            try:
                if self.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)  # a process of its own: nothing here could wake us
        raise AssertionError(f"Not ready after {START_SECONDS} s.\n{self.log}")

    def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.process.terminate()
        return self.process.wait(STOP_SECONDS + 5)


@contextmanager
def running(
    arguments: Sequence[str | Path],
    *,
    log: Path,
    port: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Run `kabar <arguments> --port N` in a process group of its own until the block is left."""
    port = port or free_port()
    with log.open("ab") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "kabar", *map(str, arguments), "--port", str(port)],
            env={**os.environ, "KABAR_ALLOW_NETWORKS": "127.0.0.0/8", **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        yield Running(process, port, log)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        if process.stdout is not None:
            process.stdout.close()
