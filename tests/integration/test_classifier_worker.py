from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta

from services.classifier.child import MOST_STORIES, ClassifyingChild
from services.classifier.service import SERVICE, Answer, ClassifierService
from services.classifier.worker import ClassifierWorker
from services.common.breaker import Breaker
from services.common.bus.memory import MemoryBus
from services.common.bus.port import Outgoing
from services.common.clock import ManualClock, SystemClock
from services.common.contracts.codec import decode, encode
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.reading import Reading
from services.common.contracts.topics import DEAD_LETTERS, READINGS, STORIES, TOPICS
from services.common.stop import Stop
from services.common.telemetry.health import Health
from tests.support.builders import NOON, a_story, a_watchlist

FAULTY = (sys.executable, "-m", "tests.support.faulty_child")


async def test_a_step_that_raises_on_every_fourth_story_lets_the_other_three_out() -> None:
    clock, health, stop = SystemClock(), Health(SystemClock()), Stop()
    bus = MemoryBus(clock=clock)
    await bus.ensure_topics(TOPICS)
    stories = [a_story(title=f"{'raise ' if n % 4 == 0 else ''}{n}") for n in range(100)]
    await bus.publish(STORIES, [Outgoing(key=s.feed_id, value=encode(s)) for s in stories])
    async with ClassifyingChild(a_watchlist(), command=FAULTY) as child:
        worker = ClassifierWorker(
            bus,
            ClassifierService(child, clock),
            breaker=Breaker(service=SERVICE, gate=health.gate("classifier")),
            batches=health.pulse("classify", stuck_after=child._deadline),
            connected=health.gate("bus", reason="not yet"),
        )
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            group.create_task(worker.run(stop))
            # The bus has no signal for "something came"; both lists are in memory.
            while len(await bus.read_all(READINGS)) + len(await bus.read_all(DEAD_LETTERS)) < 100:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            stop.ask()

    readings = [decode(Reading, record.value) for record in await bus.read_all(READINGS)]
    letters = [decode(DeadLetter, record.value) for record in await bus.read_all(DEAD_LETTERS)]
    assert len(readings) == 75
    assert len(letters) == 25
    assert {letter.origin.topic for letter in letters} == {STORIES.name}
    assert all("told to raise" in letter.error for letter in letters)
    assert len({letter.traceback_hash for letter in letters}) == 1
    assert health.reasons() == {}


class SlowChild:
    """Takes three minutes for every twenty stories, as long as a child may that has to be replaced."""

    def __init__(self, clock: ManualClock, health: Health) -> None:
        self._clock, self._health = clock, health
        self.troubles: list[dict[str, str]] = []

    async def classify(
        self, stories: Sequence[bytes], *, on_progress: Callable[[], None]
    ) -> list[Answer]:
        for _ in range(0, len(stories), MOST_STORIES):
            self._clock.move(timedelta(minutes=3))
            self.troubles.append(self._health.troubles())
            on_progress()
        return [Answer(error="slow")] * len(stories)


async def test_a_batch_that_moves_on_request_by_request_is_not_stuck() -> None:
    clock = ManualClock(NOON)
    health, stop, bus = Health(clock), Stop(), MemoryBus(clock=clock)
    await bus.ensure_topics(TOPICS)
    stories = [a_story(title=str(n)) for n in range(100)]
    await bus.publish(STORIES, [Outgoing(key=s.feed_id, value=encode(s)) for s in stories])
    child = SlowChild(clock, health)
    worker = ClassifierWorker(
        bus,
        ClassifierService(child, clock),
        breaker=Breaker(service=SERVICE, gate=health.gate("classifier")),
        batches=health.pulse("classify", stuck_after=timedelta(minutes=4)),
        connected=health.gate("bus", reason="not yet"),
    )

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(worker.run(stop))
        while len(await bus.read_all(DEAD_LETTERS)) < 100:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.001)
        stop.ask()

    assert child.troubles == [{}] * 5
