"""kabar healthcheck asks a process and says what it is told by its exit code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main
from services.common.clock import SystemClock
from services.common.lifecycle import listen, serve
from services.common.stop import Stop
from services.common.telemetry.health import Health, health_app


@asynccontextmanager
async def served(health: Health) -> AsyncIterator[int]:
    stop = Stop()
    with listen("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(health_app(health), on=listener, stop=stop))
            yield port
            stop.ask()


async def healthcheck(port: int) -> Result:
    arguments = ["healthcheck", "--url", f"http://127.0.0.1:{port}"]
    return await asyncio.to_thread(CliRunner().invoke, main, arguments)


@pytest.mark.parametrize(
    ("reason", "exit_code"),
    [(None, 0), ("standby: another alerter is active", 0), ("no broker", 1)],
)
async def test_ready_and_standby_are_well_and_waiting_is_not(
    reason: str | None, exit_code: int
) -> None:
    health = Health(SystemClock())
    health.gate("lock", reason=reason)

    async with served(health) as port:
        result = await healthcheck(port)

    assert result.exit_code == exit_code
    assert (reason or "") in result.stderr or exit_code == 0


async def test_a_standby_that_is_stuck_is_not_well() -> None:
    health = Health(SystemClock())
    health.gate("lock", reason="standby: another alerter is active")
    health.pulse("stream", stuck_after=timedelta(minutes=1)).end("the stream ended")

    async with served(health) as port:
        result = await healthcheck(port)

    assert result.exit_code == 1
    assert "the stream ended" in result.stderr


@pytest.mark.parametrize("url", ["ftp://127.0.0.1:8700", "http://", "http://127.0.0.1:x", ":8700"])
def test_an_address_that_is_none_is_wrong_use(url: str) -> None:
    result = CliRunner().invoke(main, ["healthcheck", "--url", url])

    assert result.exit_code == 2
    assert f'"{url}" is no address' in result.stderr


async def test_an_address_without_its_scheme_is_one_of_http() -> None:
    async with served(Health(SystemClock())) as port:
        result = await asyncio.to_thread(
            CliRunner().invoke, main, ["healthcheck", "--url", f"127.0.0.1:{port}"]
        )

    assert result.exit_code == 0


async def test_nobody_there_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv("KABAR_PORT", str(port))

    result = await asyncio.to_thread(CliRunner().invoke, main, ["healthcheck"])

    assert result.exit_code == 1
    told = f"http://127.0.0.1:{port} does not answer: Connection refused. Start kabar, or say"
    assert told in result.stderr


@pytest.mark.parametrize(("host", "asked"), [("127.0.0.3", "127.0.0.3"), ("0.0.0.0", "127.0.0.1")])  # noqa: S104  what a container has
async def test_a_process_is_asked_at_the_address_on_which_it_listens(
    host: str, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Stop()
    health = Health(SystemClock())
    with listen(asked, 0) as listener:
        monkeypatch.setenv("KABAR_HOST", host)
        monkeypatch.setenv("KABAR_PORT", str(listener.getsockname()[1]))
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(health_app(health), on=listener, stop=stop))
            result = await asyncio.to_thread(CliRunner().invoke, main, ["healthcheck"])
            stop.ask()

    assert result.exit_code == 0, result.stderr
