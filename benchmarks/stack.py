"""Measure the three processes on Kafka and Redis: latency, memory, and one classifier's throughput.

    .venv/bin/python benchmarks/stack.py latency --rate 50 --seconds 40
    .venv/bin/python benchmarks/stack.py throughput --stories 6000 --companies 20000

`latency` has stories appear in feeds at a steady rate. It prints the time of each from its record on
the bus, and from being served, to its post. `throughput` gives the same 2 KB stories to `kabar classify`
on one core, to an agent that passes bytes on, and to one classifier, one after the other, and prints
stories a second without start-up. It starts a broker and a Redis of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, TopicPartition

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.classify import make
from benchmarks.embedded import Ledger, Outlets
from services.classifier import stream
from services.classifier.service import Handled
from services.common.bus.kafka import KafkaBus
from services.common.bus.port import Outgoing, Record
from services.common.clock import SystemClock
from services.common.contracts.codec import decode, encode
from services.common.contracts.story import Story
from services.common.contracts.topics import READINGS, STORIES, Topic
from services.common.ids import FeedId, story_id
from tests.support.kill_run import companies, serving, write_configuration
from tests.support.memory import family_of
from tests.support.stack import SERVICES, Service, Stack

_FEEDS = 60
_WITHIN_SECONDS = 180


def main() -> None:
    """Measure what the command line names."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("what", choices=["latency", "throughput", "pass-through"])
    arguments.add_argument("--rate", type=float, default=50)
    arguments.add_argument("--seconds", type=int, default=40)
    arguments.add_argument("--stories", type=int, default=6_000)
    arguments.add_argument("--companies", type=int, default=20_000)
    arguments.add_argument("--server", help="host:port, for pass-through alone")
    given = arguments.parse_args()
    if given.what == "pass-through":
        asyncio.run(pass_through(given.server))
        return
    with (
        tempfile.TemporaryDirectory(prefix="kabar-bench-") as directory,
        Stack(Path(directory)) as stack,
    ):
        if given.what == "latency":
            latency(stack, stories=int(given.rate * given.seconds), rate=given.rate)
        else:
            throughput(stack, stories=given.stories, names=given.companies)
    print(f"load average of the machine: {os.getloadavg()[1]:.1f}, cores: {os.cpu_count()}")


def latency(stack: Stack, *, stories: int, rate: float) -> None:
    """Print how long stories take from the bus, and from their feed, to the sink."""
    names = companies(stories, seed=1)
    ledger = Ledger()
    outlets = Outlets(names, ledger)

    with serving(outlets.answer) as feeds, serving(ledger.take) as hook:
        write_configuration(stack.config, names, feeds, hook)
        stack.start()
        stack.wait_until_ready()
        is_over = threading.Event()
        looking = threading.Thread(target=_note_memory, args=(stack, is_over))
        looking.start()
        began = time.monotonic()
        while outlets.revealed < stories:
            outlets.revealed = min(stories, int((time.monotonic() - began) * rate))
            time.sleep(0.02)
        ledger.wait_for(stories, _WITHIN_SECONDS)
        used = {kind: _processor_seconds(service) for kind, service in stack.services.items()}
        is_over.set()
        looking.join()
        records = asyncio.run(_with_bus(stack, lambda bus: bus.read_all(STORIES)))
    to_monotonic = time.monotonic() - SystemClock().now().timestamp()
    published = {
        decode(Story, record.value).url.rpartition("/")[2].lower(): record.at.timestamp()
        for record in records
    }
    from_bus = [at - published[name] - to_monotonic for name, at in ledger.told_at.items()]
    print(f"stories={stories} told={len(ledger.told_at)} rate={rate:.0f}/s")
    print(f"published to told: {_percentiles(from_bus)}")
    print(f"served to told: {_percentiles(ledger.latencies())}")
    print(*(f"{kind}_most_mb={stack.most_megabytes[kind]:.0f}" for kind in SERVICES))
    print(*(f"{kind}_cpu_seconds={used[kind]:.1f}" for kind in SERVICES), "with their start")


def throughput(stack: Stack, *, stories: int, names: int) -> None:
    """Print how many stories a second each way of reading them takes on."""
    make(stack.directory / "input", companies=names, stories=stories)
    lines = (stack.directory / "input" / "stories.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    stack.config.mkdir()
    text = (stack.directory / "input" / "companies.yml").read_text()
    (stack.config / "companies.yml").write_text(text)
    stack.start_servers()
    asyncio.run(_with_bus(stack, lambda bus: bus.publish(STORIES, _records(rows))))
    by_command = _by_command(stack.directory / "input", rows)
    by_pass_through = _by_pass_through(stack, stories)
    classifier = stack.another("classifier")
    classifier.start()
    by_classifier = _rate(_read(stack, READINGS, 2 * stories)[stories:])
    memory = classifier.megabytes
    print(f"stories={stories} companies={names}")
    print(f"kabar classify on one core: {by_command:.0f}/s")
    print(f"pass-through agent: {by_pass_through:.0f}/s")
    print(
        f"one classifier: {by_classifier:.0f}/s, {by_classifier / by_command:.2f} of kabar classify, "
        f"{by_classifier / by_pass_through:.2f} of the pass-through, {memory:.0f} MB"
    )


async def pass_through(server: str) -> None:
    """Run an agent that publishes each story's bytes as they are, until it is ended."""
    # Of its own, to read what others have read.
    stream.GROUP = "pass-through"  # type: ignore[attr-defined]  # the name that it imports
    app = stream.create_app(stream.Member(servers=(server,)))

    async def handle(events: Sequence[Any]) -> Handled:
        passed = [Outgoing(key=each.key.decode(), value=each.value) for each in events]
        return Handled(readings=tuple(passed), letters=(), were_read=(True,) * len(passed))

    def fatal(error: BaseException) -> None:
        raise SystemExit(str(error))

    stream.create_agent(app, handle, fatal=fatal)
    app.finalize()
    await app.start()
    await asyncio.Event().wait()


def _by_command(directory: Path, rows: Sequence[dict[str, str]]) -> float:
    """Return the stories a second of `kabar classify`, without the time that one story takes."""
    (directory / "one.jsonl").write_text(json.dumps(rows[0]) + "\n")
    start_up = _seconds_of_command(directory, "one.jsonl")
    return (len(rows) - 1) / (_seconds_of_command(directory, "stories.jsonl") - start_up)


def _seconds_of_command(directory: Path, stories: str) -> float:
    command = [
        *("taskset", "-c", "0", sys.executable, "-m", "kabar", "classify"),
        *("--companies", str(directory / "companies.yml"), str(directory / stories)),
    ]
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def _by_pass_through(stack: Stack, stories: int) -> float:
    agent = subprocess.Popen(
        [sys.executable, __file__, "pass-through", "--server", stack.broker.server],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return _rate(_read(stack, READINGS, stories))
    finally:
        agent.kill()
        agent.wait(10)


def _records(rows: Sequence[dict[str, str]]) -> list[Outgoing]:
    now = SystemClock().now()
    records = []
    for number, row in enumerate(rows):
        feed = FeedId(f"fd_{number % _FEEDS}")
        story = Story(
            story_id=story_id(feed, row["id"]),
            feed_id=feed,
            outlet="Outlet",
            title=row["title"],
            text=row["text"],
            url=f"https://news.example/{number}",
            seen_at=now,
            revised_at=now,
            language=row["lang"],
        )
        records.append(Outgoing(key=feed, value=encode(story)))
    return records


def _read(stack: Stack, topic: Topic, count: int) -> list[Record]:
    """Return the records of a topic in the order of their time, when there are `count`."""
    deadline = time.monotonic() + _WITHIN_SECONDS
    while time.monotonic() < deadline:
        time.sleep(1)  # looking takes from the same cores
        if _count(stack, topic) >= count:
            records = asyncio.run(_with_bus(stack, lambda bus: bus.read_all(topic)))
            return sorted(records, key=lambda record: record.at)
    raise TimeoutError(f"{topic.name} has not {count} records")


def _count(stack: Stack, topic: Topic) -> int:
    client = KafkaConsumer(bootstrap_servers=stack.broker.server)
    places = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
    try:
        return sum(client.end_offsets(places).values())
    finally:
        client.close()


def _rate(records: Sequence[Record]) -> float:
    """Return the records a second between the first and the last."""
    return (len(records) - 1) / (records[-1].at - records[0].at).total_seconds()


async def _with_bus(stack: Stack, work: Any) -> Any:
    bus = KafkaBus([stack.broker.server])
    try:
        return await work(bus)
    finally:
        await bus.close()


def _note_memory(stack: Stack, is_over: threading.Event) -> None:
    while not is_over.wait(2):
        stack.note_memory()


def _processor_seconds(service: Service) -> float:
    """Return how long a service with its children was on a core."""
    ticks = 0
    for pid in family_of(service.pid):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _percentiles(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    return (
        f"p50={statistics.median(ordered):.2f}s p99={ordered[int(len(ordered) * 0.99)]:.2f}s "
        f"max={ordered[-1]:.2f}s"
    )


if __name__ == "__main__":
    main()
