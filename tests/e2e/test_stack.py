"""Three processes on real Kafka and Redis, and what an operator or a newer version does to them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, TypeVar

import pytest

from services.common.bus.partitions import partition_of
from services.common.bus.port import Outgoing, Record
from services.common.contracts.codec import decode, encode
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.reading import Reading
from services.common.contracts.topics import DEAD_LETTERS, READINGS, STORIES, Topic
from tests.support.builders import a_story
from tests.support.crowd import crowd
from tests.support.kill_run import reply, serving
from tests.support.sink import SECRET, Sink, a_sink
from tests.support.stack import Service, Stack, require_servers

kafka = pytest.importorskip("services.common.bus.kafka", reason="the extra `kafka` is missing")
admin = pytest.importorskip("kafka.admin")

pytestmark = [pytest.mark.kafka, pytest.mark.redis]

GOLDEN = Path(__file__).parents[1] / "golden" / "records"
WITHIN_SECONDS = 60
MOST_STORY_BYTES, MOST_READING_BYTES = 20_000, 5_000
WATCHED = ("TikTok Music", "ByteDance", "Norvexa", "Baldrin", "Kestolia")

T = TypeVar("T")


@dataclass
class Line:
    """A running stack, the feed that it polls and the sink that it tells."""

    stack: Stack
    sink: Sink
    items: list[str] = field(default_factory=list)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = f"<rss version='2.0'><channel><title>F</title>{''.join(self.items)}</channel></rss>"
        reply(handler, 200, body.encode(), "application/rss+xml")

    def tell(self, name: str, *, text: str = "") -> None:
        """Have the feed tell of a ban."""
        self.items.append(
            f"<item><guid isPermaLink='false'>{name}</guid><title>India bans {name}</title>"
            f"<link>http://news.example/{name}</link>"
            f"<description>India has banned {name}, officials said. {text}</description></item>"
        )

    def alerted(self, company: str) -> bool:
        return company in {
            each["id"]
            for alert in self.sink.wait_for_alerts(0, seconds=0)
            for each in alert["event"]["companies"]
        }

    def events(self) -> list[Any]:
        found: list[Any] = self.stack.alerter.get("/api/v1/events").json()["events"]
        return found

    def put(self, topic: Topic, records: Sequence[Outgoing]) -> None:
        asyncio.run(self._with_bus(lambda bus: bus.publish(topic, records)))

    def read(self, topic: Topic) -> list[Record]:
        return list(asyncio.run(self._with_bus(lambda bus: bus.read_all(topic))))

    def letters(self) -> list[DeadLetter]:
        return [decode(DeadLetter, record.value) for record in self.read(DEAD_LETTERS)]

    async def _with_bus(self, work: Callable[[Any], Any]) -> Any:
        bus = kafka.KafkaBus([self.stack.broker.server])
        try:
            return await work(bus)
        finally:
            await bus.close()

    def write_companies(self, *names: str) -> None:
        """Replace the file by rename, as editors do."""
        rows = "".join(f"  - {{id: {_id(name)}, name: {name}}}\n" for name in names)
        self.write_companies_text(f"companies:\n{rows}")

    def write_companies_text(self, text: str) -> None:
        new = self.stack.config / "companies.yml.new"
        new.write_text(text)
        new.rename(self.stack.config / "companies.yml")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    require_servers()
    with Stack(tmp_path_factory.mktemp("stack")) as stack, a_sink() as (sink, hook):
        line = Line(stack, sink)
        with serving(line.answer) as feeds:
            _configure(line, feeds, hook)
            stack.start_servers()
            _limit(stack, {STORIES: MOST_STORY_BYTES, READINGS: MOST_READING_BYTES})
            stack.start_services()
            stack.wait_until_ready()
            yield line


def test_records_of_a_newer_version_pass_with_what_nobody_here_knows(line: Line) -> None:
    story = json.loads((GOLDEN / "story.from-a-newer-version.json").read_text())
    reading = json.loads((GOLDEN / "reading.from-a-newer-version.json").read_text())
    reading["story"]["story_id"] = "st_anotherstoryofthesameday"
    reading["reports"][0] |= {"report_id": "rp_another", "focus": "main"}

    line.put(STORIES, [Outgoing(key="fd_wire", value=_json(story))])
    line.put(READINGS, [Outgoing(key="st_another", value=_json(reading))])
    events = _until(
        lambda: {event["type"]: event for event in line.events()},
        lambda found: {"nationalisation", "shutdown"} <= set(found),
    )

    assert events["nationalisation"]["stage"] == "appealed"
    assert events["shutdown"]["stage"] == "confirmed"
    companies = events["nationalisation"]["companies"]
    assert {each["id"]: each["role"] for each in companies} == {
        "bytedance": "guarantor",
        "tiktok-music": "target",
    }
    assert not {letter.key for letter in line.letters()} & {"fd_wire", "st_another"}


def test_a_record_over_a_topics_limit_is_a_dead_letter_and_the_next_story_is_told(
    line: Line,
) -> None:
    long_title = a_story("TikTok Music " + "报" * 1_980, feed_id="fd_long")

    line.put(STORIES, [Outgoing(key="fd_long", value=encode(long_title))])
    line.tell("ByteDance", text="It is a large company. " * 2_000)
    line.tell("Norvexa")
    _until(lambda: line.alerted("norvexa"), bool)
    letters = _until(
        line.letters, lambda found: {"fetcher", "classifier"} <= {each.service for each in found}
    )

    by_service = {letter.service: letter for letter in letters}
    assert "RecordTooLarge" in by_service["fetcher"].error
    assert "RecordTooLarge" in by_service["classifier"].error
    assert not line.alerted("bytedance")
    assert line.stack.services["fetcher"].starts == 1


def test_the_alerter_goes_on_by_itself_after_its_topic_was_deleted_and_made_again(
    line: Line,
) -> None:
    _delete(line.stack, READINGS)
    line.stack.kabar("init-topics")

    line.tell("Baldrin")
    _until(lambda: line.alerted("baldrin"), bool)

    assert line.stack.alerter.starts == 1


def test_a_company_is_linked_by_every_classifier_two_seconds_after_its_file_was_replaced(
    line: Line,
) -> None:
    classifiers = [line.stack.services["classifier"], *_two_more(line.stack)]
    stories = [
        a_story(f"India bans Zelvantic, paper {n} says", feed_id=feed)
        for n, feed in enumerate(_a_feed_for_each_partition())
    ]

    line.write_companies(*WATCHED, "Zelvantic")
    time.sleep(2)  # the promise
    line.put(STORIES, [Outgoing(key=story.feed_id, value=encode(story)) for story in stories])
    readings = _until(
        lambda: _readings_of(line, {story.story_id for story in stories}),
        lambda found: len(found) == len(stories),
    )

    assert all(
        [mention.company_id for mention in reading.mentions] == ["zelvantic"]
        for reading in readings.values()
    )
    assert all(_metric(each, "kabar_readings_total") > 0 for each in classifiers)
    for more in classifiers[1:]:
        assert more.stop() == 0


def test_a_bad_file_changes_nothing_and_is_seen_in_metrics_and_on_the_page(line: Line) -> None:
    services = list(line.stack.services.values())
    before = [_hash(each) for each in services]
    good = (line.stack.config / "companies.yml").read_text()

    line.write_companies_text("companies:\n  - {name: Nobody}\n  - nonsense\n")
    try:
        refused = 'kabar_config_reloads_total{result="refused"}'
        for service in services:
            _until(lambda each=service: _metric(each, refused), bool)  # type: ignore[misc]  # as above
        page = line.stack.alerter.get("/").text
        while_bad = [_hash(each) for each in services]
        line.tell("Kestolia")
        _until(lambda: line.alerted("kestolia"), bool)
    finally:
        line.write_companies_text(good)

    assert while_bad == before
    assert len(set(before)) == 1
    assert "The configuration on disk was refused" in page


def _configure(line: Line, feeds: str, hook: str) -> None:
    config = line.stack.config
    config.mkdir()
    line.write_companies(*WATCHED)
    (config / "feeds.yml").write_text(
        f"feeds:\n  - {{url: {feeds}/rss, outlet: Wire, first_fetch: alert, every: 1s}}\n"
    )
    (config / "secret").write_text(SECRET)
    (config / "subscriptions.yml").write_text(
        f"channels:\n  hook: {{type: webhook, url: {hook}, secret: {{file: {config}/secret}}}}\n"
        "subscriptions:\n  - {id: all, name: All, send: [{to: hook}]}\n"
    )


def _limit(stack: Stack, most_bytes: dict[Topic, int]) -> None:
    client = admin.KafkaAdminClient(bootstrap_servers=stack.broker.server)
    client.alter_configs(
        [
            admin.ConfigResource("topic", topic.name, {"max.message.bytes": str(limit)})
            for topic, limit in most_bytes.items()
        ]
    )
    client.close()


def _delete(stack: Stack, topic: Topic) -> None:
    client = admin.KafkaAdminClient(bootstrap_servers=stack.broker.server)
    client.delete_topics([topic.name])
    _until(client.list_topics, lambda topics: topic.name not in topics)
    client.close()


def _two_more(stack: Stack) -> list[Service]:
    more = [stack.another("classifier"), stack.another("classifier")]
    for each in more:
        each.start()
    for each in more:
        each.wait_until_ready()
    return more


def _a_feed_for_each_partition() -> list[str]:
    feeds: dict[int, str] = {}
    number = 0
    while len(feeds) < STORIES.partitions:
        feed = f"fd_{number}"
        feeds.setdefault(partition_of(feed.encode(), partitions=STORIES.partitions), feed)
        number += 1
    return list(feeds.values())


def _readings_of(line: Line, stories: set[str]) -> dict[str, Reading]:
    readings = [decode(Reading, record.value) for record in line.read(READINGS)]
    return {each.story.story_id: each for each in readings if each.story.story_id in stories}


def _metric(service: Service, name: str) -> float:
    """Return the sum of all series whose text begins with `name`."""
    rows = [row for row in service.get("/metrics").text.splitlines() if row.startswith(name)]
    return sum(float(row.rpartition(" ")[2]) for row in rows)


def _hash(service: Service) -> str:
    rows = service.get("/metrics").text.splitlines()
    return next(row for row in rows if row.startswith("kabar_config_hash{"))


def _until(look: Callable[[], T], is_so: Callable[[T], bool]) -> T:
    """Return what `look` gives when it is as wanted; other processes can only be asked."""
    began = time.monotonic()
    while not is_so(found := look()):
        assert time.monotonic() - began < WITHIN_SECONDS * crowd(), found
        time.sleep(0.2)
    return found


def _json(record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


def _id(name: str) -> str:
    return name.lower().replace(" ", "-")
