"""The life of a process: build it, run its tasks, stop it well; `run` returns the exit code.

A service offers a `build` in its wiring. It opens what the tasks need and gives it back at the end:

    @asynccontextmanager
    async def build(settings: Settings) -> AsyncIterator[Process]:
        health = Health(SystemClock())
        async with open_bus(settings) as bus:
            fetcher = FetcherService(bus, ..., polls=health.pulse("polls", stuck_after=...))
            yield Process(
                health=health,
                tasks=(Task("poll", fetcher.run), Task("reload", watcher.run)),
                servers=(Server(health_app(health), host=settings.host, port=settings.port or 8701),),
            )

    sys.exit(run_from_environment(build, service="fetcher"))

A task takes the process's `Stop` and runs until that is asked for; then it finishes what it has in
hand and returns:

    async def run(self, stop: Stop) -> None:
        while not stop.is_asked:
            await self._poll_once()
            await stop.pause(timedelta(seconds=1))      # returns early when stop is asked

`build` itself must be quick and wait for nothing outside the machine: a task waits for a broker or a
lock, with a shut gate in `health`, while `/livez` and `/readyz` already answer. Several services in one
process are one `build` that enters theirs (they share bus and health) and yields all their tasks.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType
from typing import Self

import structlog
import uvicorn
from starlette.types import ASGIApp

from services.common.errors import ConfigurationError, TransientError
from services.common.settings import Settings, misspelt, read_settings
from services.common.standard_streams import fill_in_closed_streams
from services.common.stop import Stop
from services.common.telemetry.health import Health
from services.common.telemetry.logging import configure_logging

STOPPED, FAILED, MISCONFIGURED = 0, 1, 2
"""The exit codes."""

DRAIN_WITHIN = timedelta(seconds=10)
"""How long tasks may go on after a stop was asked for; then they are cancelled."""

_CLOSE_REQUESTS_WITHIN_SECONDS = 2

_SWITCH_SECONDS = 0.001
"""How long a thread that computes may keep the event loop waiting after each of its reads and writes.

Python's own 5 ms make a hundred of an answer that takes a few.
"""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Task:
    """Something that runs as long as the process. It ends early only by raising."""

    name: str
    work: Callable[[Stop], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An ASGI app to be served at host and port; answers from before the tasks start to their end."""

    app: ASGIApp
    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """What runs in one operating system process."""

    health: Health
    tasks: tuple[Task, ...]
    servers: tuple[Server, ...] = ()


Build = Callable[[Settings], AbstractAsyncContextManager[Process]]


def run_from_environment(build: Build, *, service: str) -> int:
    """Run a service as a process of its own, with the settings of the environment; see `run`."""
    fill_in_closed_streams()
    try:
        settings = read_settings()
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # noqa: T201  nothing is set up to log yet
        return MISCONFIGURED
    return run(build, settings, service=service)


def run(
    build: Build, settings: Settings, *, service: str, drain_within: timedelta = DRAIN_WITHIN
) -> int:
    """Run what `build` makes until SIGTERM, SIGINT or a failure; return the exit code.

    0 it was asked to stop, 2 it cannot start or go on with its configuration or its files (the reason is
    logged), 1 anything else (a full disk is logged as a sentence, the rest with its traceback). A second
    signal ends the process at once, with 1.
    """
    configure_logging(settings.log, service)
    for sentence in misspelt(settings.config):
        log.warning("setting_unknown", reason=sentence)
    sys.setswitchinterval(_SWITCH_SECONDS)
    with _Signals() as signals:
        return asyncio.run(_live(build, settings, signals=signals, drain_within=drain_within))


async def serve(app: ASGIApp, *, on: socket.socket, stop: Stop) -> None:
    """Serve `app` on a bound socket until `stop`; requests then get two seconds, and it is closed."""
    server = _QuietServer(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_CLOSE_REQUESTS_WITHIN_SECONDS,
        )
    )
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[on]))
        stopping = group.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        stopping.cancel()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to host and port.

    Raises:
        ConfigurationError: the port is in use, or the address is not this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigurationError(_unusable(host, error)) from error
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        # Here, not in the server: two processes may both bind with SO_REUSEADDR, one may listen.
        bound.listen(1_024)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRNOTAVAIL:
            raise ConfigurationError(_unusable(host, error)) from error
        raise ConfigurationError(
            f"Cannot listen on port {port} of {host}: {error.strerror}. "
            "Stop what listens there, or choose another with --port or KABAR_PORT."
        ) from error
    return bound


def _unusable(host: str, error: OSError) -> str:
    return (
        f"Cannot listen on {host}: {error.strerror}."
        " Set KABAR_HOST to an address of this machine, or leave it out for 127.0.0.1."
    )


async def _live(
    build: Build, settings: Settings, *, signals: _Signals, drain_within: timedelta
) -> int:
    """Build, run and give back; the one place that ends the process for whatever was raised."""
    stop = Stop()
    signals.ask(stop)
    failures: list[Exception] = []
    try:
        async with build(settings) as process:
            if not stop.is_asked:
                await _run_tasks(process, stop=stop, drain_within=drain_within, failures=failures)
    except Exception as error:  # noqa: BLE001  it ends the process
        failures.extend(_noted(error, "process_failed"))
    return _exit_code(failures)


async def _run_tasks(
    process: Process, *, stop: Stop, drain_within: timedelta, failures: list[Exception]
) -> None:
    """Return when every task has ended, by itself or cancelled after the drain; servers end last."""
    gate = process.health.gate("process", reason="starting")
    drained = Stop()
    with _sockets(process.servers) as sockets:
        async with asyncio.TaskGroup() as group:
            for server, bound in zip(process.servers, sockets, strict=True):
                group.create_task(serve(server.app, on=bound, stop=drained))
                log.info("listening", host=server.host, port=bound.getsockname()[1])
            works = [
                group.create_task(_work(task, stop=stop, failures=failures), name=task.name)
                for task in process.tasks
            ]
            gate.open()
            await stop.wait()
            gate.shut("stopping")
            await _drain(works, within=drain_within)
            drained.ask()


async def _work(task: Task, *, stop: Stop, failures: list[Exception]) -> None:
    """Run one task; when it ends before its time, note why and ask the others to stop."""
    try:
        await task.work(stop)
    except Exception as error:  # noqa: BLE001  it ends the process
        failures.extend(_noted(error, "task_failed", task=task.name))
    else:
        if not stop.is_asked:
            log.error("task_ended_early", task=task.name)
            failures.append(RuntimeError(f"Task {task.name} returned before it was asked to."))
    finally:
        stop.ask()


async def _drain(works: list[asyncio.Task[None]], *, within: timedelta) -> None:
    if not works:
        return
    _, late = await asyncio.wait(works, timeout=within.total_seconds())
    for work in late:
        log.warning("task_cancelled", task=work.get_name(), seconds=within.total_seconds())
        work.cancel()
    if late:
        await asyncio.wait(late)


def _noted(error: Exception, what: str, **fields: str) -> list[Exception]:
    """Return the failures that `error` is made of. Those that say themselves what to do are logged as
    that sentence, a `ConfigurationError` at the end; of the others nothing but the traceback tells.
    """
    failures = _leaves(error)
    for sentence in dict.fromkeys(str(one) for one in failures if isinstance(one, TransientError)):
        log.error(what, reason=sentence, **fields)
    if not all(isinstance(one, TransientError | ConfigurationError) for one in failures):
        log.error(what, exc_info=error, **fields)
    return failures


def _exit_code(failures: list[Exception]) -> int:
    refusals = [error for error in failures if isinstance(error, ConfigurationError)]
    for sentence in dict.fromkeys(map(str, refusals)):
        log.error("configuration_refused", reason=sentence)
    if refusals:
        return MISCONFIGURED
    if failures:
        return FAILED
    log.info("stopped")
    return STOPPED


def _leaves(error: Exception) -> list[Exception]:
    if not isinstance(error, ExceptionGroup):
        return [error]
    return [leaf for one in error.exceptions for leaf in _leaves(one)]


@contextmanager
def _sockets(servers: tuple[Server, ...]) -> Iterator[list[socket.socket]]:
    sockets: list[socket.socket] = []
    try:
        for server in servers:
            sockets.append(listen(server.host, server.port))  # noqa: PERF401  those bound are closed
        yield sockets
    finally:
        for bound in sockets:
            bound.close()


class _QuietServer(uvicorn.Server):
    """Leaves the signals to us."""

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override]  # also a context
        return nullcontext()


class _Signals:
    """SIGTERM and SIGINT, from before the process is built until after it has gone."""

    def __init__(self) -> None:
        self._count = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: Stop | None = None
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT):
            self._before[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal() gave us

    def ask(self, stop: Stop) -> None:
        """From now on a signal asks `stop`; one that came earlier does so at once."""
        self._loop, self._stop = asyncio.get_running_loop(), stop
        if self._count:
            stop.ask()

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        self._count += 1
        if self._count > 1:
            os._exit(FAILED)
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.ask)
