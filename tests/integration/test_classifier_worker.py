from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.classifier.answer import Answer
from services.classifier.child import MOST_STORIES, ClassifyingChild
from services.classifier.service import GROUP, SERVICE, ClassifierService, Classifies
from services.classifier.worker import MOST_RECORDS, ClassifierWorker
from services.common.breaker import Breaker
from services.common.bus.memory import MemoryBus
from services.common.bus.port import Bus, Outgoing
from services.common.clock import ManualClock, SystemClock
from services.common.contracts.codec import decode, encode
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.reading import Reading
from services.common.contracts.story import Story
from services.common.contracts.topics import DEAD_LETTERS, READINGS, STORIES, TOPICS, Topic
from services.common.errors import BusUnavailableError
from services.common.stop import Stop
from services.common.telemetry.health import Health
from tests.support.builders import NOON, a_reading, a_story, a_watchlist

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


class AnsweringChild:
    """Answers every story at once, with a reading or as one that failed; `handed` are the batches it got."""

    def __init__(self, *, fails: bool = False) -> None:
        self.handed: list[Sequence[bytes]] = []
        self.fails = fails
        self._asked = asyncio.Condition()

    async def classify(
        self, stories: Sequence[bytes], *, on_progress: Callable[[], None]
    ) -> list[Answer]:
        async with self._asked:
            self.handed.append(stories)
            self._asked.notify_all()
        on_progress()
        return [self._answer(decode(Story, story)) for story in stories]

    async def was_handed(self, batches: int) -> None:
        """Return when it got so many."""
        async with self._asked:
            await self._asked.wait_for(lambda: len(self.handed) >= batches)

    def _answer(self, story: Story) -> Answer:
        if self.fails:
            return Answer(error="told to fail")
        return Answer(reading=encode(a_reading(story)), story_id=story.story_id)


class StoppingBus(MemoryBus):
    """Has `before` run before each group of records that is published about stories."""

    def __init__(self, before: Callable[[], Awaitable[None]]) -> None:
        super().__init__(clock=SystemClock())
        self._before = before

    async def publish(self, topic: Topic, records: Sequence[Outgoing]) -> None:
        if topic is not STORIES:
            await self._before()
        await super().publish(topic, records)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A worker on `bus`, and what stops it."""

    worker: ClassifierWorker
    breaker: Breaker
    stop: Stop

    @classmethod
    def of(cls, bus: Bus, child: Classifies, stop: Stop | None = None) -> Running:
        clock, health = SystemClock(), Health(SystemClock())
        breaker = Breaker(service=SERVICE, gate=health.gate("classifier"))
        worker = ClassifierWorker(
            bus,
            ClassifierService(child, clock),
            breaker=breaker,
            batches=health.pulse("classify", stuck_after=timedelta(minutes=4)),
            connected=health.gate("bus", reason="not yet"),
        )
        return cls(worker=worker, breaker=breaker, stop=stop or Stop())

    async def to_the_end(self) -> None:
        async with asyncio.timeout(20):
            await self.worker.run(self.stop)


async def publish_stories(bus: Bus, titles: Sequence[str]) -> None:
    """Publish stories of three feeds in turn, in the order of their titles."""
    await bus.ensure_topics(TOPICS)
    stories = [a_story(title, feed_id=f"fd_{n % 3}") for n, title in enumerate(titles)]
    await bus.publish(STORIES, [Outgoing(key=s.feed_id, value=encode(s)) for s in stories])


async def titles_read(bus: Bus) -> list[str]:
    records = await bus.read_all(READINGS)
    return sorted(decode(Reading, record.value).story.title for record in records)


def numbered(count: int) -> list[str]:
    return [f"{number:04}" for number in range(count)]


async def test_one_batch_and_no_more_is_read_while_the_last_is_published() -> None:
    child, stop = AnsweringChild(), Stop()
    handed_when_published: list[int] = []

    async def before() -> None:
        published = len(handed_when_published) + 1
        await child.was_handed(min(published + 1, 4))
        for _ in range(10):
            await asyncio.sleep(0)
        handed_when_published.append(len(child.handed))
        if published == 4:
            stop.ask()

    bus = StoppingBus(before)
    await publish_stories(bus, numbered(4 * MOST_RECORDS))

    await Running.of(bus, child, stop).to_the_end()

    assert handed_when_published == [2, 3, 4, 4]
    assert await titles_read(bus) == numbered(4 * MOST_RECORDS)


async def test_what_was_taken_when_the_end_is_asked_for_is_published_first() -> None:
    child, stop = AnsweringChild(), Stop()

    async def before() -> None:
        stop.ask()

    bus = StoppingBus(before)
    await publish_stories(bus, numbered(3 * MOST_RECORDS))

    await Running.of(bus, child, stop).to_the_end()

    left = await bus.subscribe(STORIES, group=GROUP)
    assert len(await titles_read(bus)) == 2 * MOST_RECORDS
    assert len(await left.take(most=1_000, within=timedelta())) == MOST_RECORDS


async def test_a_batch_that_cannot_be_published_holds_back_the_one_that_is_read_already() -> None:
    stop = Stop()

    async def before() -> None:
        if not stop.is_asked:
            stop.ask()
            raise BusUnavailableError("told to fail")

    bus = StoppingBus(before)
    await publish_stories(bus, numbered(3 * MOST_RECORDS))

    await Running.of(bus, AnsweringChild(), stop).to_the_end()

    again = await bus.subscribe(STORIES, group=GROUP)
    assert await titles_read(bus) == []
    assert len(await again.take(most=1_000, within=timedelta())) == 3 * MOST_RECORDS


async def test_no_batch_is_set_aside_once_the_one_before_it_has_opened_the_breaker() -> None:
    letters = 0
    stop = Stop()

    async def before() -> None:
        nonlocal letters
        letters += 1
        if letters == MOST_RECORDS:
            stop.ask()

    bus = StoppingBus(before)
    await publish_stories(bus, numbered(3 * MOST_RECORDS))
    running = Running.of(bus, AnsweringChild(fails=True), stop)

    await running.to_the_end()

    assert running.breaker.is_open
    assert letters == MOST_RECORDS


async def test_a_child_that_dies_with_batches_ahead_loses_and_swaps_nothing() -> None:
    titles = numbered(5 * MOST_RECORDS)
    for place in (0, MOST_RECORDS - 1, MOST_RECORDS, 3 * MOST_RECORDS + 50):
        titles[place] = f"die {place}"
    stop = Stop()
    bus = MemoryBus(clock=SystemClock())
    await publish_stories(bus, titles)

    async with (
        ClassifyingChild(a_watchlist(), command=FAULTY) as child,
        asyncio.timeout(60),
        asyncio.TaskGroup() as group,
    ):
        group.create_task(Running.of(bus, child, stop).worker.run(stop))
        while len(await bus.read_all(READINGS)) + len(await bus.read_all(DEAD_LETTERS)) < 500:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        stop.ask()

    letters = await bus.read_all(DEAD_LETTERS)
    titles_by_place: dict[tuple[int, str], list[str]] = defaultdict(list)
    for record in await bus.read_all(READINGS):
        story = decode(Reading, record.value).story
        titles_by_place[record.partition, story.feed_id].append(story.title)
    assert len(letters) == 4
    assert await titles_read(bus) == sorted(title for title in titles if "die" not in title)
    assert all(read == sorted(read) for read in titles_by_place.values())


async def test_what_was_read_ahead_when_too_much_failed_is_read_anew_once_that_is_mended() -> None:
    child, bus = AnsweringChild(fails=True), MemoryBus(clock=SystemClock())
    await publish_stories(bus, numbered(2 * MOST_RECORDS))
    running = Running.of(bus, child)

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(running.worker.run(running.stop))
        while not running.breaker.is_open:  # noqa: ASYNC110  it can only be looked at
            await asyncio.sleep(0)
        child.fails = False
        running.breaker.close()
        while not (readings := await bus.read_all(READINGS)):  # noqa: ASYNC110  as above
            await asyncio.sleep(0.001)
        running.stop.ask()

    assert len(readings) == len(await bus.read_all(DEAD_LETTERS)) == MOST_RECORDS
