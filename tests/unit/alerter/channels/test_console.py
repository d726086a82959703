"""What the console does when nobody reads it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TextIO

import pytest

from services.alerter.channels import console
from services.alerter.channels.console import ConsoleChannel
from services.common.errors import ChannelUnavailableError
from services.common.ids import DeliveryId
from tests.support.channels import a_message


class Pipe:
    """A pipe that nobody reads until told, and whose other end is a text stream."""

    def __init__(self) -> None:
        self._reading, writing = os.pipe()
        os.set_blocking(writing, False)
        try:
            while True:
                os.write(writing, b"x" * 4_096)
        except BlockingIOError:
            os.set_blocking(writing, True)
        self.stream: TextIO = os.fdopen(writing, "w", encoding="utf-8")

    def read(self, lines: int) -> list[str]:
        """Return so many lines of what was written, waiting for them."""
        taken = b""
        while taken.count(b"\n") < lines:
            taken += os.read(self._reading, 65_536)
        return taken.decode().lstrip("x").splitlines()

    def close(self) -> None:
        os.close(self._reading)
        self.stream.close()


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipe]:
    monkeypatch.setattr(console, "DEADLINE_SECONDS", 0.05)
    opened = Pipe()
    yield opened
    opened.close()


async def test_what_nobody_reads_is_written_once_however_often_it_is_tried(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel, message = ConsoleChannel(pipe.stream), a_message()
    other = replace(message, id=DeliveryId("dl_other"))
    before = threading.active_count()

    for each in (message, other, message, other, message):
        with pytest.raises(ChannelUnavailableError, match="takes nothing"):
            await channel.send(each)
    threads = threading.active_count() - before
    first = pipe.read(1)
    monkeypatch.setattr(console, "DEADLINE_SECONDS", 15)
    await channel.send(message)
    await channel.send(other)

    assert threads == 1
    assert first == pipe.read(1)
    assert len(first) == 1


_WRITES_AND_ENDS = """
import asyncio, sys
from services.alerter.channels import console
from services.common.errors import ChannelUnavailableError
from tests.support.channels import a_message

async def main():
    console.DEADLINE_SECONDS = 0.05
    channel, message = console.ConsoleChannel(sys.stdout), a_message()
    for _ in range(2_000):
        try:
            await channel.send(message)
        except ChannelUnavailableError:
            print("nobody reads", file=sys.stderr)
            return

asyncio.run(main())
"""


def test_a_process_ends_though_nobody_reads_what_it_writes() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WRITES_AND_ENDS], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as writing:
        try:
            code = writing.wait(20)
        finally:
            writing.kill()
        assert writing.stderr is not None
        assert writing.stderr.read() == b"nobody reads\n"

    assert code == 0
