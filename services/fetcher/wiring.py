"""Wiring: puts the fetcher together, for the all-in-one process and for a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from services.common.bus.port import Bus
from services.common.clock import Clock, SystemClock
from services.common.config.configuration import Configuration
from services.common.config.watcher import ConfigurationWatcher
from services.common.dead_letters import LetterBox
from services.common.errors import ConfigurationError
from services.common.http.client import guarded_client
from services.common.lifecycle import Process, Task
from services.common.settings import Settings
from services.common.telemetry.health import Health
from services.common.wiring import on_its_own, process_name, shared_bus
from services.fetcher.parse.document_reader import TOLERANT_DEADLINE, DocumentReader
from services.fetcher.service import CONCURRENCY, Connections, FetcherService
from services.fetcher.store.port import FeedStore
from services.fetcher.store.sqlite import SqliteStore

FILE = "feeds.db"
DEFAULT_PORT = 8701

# The longest piece of a poll without progress: one that waits for all others, whose documents are broken
# and hang the only process that reads such, and then does so itself, after its own request.
_STUCK_AFTER = CONCURRENCY * (TOLERANT_DEADLINE + timedelta(seconds=1)) + timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """A fetcher that is ready to run: its task, and the way to change what it polls."""

    task: Task
    service: FetcherService

    async def use(self, configuration: Configuration) -> None:
        """Poll the feeds of `configuration` from now on: what a ConfigurationWatcher's `follow` wants."""
        await self.service.configure(configuration.feeds)


@asynccontextmanager
async def fetcher(
    bus: Bus,
    *,
    store: FeedStore,
    settings: Settings,
    clock: Clock,
    health: Health,
    configuration: Configuration,
    owner: str,
) -> AsyncIterator[Fetcher]:
    """Yield a fetcher on `bus` that polls the feeds of `configuration`, under the name that its leases bear."""
    client = guarded_client(
        allowed_networks=settings.allow_networks, proxy=settings.proxy, contact=settings.contact
    )
    reader = DocumentReader()
    try:
        service = FetcherService(
            Connections(bus=bus, store=store, client=client, reader=reader, clock=clock),
            owner=owner,
            polls=health.pulse("polls", stuck_after=_STUCK_AFTER),
            gate=health.gate("fetcher"),
            horizon=settings.alert_horizon,
            allow_networks=settings.allow_networks,
        )
        await service.configure(configuration.feeds)
        yield Fetcher(task=Task("poll", service.run), service=service)
    finally:
        await reader.aclose()
        await client.aclose()


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[FeedStore]:
    """Yield the store that the settings name, closed at the end.

    Raises:
        ConfigurationError: there is no such store, or it cannot be opened.
    """
    store = _store(settings)
    try:
        yield store
    finally:
        await store.close()


def _store(settings: Settings) -> FeedStore:
    if settings.store == "sqlite":
        try:
            settings.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"The data directory {settings.data} cannot be used: {error.strerror}."
            ) from error
        return SqliteStore(settings.data / FILE)
    try:
        from services.fetcher.store.redis import RedisStore  # noqa: PLC0415  an optional dependency
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "KABAR_STORE names Redis, and its client is not installed: pip install 'kabar[redis]'."
        ) from error
    return RedisStore(settings.store)


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Process]:
    """Yield the fetcher as a process of its own, on a bus that others share.

    Raises:
        ConfigurationError: the bus is a file, the store cannot be opened, or the configuration has
            mistakes.
    """
    clock = SystemClock()
    health = Health(clock)
    watcher = ConfigurationWatcher(settings.config, allow_networks=settings.allow_networks)
    configuration = await asyncio.to_thread(watcher.load)
    async with (
        shared_bus(settings) as bus,
        open_store(settings) as store,
        fetcher(
            bus,
            store=store,
            settings=settings,
            clock=clock,
            health=health,
            configuration=configuration,
            owner=process_name(settings),
        ) as fetching,
    ):
        watcher.follow(fetching.use)
        yield on_its_own(
            fetching.task,
            settings=settings,
            default_port=DEFAULT_PORT,
            health=health,
            bus=bus,
            letters=LetterBox(bus, clock),
            watcher=watcher,
        )
