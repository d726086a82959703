"""The life of a process, as its supervisor sees it: exit codes, drain, signals, the health server."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.common.clock import SystemClock
from services.common.errors import BusUnavailableError, ConfigurationError, DiskFailedError
from services.common.lifecycle import Build, Process, Server, Task, listen, run
from services.common.settings import Settings
from services.common.stop import Stop
from services.common.telemetry.health import Health, health_app

SETTINGS = Settings()


def _building(
    *tasks: Task, servers: tuple[Server, ...] = (), health: Health | None = None
) -> Build:
    @asynccontextmanager
    async def build(_: Settings) -> AsyncIterator[Process]:
        yield Process(health=health or Health(SystemClock()), tasks=tasks, servers=servers)

    return build


def _failing(*errors: Exception) -> Build:
    @asynccontextmanager
    async def build(_: Settings) -> AsyncIterator[Process]:
        for error in errors:
            raise error
        yield Process(health=Health(SystemClock()), tasks=())

    return build


async def _signal_myself(_: Stop) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0)


def test_a_process_that_was_asked_to_stop_ends_with_0_after_its_tasks_finished() -> None:
    finished: list[str] = []

    async def work(stop: Stop) -> None:
        await stop.wait()
        await asyncio.sleep(0.01)
        finished.append("in hand")

    code = run(
        _building(Task("work", work), Task("signal", _signalling_until_stop)),
        SETTINGS,
        service="test",
    )

    assert code == 0
    assert finished == ["in hand"]


async def _signalling_until_stop(stop: Stop) -> None:
    await _signal_myself(stop)
    await stop.wait()


def test_a_process_that_is_asked_to_stop_while_it_is_built_starts_no_task() -> None:
    started: list[str] = []

    @asynccontextmanager
    async def build(_: Settings) -> AsyncIterator[Process]:
        await _signal_myself(Stop())
        yield Process(health=Health(SystemClock()), tasks=(Task("work", work),))

    async def work(stop: Stop) -> None:
        started.append("work")
        await stop.wait()

    assert run(build, SETTINGS, service="test") == 0
    assert started == []


def test_a_task_that_does_not_finish_within_the_drain_is_cancelled() -> None:
    cancelled: list[bool] = []

    async def hang(_: Stop) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(True)

    code = run(
        _building(Task("hang", hang), Task("signal", _signalling_until_stop)),
        SETTINGS,
        service="test",
        drain_within=timedelta(milliseconds=50),
    )

    assert code == 0
    assert cancelled == [True]


def test_a_task_that_fails_ends_the_process_with_1_and_lets_the_others_finish() -> None:
    finished: list[str] = []

    async def fail(_: Stop) -> None:
        raise BusUnavailableError("The broker did not confirm.")

    async def work(stop: Stop) -> None:
        await stop.wait()
        finished.append("in hand")

    code = run(_building(Task("fail", fail), Task("work", work)), SETTINGS, service="test")

    assert code == 1
    assert finished == ["in hand"]


def test_a_task_that_returns_before_it_was_asked_to_ends_the_process_with_1() -> None:
    async def end(_: Stop) -> None:
        await asyncio.sleep(0)

    assert run(_building(Task("end", end)), SETTINGS, service="test") == 1


def test_a_configuration_that_cannot_be_used_ends_the_process_with_2_and_its_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    refused = ConfigurationError("companies.yml:3:5: unknown key.")

    code = run(_failing(refused), SETTINGS, service="test")

    assert code == 2
    assert "companies.yml:3:5: unknown key." in capsys.readouterr().err


def test_a_refusal_that_several_tasks_of_a_service_meet_is_one_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def refuse() -> None:
        raise ConfigurationError("kabar.db is damaged: restore a backup.")

    async def service(_: Stop) -> None:
        async with asyncio.TaskGroup() as works:
            works.create_task(refuse())
            works.create_task(refuse())

    code = run(_building(Task("alerter", service)), SETTINGS, service="test")

    said = capsys.readouterr().err
    assert code == 2
    assert said.count("kabar.db is damaged: restore a backup.") == 1
    assert "Traceback" not in said


def test_a_full_disk_ends_the_process_with_1_and_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = run(_failing(DiskFailedError("There is no room left.")), SETTINGS, service="test")

    said = capsys.readouterr().err
    assert code == 1
    assert said.count("There is no room left.") == 1
    assert "Traceback" not in said


def test_a_failure_to_build_ends_the_process_with_1_and_its_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = run(_failing(ZeroDivisionError()), SETTINGS, service="test")

    assert code == 1
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_port_in_use_ends_the_process_with_2_and_names_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        server = Server(app=health_app(Health(SystemClock())), host="127.0.0.1", port=port)

        code = run(_building(servers=(server,)), SETTINGS, service="test")

    assert code == 2
    assert f"Cannot listen on port {port}" in capsys.readouterr().err


def test_an_address_of_another_machine_is_a_mistake_in_the_configuration() -> None:
    with pytest.raises(ConfigurationError, match=r"192\.0\.2\.1: .* Set KABAR_HOST"):
        listen("192.0.2.1", 0)


def test_health_is_served_while_the_tasks_run_and_while_they_drain() -> None:
    port = _free_port()
    health = Health(SystemClock())
    answers: list[tuple[int, str]] = []

    async def ask(stop: Stop) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            answers.append(_told(await client.get("/readyz")))
            await _signal_myself(stop)
            await stop.wait()
            answers.append(_told(await client.get("/readyz")))

    server = Server(app=health_app(health), host="127.0.0.1", port=port)

    code = run(
        _building(Task("ask", ask), servers=(server,), health=health), SETTINGS, service="test"
    )

    assert code == 0
    assert answers == [(200, "ready"), (503, "not ready")]


def test_a_second_signal_ends_the_process_at_once(tmp_path: Path) -> None:
    program = tmp_path / "hangs.py"
    program.write_text(
        """
import asyncio, sys
from contextlib import asynccontextmanager
from services.common.clock import SystemClock
from services.common.lifecycle import Process, Task, run
from services.common.settings import Settings
from services.common.telemetry.health import Health

async def hang(stop):
    print("running", flush=True)
    await stop.wait()
    print("draining", flush=True)
    await asyncio.Event().wait()

@asynccontextmanager
async def build(settings):
    yield Process(health=Health(SystemClock()), tasks=(Task("hang", hang),))

sys.exit(run(build, Settings(), service="test"))
"""
    )
    with subprocess.Popen(
        [sys.executable, program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as hanging:
        assert hanging.stdout is not None
        assert hanging.stdout.readline() == "running\n"
        hanging.send_signal(signal.SIGTERM)
        assert hanging.stdout.readline() == "draining\n"

        hanging.send_signal(signal.SIGTERM)

        assert hanging.wait(timeout=5) == 1


def _told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["status"]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
