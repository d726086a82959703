"""Let two more classifiers join and leave while stories come, and count what the alerter holds.

    .venv/bin/python benchmarks/churn.py --stories 2000 --rate 30

Prints how many stories have exactly one current reading at the alerter, how often classifiers joined
and left, and for each partition of the stories its share of the readings and its longest silence: the
time between two of its readings while its stories came steadily. Exits 1 when a story is missing, or a
partition was silent for more than 15 s.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from services.common.bus.kafka import KafkaBus
from services.common.bus.partitions import partition_of
from services.common.bus.port import Outgoing
from services.common.clock import SystemClock
from services.common.contracts.codec import decode, encode
from services.common.contracts.reading import Reading
from services.common.contracts.story import Story
from services.common.contracts.topics import READINGS, STORIES
from services.common.ids import FeedId, StoryId, story_id
from tests.support.kill_run import companies
from tests.support.stack import Service, Stack

LONGEST_SILENCE_SECONDS = 15
STAYS_SECONDS = (4.0, 9.0)
"""How long one of the two stays, and how long it is away."""
_FEEDS = 60
_DRAINS_WITHIN_SECONDS = 120


@dataclass
class Comings:
    """How often the two joined and left, one time in three by a kill."""

    joined: int = 0
    left: int = 0
    killed: int = 0


def stories(count: int) -> list[Story]:
    """Return stories of many feeds, ten about each company."""
    names = companies(count // 10 + 1, seed=1)
    now = SystemClock().now()
    found = []
    for number in range(count):
        feed = FeedId(f"fd_{number % _FEEDS}")
        found.append(
            Story(
                story_id=story_id(feed, str(number)),
                feed_id=feed,
                outlet=f"Outlet {number % _FEEDS}",
                title=f"India bans {names[number // 10]}, paper number {number} says",
                text=f"The government has banned {names[number // 10]}, officials said on Monday.",
                url=f"https://news.example/{number}",
                seen_at=now,
                revised_at=now,
            )
        )
    return found


@contextmanager
def coming_and_going(stack: Stack, comings: Comings, *, seed: int) -> Iterator[None]:
    """Let two more classifiers join and leave until the block is left."""
    is_over = threading.Event()
    threads = [
        threading.Thread(
            target=_come_and_go,
            args=(stack.another("classifier"), comings, random.Random(seed + number), is_over),  # noqa: S311
        )
        for number in range(2)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def _come_and_go(
    service: Service, comings: Comings, draw: random.Random, is_over: threading.Event
) -> None:
    while not is_over.wait(draw.uniform(*STAYS_SECONDS)):
        service.start()
        service.wait_until_ready()
        comings.joined += 1
        is_over.wait(draw.uniform(*STAYS_SECONDS))
        if draw.random() < 1 / 3:
            service.end()
            comings.killed += 1
        else:
            service.stop()
        comings.left += 1


async def publish(stack: Stack, given: list[Story], *, rate: float) -> None:
    """Put the stories on the bus at a steady rate, a second."""
    bus = KafkaBus([stack.broker.server])
    began = time.monotonic()
    for number, story in enumerate(given):
        await asyncio.sleep(began + number / rate - time.monotonic())
        await bus.publish(STORIES, [Outgoing(key=story.feed_id, value=encode(story))])
    await bus.close()


async def read_at(stack: Stack) -> dict[StoryId, list[datetime]]:
    """Return when each story was read, as often as it was."""
    bus = KafkaBus([stack.broker.server])
    times: dict[StoryId, list[datetime]] = defaultdict(list)
    for record in await bus.read_all(READINGS):
        times[decode(Reading, record.value).story.story_id].append(record.at)
    await bus.close()
    return times


def held(data: Path) -> set[str]:
    """Return the stories of which the alerter has a current reading; it keeps one of each."""
    with closing(sqlite3.connect(f"file:{data / 'kabar.db'}?mode=ro", uri=True)) as database:
        return {story for (story,) in database.execute("SELECT story_id FROM readings")}


def silences(given: list[Story], times: Mapping[StoryId, list[datetime]]) -> dict[int, float]:
    """Return the longest silence of each partition, in seconds."""
    by_partition: dict[int, list[datetime]] = defaultdict(list)
    for story in given:
        place = partition_of(story.feed_id.encode(), partitions=STORIES.partitions)
        by_partition[place] += times.get(story.story_id, [])
    return {
        place: max((b - a).total_seconds() for a, b in pairwise(sorted(all_times)))
        for place, all_times in sorted(by_partition.items())
    }


def main() -> int:
    """Run once and print what was seen."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--stories", type=int, default=2_000)
    arguments.add_argument("--rate", type=float, default=30, help="stories a second")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="kabar-churn-") as directory,
        Stack(Path(directory)) as stack,
    ):
        return measure(stack, stories(given.stories), rate=given.rate, seed=given.seed)


def measure(stack: Stack, given: list[Story], *, rate: float, seed: int) -> int:
    """Return the exit code of a run with `given` at `rate` a second."""
    stack.config.mkdir()
    rows = "".join(
        f"  - {{id: {name.lower()}, name: {name}}}\n" for name in companies(len(given) // 10 + 1, 1)
    )
    (stack.config / "companies.yml").write_text(f"companies:\n{rows}")
    stack.start()
    stack.wait_until_ready()
    comings = Comings()
    with coming_and_going(stack, comings, seed=seed):
        asyncio.run(publish(stack, given, rate=rate))
    deadline = time.monotonic() + _DRAINS_WITHIN_SECONDS
    wanted = {story.story_id for story in given}
    while held(stack.directory / "data") != wanted and time.monotonic() < deadline:
        time.sleep(0.5)
    times = asyncio.run(read_at(stack))
    longest = silences(given, times)
    one = len(held(stack.directory / "data") & wanted)
    read = sum(map(len, times.values()))
    print(
        f"stories={len(given)} with_one_current_reading={one} readings={read} "
        f"joined={comings.joined} left={comings.left} of_these_killed={comings.killed}"
    )
    counts: dict[int, int] = defaultdict(int)
    for story in given:
        place = partition_of(story.feed_id.encode(), partitions=STORIES.partitions)
        counts[place] += len(times.get(story.story_id, []))
    for place, seconds in longest.items():
        print(f"partition={place} share={counts[place] / read:.0%} longest_silence={seconds:.1f}s")
    is_good = one == len(given) and max(longest.values()) <= LONGEST_SILENCE_SECONDS
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
