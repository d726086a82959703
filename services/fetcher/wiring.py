"""Wiring: puts the fetcher together, for the all-in-one process and for a process of its own."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from services.common.bus.port import Bus
from services.common.clock import Clock
from services.common.config.configuration import Configuration
from services.common.errors import ConfigurationError
from services.common.http.client import guarded_client
from services.common.lifecycle import Task
from services.common.settings import Settings
from services.common.telemetry.health import Health
from services.fetcher.parse.child import DocumentReader
from services.fetcher.service import Connections, FetcherService
from services.fetcher.store.port import FeedStore
from services.fetcher.store.sqlite import SqliteStore

FILE = "feeds.db"

# The longest piece of a poll without progress: a request with its redirects, or one article.
_STUCK_AFTER = timedelta(minutes=5)


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
) -> AsyncIterator[Fetcher]:
    """Yield a fetcher on `bus` that polls the feeds of `configuration`."""
    client = guarded_client(
        allowed_networks=settings.allow_networks, proxy=settings.proxy, contact=settings.contact
    )
    reader = DocumentReader()
    try:
        service = FetcherService(
            Connections(bus=bus, store=store, client=client, reader=reader, clock=clock),
            owner=socket.gethostname(),
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
    if settings.store != "sqlite":
        raise ConfigurationError(
            f'KABAR_STORE: "{settings.store}" is not supported yet; use sqlite.'
        )
    store = SqliteStore(settings.data / FILE)
    try:
        yield store
    finally:
        await store.close()
