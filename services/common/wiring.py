"""Wiring that the services share: the bus of a process that is not alone, and what it does beside its work."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from starlette.applications import Starlette

from services.common.bus.answering import watch_broker
from services.common.bus.port import Bus
from services.common.config.watcher import ConfigurationWatcher
from services.common.contracts.topics import STORIES
from services.common.control_socket import serve_control_where_free
from services.common.dead_letter_routes import dead_letter_routes
from services.common.dead_letters import LetterBox
from services.common.errors import ConfigurationError
from services.common.lifecycle import Process, Server, Task
from services.common.settings import Settings
from services.common.telemetry.health import Health, health_app, health_routes


def process_name(settings: Settings) -> str:
    """Return a name that a restart keeps and no other process of the service has.

    It is the host's, with the port where one was given: two processes of one host listen on two ports,
    and under one name each would put the other out of the group.
    """
    host = socket.gethostname()
    return f"{host}-{settings.port}" if settings.port else host


@contextmanager
def kafka_installed(settings: Settings) -> Iterator[None]:
    """Import what needs Kafka's clients inside.

    Raises:
        ConfigurationError: the settings name no Kafka, or the clients are not installed.
    """
    if not settings.kafka_servers:
        raise ConfigurationError(
            "A service of its own needs a bus that others share: set KABAR_BUS to "
            "kafka://host:port, or run everything in one process with `kabar run`."
        )
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "KABAR_BUS names Kafka, and its client is not installed: pip install 'kabar[kafka]'."
        ) from error


@asynccontextmanager
async def shared_bus(settings: Settings) -> AsyncIterator[Bus]:
    """Yield the bus that the settings name, closed at the end.

    The process's name on it is `process_name`.

    Raises:
        ConfigurationError: the settings name a bus that no other process can share.
    """
    with kafka_installed(settings):
        from services.common.bus.kafka import KafkaBus  # noqa: PLC0415  an optional dependency
    bus = KafkaBus(settings.kafka_servers, member=process_name(settings))
    try:
        yield bus
    finally:
        await bus.close()


def on_its_own(
    work: Task,
    *,
    settings: Settings,
    default_port: int,
    health: Health,
    bus: Bus,
    letters: LetterBox,
    watcher: ConfigurationWatcher,
) -> Process:
    """Return the process of a service that has no page: it watches its broker and its configuration beside its
    `work`, answers on the control socket, and says over HTTP how it is.
    """
    control = Starlette(routes=[*health_routes(health), *dead_letter_routes(letters)])
    broker = health.gate("broker")
    return Process(
        health=health,
        tasks=(
            work,
            Task("broker", lambda stop: watch_broker(bus, STORIES, gate=broker, stop=stop)),
            Task("reload", watcher.run),
            Task("control", lambda stop: serve_control_where_free(control, settings.data, stop)),
        ),
        servers=(
            Server(app=health_app(health), host=settings.host, port=settings.port or default_port),
        ),
    )
