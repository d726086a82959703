"""The all-in-one process: fetcher, classifier and alerter on one directory, no server beside them.

The same services as in the stack; what differs is the bus and the FeedStore, which are files here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from services.alerter.database.lock import ActiveLock
from services.alerter.wiring import Alerter, Surroundings
from services.classifier.wiring import classifier
from services.common.bus.sqlite import SqliteBus
from services.common.clock import SystemClock
from services.common.config.configuration import process_environment
from services.common.config.watcher import ConfigurationWatcher
from services.common.contracts.topics import TOPICS
from services.common.errors import ConfigurationError
from services.common.lifecycle import Process, Task
from services.common.settings import Settings
from services.common.telemetry.health import Health
from services.fetcher.store.sqlite import SqliteStore
from services.fetcher.wiring import fetcher

BUS_FILE = "bus.db"
STORE_FILE = "feeds.db"
LOCK_FILE = "run.lock"


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Process]:
    """Yield everything as one process.

    Raises:
        ConfigurationError: the configuration has mistakes, the data directory cannot be used, or
            another kabar uses it.
    """
    clock = SystemClock()
    health = Health(clock)
    watcher = ConfigurationWatcher(
        settings.config, allow_networks=settings.allow_networks, environment=process_environment()
    )
    configuration = await asyncio.to_thread(watcher.load)
    with _sole_user_of(settings.data):
        bus = SqliteBus(settings.data / BUS_FILE, clock)
        store = SqliteStore(settings.data / STORE_FILE)
        try:
            await bus.ensure_topics(TOPICS)
            async with (
                classifier(
                    bus, clock=clock, health=health, watchlist=configuration.watchlist
                ) as reading,
                fetcher(
                    bus,
                    store=store,
                    settings=settings,
                    clock=clock,
                    health=health,
                    configuration=configuration,
                ) as polling,
            ):
                watcher.follow(reading.use)
                watcher.follow(polling.use)
                alerter = Alerter(
                    Surroundings(
                        settings=settings,
                        bus=bus,
                        clock=clock,
                        health=health,
                        watcher=watcher,
                        breakers=(reading.breaker,),
                    ),
                    waits=False,
                )
                yield Process(
                    health=health,
                    tasks=(
                        polling.task,
                        reading.task,
                        alerter.task,
                        Task("reload", watcher.run),
                    ),
                    servers=(alerter.server,),
                )
        finally:
            await store.close()
            await bus.close()


@contextmanager
def _sole_user_of(data: Path) -> Iterator[None]:
    """Hold the data directory, made where it is missing, against a second kabar."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        with ActiveLock(data, file_name=LOCK_FILE) as lock:
            if not lock.try_acquire():
                raise ConfigurationError(
                    f"Another kabar runs on {data}: stop it, or choose another with --data."
                )
            yield
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {data} cannot be used: {error.strerror}."
        ) from error
