from __future__ import annotations

from datetime import timedelta

from services.common.bus.answering import watch_broker
from services.common.bus.memory import MemoryBus
from services.common.clock import ManualClock
from services.common.contracts.topics import STORIES, Topic
from services.common.errors import BusUnavailableError
from services.common.stop import Stop
from services.common.telemetry.health import Gate
from tests.support.builders import NOON


class UnsteadyBus(MemoryBus):
    """Answers or not, as it was told; notes what `gate` says when it is asked again."""

    def __init__(self, gate: Gate, stop: Stop, *, answers: list[bool]) -> None:
        super().__init__(ManualClock(NOON))
        self.seen: list[str | None] = []
        self._gate = gate
        self._stop = stop
        self._answers = answers

    async def topic_id(self, topic: Topic) -> str:
        self.seen.append(self._gate.reason)
        answers = self._answers.pop(0)
        if not self._answers:
            self._stop.ask()
        if not answers:
            raise BusUnavailableError("no broker")
        return await super().topic_id(topic)


async def test_the_gate_is_shut_while_the_broker_is_away_and_opens_when_it_is_back() -> None:
    gate, stop = Gate(reason=None), Stop()
    bus = UnsteadyBus(gate, stop, answers=[True, False, False, True])
    await bus.ensure_topics([STORIES])

    await watch_broker(bus, STORIES, gate=gate, stop=stop, every=timedelta())

    assert bus.seen == [None, None, "no broker", "no broker"]
    assert gate.reason is None
