"""The all-in-one process: fetcher, classifier and alerter on one directory, no server beside them.

The same services as in the stack; what differs is the bus and the FeedStore, which are files here.

The classifying child takes longest to start, so it is started before the rest is even imported.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog

from kabar.data_directory import BUS_FILE, RUN_LOCK, STORE_FILE
from services.alerter.database.lock import ActiveLock
from services.classifier.wiring import Classifier, classifier
from services.common.bus.sqlite import SqliteBus
from services.common.clock import Clock, SystemClock
from services.common.config.configuration import process_environment
from services.common.config.watcher import ConfigurationWatcher
from services.common.contracts.topics import TOPICS
from services.common.errors import ConfigurationError
from services.common.lifecycle import Process, Task
from services.common.settings import Settings
from services.common.telemetry.health import Health

_ALONE = "kabar"
"""Whose the leases on feeds are: nobody else uses the directory, so a crash leaves them ours, on any port."""

log = structlog.get_logger()


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Process]:
    """Yield everything as one process.

    Raises:
        ConfigurationError: the configuration has mistakes, the data directory cannot be used, or
            another kabar uses it.
    """
    _warn_of_unused(settings)
    clock = SystemClock()
    health = Health(clock)
    watcher = ConfigurationWatcher(
        settings.config, allow_networks=settings.allow_networks, environment=process_environment()
    )
    configuration = await asyncio.to_thread(watcher.load)
    with _sole_user_of(settings.data):
        bus = SqliteBus(settings.data / BUS_FILE, clock)
        try:
            await bus.ensure_topics(TOPICS)
            around = _Around(
                settings=settings, bus=bus, clock=clock, health=health, watcher=watcher
            )
            async with (
                classifier(
                    bus, clock=clock, health=health, watchlist=configuration.watchlist
                ) as reading,
                _beside(reading, around) as process,
            ):
                yield process
        finally:
            await bus.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What the services of this process share."""

    settings: Settings
    bus: SqliteBus
    clock: Clock
    health: Health
    watcher: ConfigurationWatcher


@asynccontextmanager
async def _beside(reading: Classifier, around: _Around) -> AsyncIterator[Process]:
    """Yield everything as one process, around a classifier that is starting."""
    # In a thread: the child is being sent its watchlist meanwhile.
    await asyncio.to_thread(importlib.import_module, "services.alerter.wiring")
    from services.alerter.channels.faults import faults_of  # noqa: PLC0415  a second of imports
    from services.alerter.parts import Surroundings  # noqa: PLC0415  likewise
    from services.alerter.wiring import Alerter  # noqa: PLC0415
    from services.fetcher.store.sqlite import SqliteStore  # noqa: PLC0415  likewise
    from services.fetcher.wiring import fetcher  # noqa: PLC0415  likewise

    settings, watcher = around.settings, around.watcher
    watcher.vet(partial(faults_of, settings=settings))
    store = SqliteStore(settings.data / STORE_FILE)
    try:
        async with fetcher(
            around.bus,
            store=store,
            settings=settings,
            clock=around.clock,
            health=around.health,
            configuration=watcher.active,
            owner=_ALONE,
        ) as polling:
            watcher.follow(reading.use)
            watcher.follow(polling.use)
            surroundings = Surroundings(
                settings=settings,
                bus=around.bus,
                clock=around.clock,
                health=around.health,
                watcher=watcher,
                breakers=(reading.breaker,),
            )
            alerter = Alerter(surroundings, waits=False)
            yield Process(
                health=around.health,
                tasks=(polling.task, reading.task, alerter.task, Task("reload", watcher.run)),
                servers=(alerter.server,),
            )
    finally:
        await store.close()


def _warn_of_unused(settings: Settings) -> None:
    """Say which settings are those of the services alone: who set them expects something else."""
    for variable, value in (("KABAR_BUS", settings.bus), ("KABAR_STORE", settings.store)):
        if value != "sqlite":
            log.warning("setting_unused", setting=variable, advice="`kabar serve` uses it.")


@contextmanager
def _sole_user_of(data: Path) -> Iterator[None]:
    """Hold the data directory, made where it is missing, against a second kabar."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        with ActiveLock(data, file_name=RUN_LOCK) as lock:
            if not lock.try_acquire():
                raise ConfigurationError(
                    f"Another kabar runs on {data}: stop it, or choose another with --data."
                )
            yield
    except OSError as error:
        raise ConfigurationError(
            f"The data directory {data} cannot be used: {error.strerror}."
        ) from error
