"""Wiring: puts the alerter together, for the all-in-one process and for a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial

import structlog

from services.alerter.assembly import opened
from services.alerter.channels.faults import faults_of
from services.alerter.database.lock import ActiveLock
from services.alerter.parts import DEFAULT_PORT, Surroundings
from services.alerter.web.entrance import Entrance
from services.alerter.worker import SERVICE
from services.common.breaker import Breaker
from services.common.clock import SystemClock
from services.common.config.configuration import process_environment
from services.common.config.watcher import ConfigurationWatcher
from services.common.errors import ConfigurationError
from services.common.lifecycle import Process, Server, Task
from services.common.settings import Settings
from services.common.stop import Stop
from services.common.telemetry.health import STANDBY, Health
from services.common.wiring import shared_bus

_LOOK_FOR_LOCK_EVERY = timedelta(seconds=1)  # the promise is to take over within ten

log = structlog.get_logger()


class Alerter:
    """The alerter of one process: one task, and what its port answers.

    The task waits until no other process is the active alerter of the data directory, as a standby;
    with `waits` false it refuses instead. Only then it opens the database and does its work.
    """

    def __init__(self, around: Surroundings, *, waits: bool) -> None:
        self._around = around
        self._waits = waits
        self._active = around.health.gate("alerter", reason="starting")
        self.breaker = Breaker(service=SERVICE, gate=around.health.gate("alerter_breaker"))
        self.entrance = Entrance(around.health)

    @property
    def task(self) -> Task:
        """Return the task that is all of the alerter."""
        return Task("alerter", self.run)

    @property
    def server(self) -> Server:
        """Return the page and the API, and the probes from the first moment on."""
        settings = self._around.settings
        return Server(app=self.entrance, host=settings.host, port=settings.port or DEFAULT_PORT)

    async def run(self, stop: Stop) -> None:
        """Be the active alerter until `stop` is asked, once no other process is.

        Raises:
            ConfigurationError: another process is and this one does not wait, or the data directory
                or the configuration cannot be used.
        """
        with suppress(OSError):  # what cannot be made is named where the lock is taken
            self._around.settings.data.mkdir(parents=True, exist_ok=True)
        with ActiveLock(self._around.settings.data) as lock:
            if not lock.try_acquire() and not await self._stand_by(lock, stop):
                return
            async with opened(self._around, self.breaker) as active:
                self.entrance.open_to(active.web.app)
                self._active.open()
                log.info("alerter_active")
                async with asyncio.TaskGroup() as works:
                    for task in active.tasks:
                        works.create_task(_work(task, stop), name=task.name)

    async def _stand_by(self, lock: ActiveLock, stop: Stop) -> bool:
        """Return whether the lock is ours; False when the end was asked for before."""
        data = self._around.settings.data
        if not self._waits:
            raise ConfigurationError(
                f"Another kabar runs on {data}: stop it, or choose another directory with --data."
            )
        self._active.shut(f"{STANDBY}: another alerter is active on {data}")
        log.info("alerter_standby")
        while not stop.is_asked:
            await stop.pause(_LOOK_FOR_LOCK_EVERY)
            if lock.try_acquire():
                return True
        return False


async def _work(task: Task, stop: Stop) -> None:
    await task.work(stop)


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Process]:
    """Yield the alerter as a process of its own, on a bus that others share.

    Raises:
        ConfigurationError: the bus is a file, or the configuration has mistakes.
    """
    clock = SystemClock()
    watcher = ConfigurationWatcher(
        settings.config, allow_networks=settings.allow_networks, environment=process_environment()
    )
    watcher.vet(partial(faults_of, settings=settings))
    await asyncio.to_thread(watcher.load)
    async with shared_bus(settings) as bus:
        around = Surroundings(
            settings=settings, bus=bus, clock=clock, health=Health(clock), watcher=watcher
        )
        alerter = Alerter(around, waits=True)
        yield Process(
            health=around.health,
            tasks=(alerter.task, Task("reload", watcher.run)),
            servers=(alerter.server,),
        )
