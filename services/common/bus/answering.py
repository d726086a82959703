"""Answering: whether the broker still serves, for a process that would notice only with the next record."""

from __future__ import annotations

from datetime import timedelta

from services.common.bus.port import Bus
from services.common.contracts.topics import Topic
from services.common.errors import BusUnavailableError
from services.common.stop import Stop
from services.common.telemetry.health import Gate

EVERY = timedelta(seconds=5)


async def watch_broker(
    bus: Bus, topic: Topic, *, gate: Gate, stop: Stop, every: timedelta = EVERY
) -> None:
    """Ask for `topic` until `stop` is asked; keep `gate` shut, with the reason, while nothing answers."""
    while not stop.is_asked:
        try:
            await bus.topic_id(topic)
        except BusUnavailableError as error:
            gate.shut(str(error))
        else:
            gate.open()
        await stop.pause(every)
