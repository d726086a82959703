"""Wiring: puts the classifier together, for the all-in-one process and for a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from services.classifier.child import ClassifyingChild
from services.classifier.service import SERVICE, ClassifierService
from services.classifier.worker import ClassifierWorker
from services.common.breaker import Breaker
from services.common.bus.port import Bus
from services.common.clock import Clock, SystemClock
from services.common.config.configuration import Configuration
from services.common.config.watcher import ConfigurationWatcher
from services.common.dead_letters import LetterBox
from services.common.lifecycle import Process, Task
from services.common.settings import Settings
from services.common.telemetry.health import Health
from services.common.watchlist import Watchlist
from services.common.wiring import kafka_installed, on_its_own, process_name, shared_bus

DEFAULT_PORT = 8702

_STUCK_AFTER = timedelta(seconds=240)
"""In the worst case a request to the child computes for its whole time 21 times over, and never longer;
a batch moves on with each.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """A classifier that is ready to run: its task, its breaker, and the way to change what it links."""

    task: Task
    breaker: Breaker
    child: ClassifyingChild

    async def use(self, configuration: Configuration) -> None:
        """Read stories with the watchlist of `configuration` from now on; returns when it is active.

        What a ConfigurationWatcher's `follow` wants.
        """
        await self.child.set_watchlist(configuration.watchlist)


@asynccontextmanager
async def classifier(
    bus: Bus, *, clock: Clock, health: Health, watchlist: Watchlist
) -> AsyncIterator[Classifier]:
    """Yield a classifier on `bus`; its child process runs inside this context."""
    breaker = Breaker(service=SERVICE, gate=health.gate("classifier"))
    async with ClassifyingChild(watchlist) as child:
        worker = ClassifierWorker(
            bus,
            ClassifierService(child, clock),
            breaker=breaker,
            batches=health.pulse("classify", stuck_after=_STUCK_AFTER),
            connected=health.gate("classifier_bus", reason="not connected yet"),
        )
        yield Classifier(task=Task("classify", worker.run), breaker=breaker, child=child)


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Process]:
    """Yield the classifier as a process of its own: the Faust agent on Kafka.

    Raises:
        ConfigurationError: the bus is a file, its client is not installed, or the configuration has
            mistakes.
    """
    # Not above: the all-in-one process uses this module too, and never imports faust.
    with kafka_installed(settings):
        from services.classifier.stream import ClassifierStream, Member  # noqa: PLC0415

    clock = SystemClock()
    health = Health(clock)
    watcher = ConfigurationWatcher(settings.config, allow_networks=settings.allow_networks)
    configuration = await asyncio.to_thread(watcher.load)
    breaker = Breaker(service=SERVICE, gate=health.gate("classifier"))
    async with (
        shared_bus(settings) as bus,
        ClassifyingChild(configuration.watchlist) as child,
    ):
        stream = ClassifierStream(
            bus,
            ClassifierService(child, clock),
            member=Member(servers=settings.kafka_servers, name=process_name(settings)),
            breaker=breaker,
            batches=health.pulse("classify", stuck_after=_STUCK_AFTER),
            connected=health.gate("classifier_bus", reason="not connected yet"),
            clock=clock,
        )
        classifier_ = Classifier(task=Task("classify", stream.run), breaker=breaker, child=child)
        watcher.follow(classifier_.use)
        yield on_its_own(
            classifier_.task,
            settings=settings,
            default_port=DEFAULT_PORT,
            health=health,
            bus=bus,
            letters=LetterBox(bus, clock, breakers=(breaker,)),
            watcher=watcher,
        )
