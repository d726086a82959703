from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from services.common.bus.memory import MemoryBus, MemoryLog
from services.common.bus.port import Outgoing
from services.common.clock import Clock, ManualClock, SystemClock
from services.common.contracts.codec import decode
from services.common.contracts.dead_letter import DeadLetter
from services.common.contracts.feed import (
    Feed,
    FeedCondition,
    FirstFetch,
    feeds_body,
)
from services.common.contracts.story import Story
from services.common.contracts.topics import DEAD_LETTERS, STORIES, Topic
from services.common.errors import BusUnavailableError, RecordTooLargeError
from services.common.http.client import guarded_client
from services.common.ids import FeedId
from services.common.telemetry.health import Health
from services.fetcher.politeness import SLOTS
from services.fetcher.store.memory import MemoryStore
from services.fetcher.store.port import Held
from services.fetcher.store.sqlite import SqliteStore
from tests.support.builders import NOON, a_feed
from tests.support.feed_documents import HTML, RSS, an_rss
from tests.support.feed_server import Reply
from tests.support.fetching import LATER, LOOPBACK, ONE, PAGE, PARAGRAPH, SOON, TWO, Ground


def dated(title: str, at: datetime) -> str:
    """Return the insides of an item that was published `at`."""
    return f"<guid>{title}</guid><title>{title}</title><pubDate>{format_datetime(at)}</pubDate>"


class BusThatFails(MemoryBus):
    """A bus that refuses its first publishes of stories."""

    def __init__(self, clock: Clock, *, refusals: int) -> None:
        super().__init__(clock, log=MemoryLog(clock))
        self.refusals = refusals

    async def publish(self, topic: Topic, records: Sequence[Outgoing]) -> None:
        if topic == STORIES and self.refusals:
            self.refusals -= 1
            raise BusUnavailableError("The broker is away.")
        await super().publish(topic, records)


class BusThatHangs(MemoryBus):
    """A bus that never answers a publish of stories."""

    async def publish(self, topic: Topic, records: Sequence[Outgoing]) -> None:
        if topic == STORIES:
            await asyncio.Event().wait()
        await super().publish(topic, records)


class BusWithALimit(MemoryBus):
    """A bus whose topic of stories, or more of them, takes small records only."""

    def __init__(
        self, clock: SystemClock, *, most_bytes: int, topics: Sequence[Topic] = (STORIES,)
    ) -> None:
        super().__init__(clock, log=MemoryLog(clock))
        self._most_bytes = most_bytes
        self._topics = topics

    async def publish(self, topic: Topic, records: Sequence[Outgoing]) -> None:
        if topic in self._topics and any(len(each.value) > self._most_bytes for each in records):
            raise RecordTooLargeError("The topic does not take it.")
        await super().publish(topic, records)


async def test_a_story_is_published_once_however_often_the_feed_is_asked(ground: Ground) -> None:
    both = Reply(body=an_rss(TWO, ONE))
    feed = ground.feed("/f", Reply(body=an_rss(ONE)), both)

    async with ground.running(feed):
        await ground.polled("/f", 5)
        stories = await ground.stories(2)

    assert [story.title for story in stories] == ["Title 1", "Title 2"]
    assert {story.feed_id for story in stories} == {feed.id}
    assert [story.backfill for story in stories] == [False, False]


async def test_a_first_fetch_is_backfill_and_what_comes_later_is_news(ground: Ground) -> None:
    first, later = Reply(body=an_rss(ONE)), Reply(body=an_rss(TWO, ONE))
    feed = ground.feed("/f", first, later, first_fetch=FirstFetch.SUMMARY)

    async with ground.running(feed):
        stories = await ground.stories(2)

    assert [story.backfill for story in stories] == [True, False]


async def test_what_a_first_fetch_ignores_is_never_published(ground: Ground) -> None:
    first, later = Reply(body=an_rss(ONE)), Reply(body=an_rss(TWO, ONE))
    feed = ground.feed("/f", first, later, first_fetch=FirstFetch.IGNORE)

    async with ground.running(feed):
        stories = await ground.stories(1)

    assert [story.title for story in stories] == ["Title 2"]


async def test_both_validators_are_sent_as_given_and_renewed_by_every_answer(
    ground: Ground,
) -> None:
    body = an_rss(ONE)
    feed = ground.feed(
        "/f",
        Reply(
            body=body, headers={"ETag": 'W/"1"', "Last-Modified": "Mon, 05 Jan 2026 08:00:00 GMT"}
        ),
        Reply(status=304, headers={"Last-Modified": "Mon, 05 Jan 2026 09:00:00 GMT"}),
        Reply(status=304, headers={"ETag": '"2"'}),
        Reply(body=body, headers={"ETag": '"3"'}),
        Reply(status=500),
        Reply(status=304),
    )

    async with ground.running(feed):
        await ground.polled("/f", 7)

    asked = [
        (r.headers.get("if-none-match"), r.headers.get("if-modified-since", "")[17:19])
        for r in ground.server.asked("/f")
    ]
    assert asked[:7] == [
        (None, ""),
        ('W/"1"', "08"),
        ('W/"1"', "09"),
        ('"2"', "09"),
        ('"3"', ""),
        ('"3"', ""),
        ('"3"', ""),
    ]


async def test_nothing_is_lost_while_the_bus_is_away(ground: Ground) -> None:
    ground.bus = BusThatFails(SystemClock(), refusals=2)
    feed = ground.feed("/f", Reply(body=an_rss(ONE)), Reply(body=an_rss(TWO)), every=SOON)

    async with ground.running(feed):
        stories = await ground.stories(2)

    assert [story.title for story in stories] == ["Title 1", "Title 2"]


async def test_a_fetcher_that_waits_for_the_bus_for_an_hour_is_not_ready_and_not_stuck(
    ground: Ground,
) -> None:
    clock = ManualClock(NOON)
    health = Health(clock)
    bus = BusThatFails(clock, refusals=1_000)
    ground.bus = bus
    feed = ground.feed("/f", Reply(body=an_rss(ONE)), every=timedelta(minutes=10))

    async with ground.running(feed, clock=clock, health=health):
        for left in range(999, 900, -1):
            async with asyncio.timeout(10):
                while bus.refusals > left:  # noqa: ASYNC110  the bus only counts
                    await asyncio.sleep(0)
            await asyncio.sleep(0.001)
            clock.move(timedelta(seconds=30))
        troubles, reasons = health.troubles(), health.reasons()

    assert troubles == {}
    assert reasons == {"fetcher": "The broker is away."}
    assert clock.now() > NOON + timedelta(minutes=30)


async def test_what_the_bus_never_took_is_published_after_a_restart(ground: Ground) -> None:
    bus = BusThatFails(SystemClock(), refusals=1_000)
    ground.bus = bus
    feed = ground.feed("/f", Reply(body=an_rss(ONE), headers={"ETag": '"1"'}))

    async with ground.running(feed):
        await ground.polled("/f", 1)
    bus.refusals = 0
    async with ground.running(feed):
        stories = await ground.stories(1)

    assert [story.title for story in stories] == ["Title 1"]
    assert "if-none-match" not in ground.server.asked("/f")[1].headers


async def test_after_a_restart_nothing_is_published_again(ground: Ground) -> None:
    feed = ground.feed("/f", Reply(body=an_rss(ONE)), Reply(body=an_rss(TWO, ONE)))

    async with ground.running(feed):
        await ground.stories(1)
        await ground.health(feed, FeedCondition.OK)
    async with ground.running(feed):
        stories = await ground.stories(2)
        await ground.polled("/f", 4)

    assert len(await ground.bus.read_all(STORIES)) == 2
    assert [story.title for story in stories] == ["Title 1", "Title 2"]


async def test_a_feed_whose_state_cannot_be_read_tells_nothing_twice_and_what_is_new(
    ground: Ground, tmp_path: Path
) -> None:
    path, old = tmp_path / "feeds.db", NOON - timedelta(days=300)
    ground = replace(ground, store=SqliteStore(path))
    first, other = Reply(body=an_rss(ONE)), Reply(body=an_rss(dated("Other", NOON)))
    later = Reply(body=an_rss(dated("Old", old), TWO, ONE))
    feed = ground.feed("/f", first, later, first_fetch=FirstFetch.IGNORE, every=LATER)
    beside = ground.feed("/other", other, first_fetch=FirstFetch.IGNORE)
    async with ground.running(feed, beside):
        await ground.health(feed, FeedCondition.OK)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE states SET state = '?' WHERE feed = ?", (feed.id,))
    asked = len(ground.server.asked("/other"))

    async with ground.running(feed, beside):
        stories = await ground.stories(2)
        await ground.polled("/other", asked + 2)

    assert [(story.title, story.backfill) for story in stories] == [
        ("Title 2", False),
        ("Old", True),
    ]
    await ground.store.close()


async def test_an_emptied_store_makes_only_old_news_backfill(ground: Ground) -> None:
    old = ONE + "<pubDate>Mon, 05 Jan 2015 08:00:00 GMT</pubDate>"
    feed = ground.feed("/f", Reply(body=an_rss(TWO, old)), first_fetch=FirstFetch.SUMMARY)
    added = ground.feed("/g", Reply(body=an_rss(TWO)), first_fetch=FirstFetch.SUMMARY)

    async with ground.running(feed):
        first = await ground.stories(2)
    ground.store = MemoryStore()
    async with ground.running(feed) as service:
        again = (await ground.stories(4))[2:]
        await service.configure([feed, added])
        [new] = [s for s in await ground.stories(5) if s.feed_id == added.id]

    assert [story.backfill for story in first] == [True, True]
    assert {story.title: story.backfill for story in again} == {"Title 1": True, "Title 2": False}
    assert {story.story_id for story in again} == {story.story_id for story in first}
    assert new.backfill


async def test_old_news_at_another_address_of_a_feed_is_backfill(ground: Ground) -> None:
    old = "<guid>other</guid><title>Old</title><pubDate>Mon, 05 Jan 2015 08:00:00 GMT</pubDate>"
    fresh = "<guid>fresh</guid><title>Fresh</title>"
    before = ground.feed("/rss", Reply(body=an_rss(ONE)))
    moved = ground.server.script("/atom", Reply(body=an_rss(fresh, old)))

    async with ground.running(before):
        await ground.stories(1)
        await ground.health(before, FeedCondition.OK)
    async with ground.running(replace(before, url=moved)):
        stories = (await ground.stories(3))[1:]

    assert {story.title: story.backfill for story in stories} == {"Old": True, "Fresh": False}


async def test_old_news_that_a_publisher_names_anew_is_backfill(ground: Ground) -> None:
    old = "<guid>cms-1</guid><title>Old</title><pubDate>Mon, 05 Jan 2015 08:00:00 GMT</pubDate>"
    fresh = "<guid>cms-2</guid><title>Fresh</title>"
    feed = ground.feed("/f", Reply(body=an_rss(ONE)), Reply(body=an_rss(fresh, old)))

    async with ground.running(feed):
        stories = (await ground.stories(3))[1:]

    assert {story.title: story.backfill for story in stories} == {"Old": True, "Fresh": False}


async def test_news_of_a_feed_that_was_away_for_days_is_news_though_nothing_in_it_is_known(
    ground: Ground,
) -> None:
    feed = ground.feed("/f", Reply(body=an_rss(ONE)))
    async with ground.running(feed):
        await ground.polled("/f", 2)
    [state] = (await ground.store.states()).values()
    assert state.last_story_at is not None
    days_ago = replace(state, last_story_at=state.last_story_at - timedelta(days=5))
    await ground.store.remember(days_ago, [], token="test")
    since, before = (
        dated(f"{n} days ago", SystemClock().now() - timedelta(days=n)) for n in (3, 7)
    )
    ground.server.script("/f", Reply(body=an_rss(since, before)))

    async with ground.running(feed):
        stories = (await ground.stories(3))[1:]

    assert {story.title: story.backfill for story in stories} == {
        "3 days ago": False,
        "7 days ago": True,
    }


@pytest.mark.parametrize(("days", "backfill"), [(30, False), (40, True)])
async def test_a_feed_that_nobody_polled_for_weeks_is_a_new_one(
    ground: Ground, *, days: int, backfill: bool
) -> None:
    dated = f"<pubDate>{format_datetime(NOON)}</pubDate>"
    feed = ground.feed(
        "/f",
        Reply(body=an_rss(ONE)),
        Reply(body=an_rss(f"{TWO}{dated}")),
        first_fetch=FirstFetch.SUMMARY,
        every=LATER,
    )
    async with ground.running(feed, clock=ManualClock(NOON)):
        await ground.health(feed, FeedCondition.OK)

    async with ground.running(feed, clock=ManualClock(NOON + timedelta(days=days))):
        [_, story] = await ground.stories(2)

    assert story.backfill is backfill


@pytest.mark.parametrize(("days", "is_kept"), [(80, True), (100, False)])
async def test_a_feed_that_was_taken_out_is_forgotten_after_months(
    ground: Ground, *, days: int, is_kept: bool
) -> None:
    gone = ground.feed("/gone", Reply(body=an_rss(ONE)), every=LATER)
    feed = ground.feed("/f", Reply(body=an_rss(TWO)), every=LATER)
    async with ground.running(feed, gone, clock=ManualClock(NOON)):
        for each in (feed, gone):
            await ground.health(each, FeedCondition.OK)

    clock = ManualClock(NOON + timedelta(days=days))
    async with ground.running(feed, clock=clock):
        await ground.polled("/f", 2)
        for _ in range(20):
            clock.move(timedelta(minutes=10))
            await asyncio.sleep(0.002)
        states = await ground.store.states()

    assert set(states) == ({feed.id, gone.id} if is_kept else {feed.id})
    assert len(ground.server.asked("/gone")) == 1


async def test_a_feed_that_was_taken_out_is_forgotten_though_its_state_cannot_be_read(
    ground: Ground, tmp_path: Path
) -> None:
    path, clock = tmp_path / "feeds.db", ManualClock(NOON)
    ground = replace(ground, store=SqliteStore(path))
    gone = ground.feed("/gone", Reply(body=an_rss(ONE)), every=LATER)
    feed = ground.feed("/f", Reply(body=an_rss(TWO)), every=LATER)
    async with ground.running(feed, gone, clock=clock):
        for each in (feed, gone):
            await ground.health(each, FeedCondition.OK)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE states SET state = '?' WHERE feed = ?", (gone.id,))

    async with ground.running(feed, clock=clock):
        for _ in range(20):
            clock.move(timedelta(minutes=10))
            await asyncio.sleep(0.002)
        kept = await ground.store.states()
        clock.move(timedelta(days=100))
        while gone.id in await ground.store.states():
            clock.move(timedelta(minutes=10))
            await asyncio.sleep(0.002)

    assert set(kept) == {feed.id, gone.id}
    with closing(sqlite3.connect(path)) as file:
        left = file.execute("SELECT count(*) FROM entries WHERE feed = ?", (gone.id,)).fetchone()
    assert left == (0,)
    await ground.store.close()


async def test_a_feed_that_another_fetcher_polls_is_not_forgotten(ground: Ground) -> None:
    gone = ground.feed("/gone", Reply(body=an_rss(ONE)), every=LATER)
    feed = ground.feed("/f", Reply(body=an_rss(TWO)), every=LATER)
    async with ground.running(gone, clock=ManualClock(NOON)):
        await ground.health(gone, FeedCondition.OK)
    states = await ground.store.states()
    clock = ManualClock(NOON + timedelta(days=100))

    async with ground.running(feed, clock=clock):
        await ground.polled("/f", 1)
        polled = replace(states[gone.id], last_polled_at=clock.now())
        await ground.store.remember(polled, [], token="another")
        for _ in range(20):
            clock.move(timedelta(minutes=10))
            await asyncio.sleep(0.002)

    assert gone.id in await ground.store.states()


async def test_a_story_that_comes_before_others_whose_guids_are_places_changes_none_of_them(
    ground: Ground,
) -> None:
    def places(*titles: str) -> bytes:
        return an_rss(
            *(
                f"<guid>{place}</guid><title>{title}</title><link>https://example.org/{title}</link>"
                f"<pubDate>{format_datetime(NOON - timedelta(days=ord(title)))}</pubDate>"
                for place, title in enumerate(titles, start=1)
            )
        )

    feed = ground.feed("/f", Reply(body=places("b", "c")), Reply(body=places("a", "b", "c")))

    async with ground.running(feed):
        await ground.polled("/f", 4)

    assert [story.title for story in await ground.stories(3)] == ["c", "b", "a"]


async def test_an_old_story_beside_others_that_are_known_is_news(ground: Ground) -> None:
    old = TWO + "<pubDate>Mon, 05 Jan 2015 08:00:00 GMT</pubDate>"
    feed = ground.feed("/f", Reply(body=an_rss(ONE)), Reply(body=an_rss(old, ONE)))

    async with ground.running(feed):
        [_, story] = await ground.stories(2)

    assert not story.backfill


async def test_another_address_that_fails_first_makes_no_news_of_what_is_old(
    ground: Ground,
) -> None:
    old = "<guid>other</guid><title>Old</title><pubDate>Mon, 05 Jan 2015 08:00:00 GMT</pubDate>"
    before = ground.feed("/rss", Reply(body=an_rss(ONE), headers={"ETag": '"1"'}))
    moved = ground.server.script(
        "/atom", Reply(status=404), Reply(body=an_rss(old), headers={"ETag": '"2"'})
    )

    async with ground.running(before):
        await ground.stories(1)
        await ground.health(before, FeedCondition.OK)
    async with ground.running(replace(before, url=moved)):
        [_, story] = await ground.stories(2)

    assert story.backfill
    assert '"1"' not in [
        asked.headers.get("if-none-match") for asked in ground.server.asked("/atom")
    ]


async def test_feeds_are_exchanged_while_it_runs(ground: Ground) -> None:
    before = ground.feed("/before", Reply(body=an_rss(ONE)))
    after = ground.feed("/after", Reply(body=an_rss(TWO)))

    async with ground.running(before) as service:
        await ground.stories(1)
        await service.configure([after])
        await ground.stories(2)
        asked = len(ground.server.asked("/before"))
        await ground.polled("/after", 4)

    assert len(ground.server.asked("/before")) <= asked + 1


@pytest.mark.parametrize(("status", "times"), [(429, 1), (503, 1), (404, 2)])
async def test_a_feed_that_was_edited_is_asked_at_once_where_its_server_allows_it(
    ground: Ground, status: int, times: int
) -> None:
    refused = Reply(status=status, headers={"Retry-After": "3600"})
    feed, other = ground.feed("/f", refused), ground.feed("/g", Reply(body=an_rss(ONE)))

    async with ground.running(feed) as service:
        await ground.health(feed, FeedCondition.FAILING)
        await service.configure([replace(feed, outlet="Another name"), other])
        await ground.polled("/g", 3)

    assert len(ground.server.asked("/f")) == times


@pytest.mark.parametrize("named", ["UTF-8", "none", "8bit"])
async def test_a_feed_that_names_an_encoding_of_contents_that_is_none_is_read(
    ground: Ground, named: str
) -> None:
    feed = ground.feed("/f", Reply(body=an_rss(ONE), headers={"Content-Encoding": named}))

    async with ground.running(feed):
        [story] = await ground.stories(1)

    assert story.title == "Title 1"


FAULTS = {
    "not_a_feed": Reply(body=HTML.encode(), headers={"Content-Type": "text/html"}),
    "http_404": Reply(status=404),
    "http_429": Reply(status=429, headers={"Retry-After": "7200"}),
    "http_500": Reply(status=500),
    "too_large": Reply(body=b"", headers={"Content-Length": "99999999"}, never_ends=True),
    "timeout": Reply(body=b"<rss><channel>", never_ends=True),
    "parse": Reply(body=b"<rss><channel><title>cut"),
    "disconnected": Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss>"),
    "bad_encoding": Reply(body=b"?", headers={"Content-Encoding": "br"}),
}


@pytest.mark.parametrize("error_class", FAULTS)
async def test_a_bad_answer_is_told_in_words_keeps_the_validators_and_disturbs_no_other_feed(
    ground: Ground, error_class: str
) -> None:
    good = Reply(body=an_rss(ONE), headers={"ETag": '"1"'})
    bad = ground.feed("/bad", good, FAULTS[error_class])
    other = ground.feed("/other", Reply(body=an_rss(ONE)), Reply(body=an_rss(TWO)))

    async with ground.running(bad, other):
        health = await ground.health(bad, FeedCondition.FAILING)
        await ground.stories(3)

    state = (await ground.store.states())[bad.id]
    assert health.error is not None
    assert health.error.error_class == error_class
    assert health.error.message.endswith(".")
    assert health.next_poll_at is not None
    assert state.validators.etag == '"1"'
    if error_class == "http_429":
        assert health.last_polled_at is not None
        assert health.next_poll_at == health.last_polled_at + timedelta(hours=2)


async def test_an_empty_document_is_not_a_feed_and_a_wrong_charset_is_read(ground: Ground) -> None:
    text = "Роскомнадзор заблокировал"
    russian = f'<?xml version="1.0" encoding="utf-8"?><rss><channel><item><title>{text}</title>'
    body = f"{russian}</item></channel></rss>".encode("windows-1251")
    empty = ground.feed("/empty", Reply(body=b""))
    wrong = ground.feed("/wrong", Reply(body=body))

    async with ground.running(empty, wrong):
        health = await ground.health(empty, FeedCondition.FAILING)
        [story] = await ground.stories(1)

    assert health.error is not None
    assert health.error.error_class == "not_a_feed"
    assert story.title == text


async def test_a_validator_that_no_request_may_have_is_not_sent_back(ground: Ground) -> None:
    feed = ground.feed("/f", Reply(body=an_rss(ONE), headers={"ETag": '"\x01"'}))

    async with ground.running(feed):
        await ground.polled("/f", 3)

    assert [asked.headers.get("if-none-match") for asked in ground.server.asked("/f")][:3] == [
        None
    ] * 3


@pytest.mark.parametrize("days", [1, pytest.param(-2, id="by a clock that was wrong")])
async def test_a_server_that_says_unchanged_for_ever_is_asked_for_the_whole_once_a_day(
    ground: Ground, days: int
) -> None:
    feed = ground.feed("/f", Reply(body=an_rss(ONE), headers={"ETag": '"1"'}), Reply(status=304))
    async with ground.running(feed):
        await ground.polled("/f", 3)
    [state] = (await ground.store.states()).values()
    assert state.read_at is not None
    long_ago = replace(state, read_at=state.read_at - timedelta(days=days))
    await ground.store.remember(long_ago, [], token="test")
    asked = len(ground.server.asked("/f"))
    ground.server.script("/f", Reply(body=an_rss(TWO, ONE), headers={"ETag": '"2"'}))

    async with ground.running(feed):
        [_, story] = await ground.stories(2)
        await ground.polled("/f", asked + 2)

    asked_with = [each.headers.get("if-none-match") for each in ground.server.asked("/f")[asked:]]
    assert asked_with[:2] == [None, '"2"']
    assert story.title == "Title 2"


async def test_a_document_that_did_not_change_holds_for_as_long_as_it_said(ground: Ground) -> None:
    body = an_rss(ONE).replace(b"<item>", b"<ttl>60</ttl><item>")
    answers = [Reply(body=body, headers={"ETag": '"1"'}), Reply(status=304), Reply(body=body)]
    feed = ground.feed("/f", *answers, every=timedelta(days=1))
    clock = ManualClock(NOON)
    waits = []

    async with ground.running(feed, clock=clock):
        for asked in range(1, 4):
            await ground.polled("/f", asked)
            polled = await ground.health(feed, FeedCondition.OK)
            while polled.last_polled_at != clock.now():
                await asyncio.sleep(0.005)
                polled = await ground.health(feed, FeedCondition.OK)
            assert polled.next_poll_at is not None
            waits.append(polled.next_poll_at - clock.now())
            clock.move(waits[-1])

    assert max(waits) <= timedelta(hours=1)


async def test_a_server_that_sends_a_body_after_a_304_is_asked_for_the_whole_at_once(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    etag, bad = {"ETag": '"1"'}, b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n<rss>"
    feed = ground.feed(
        "/f",
        Reply(body=an_rss(ONE), headers=etag),
        Reply(raw=bad),
        Reply(body=an_rss(TWO, ONE), headers=etag),
        Reply(raw=bad),
        Reply(body=an_rss(TWO, ONE), headers=etag),
    )

    async with ground.running(feed):
        await ground.stories(2)
        await ground.polled("/f", 6)

    asked_with = [each.headers.get("if-none-match") for each in ground.server.asked("/f")]
    assert asked_with[:6] == [None, '"1"', None, '"1"', None, '"1"']
    assert "feed_failed" not in capsys.readouterr().out


async def test_a_document_that_a_proxy_has_changed_on_the_way_is_read(ground: Ground) -> None:
    feed = ground.feed("/f", Reply(status=203, body=an_rss(ONE)))

    async with ground.running(feed):
        [story] = await ground.stories(1)

    assert story.title == "Title 1"


async def test_a_document_that_broke_off_is_asked_for_until_it_is_whole(ground: Ground) -> None:
    whole, etag = an_rss(ONE, TWO), {"ETag": '"1"'}
    cut = whole[: whole.index(b"Title 2")]
    feed = ground.feed("/f", Reply(body=cut, headers=etag), Reply(body=whole, headers=etag))

    async with ground.running(feed):
        stories = await ground.stories(2)
        await ground.polled("/f", 3)

    asked_with = [each.headers.get("if-none-match") for each in ground.server.asked("/f")]
    assert asked_with[:3] == [None, None, '"1"']
    assert {"Title 1", "Title 2"} <= {story.title for story in stories}


async def test_the_rest_of_a_first_document_that_broke_off_is_no_news_either(
    ground: Ground,
) -> None:
    three = ONE.replace("1", "3")
    documents = an_rss(TWO, ONE), an_rss(three, TWO, ONE)
    cut = documents[0][: documents[0].rindex(b"</item>")]
    feed = ground.feed(
        "/f",
        Reply(body=cut),
        *(Reply(body=body) for body in documents),
        first_fetch=FirstFetch.SUMMARY,
    )

    async with ground.running(feed):
        stories = await ground.stories(3)

    told = [(story.title, story.backfill) for story in stories]
    assert told == [("Title 2", True), ("Title 1", True), ("Title 3", False)]


async def test_a_story_is_published_once_though_its_document_broke_off_once(ground: Ground) -> None:
    whole = an_rss(ONE, TWO)
    cut = whole[: whole.index(b"</channel>")]
    feed = ground.feed("/f", Reply(body=whole), Reply(body=cut), Reply(body=whole))

    async with ground.running(feed):
        await ground.polled("/f", 4)

    assert sorted(story.title for story in await ground.stories(2)) == ["Title 1", "Title 2"]


async def test_a_story_is_not_corrected_by_a_document_that_broke_off_within_it(
    ground: Ground,
) -> None:
    told = ONE + "<description>The ministry said today that it bans the app.</description>"
    whole = an_rss(TWO, told)
    cut = whole[: whole.index(b" that it bans")]
    feed = ground.feed("/f", Reply(body=whole), Reply(body=cut), Reply(body=whole))

    async with ground.running(feed):
        await ground.polled("/f", 4)

    assert [story.title for story in await ground.stories(2)] == ["Title 1", "Title 2"]


async def test_a_document_that_broke_off_anywhere_tells_nothing_but_its_stories(
    ground: Ground,
) -> None:
    whole = an_rss(
        *(
            f"<title>Title {n}</title><link>https://example.org/{n}</link><guid>story-{n}</guid>"
            for n in (2, 1)
        )
    )
    start, end = whole.rindex(b"<item>"), whole.rindex(b"</item>")
    cuts = [Reply(body=whole[:place]) for place in range(start, end, 3)]
    feed = ground.feed("/f", Reply(body=whole), *cuts, Reply(body=whole))

    async with ground.running(feed):
        await ground.polled("/f", len(cuts) + 3)

    assert [story.title for story in await ground.stories(2)] == ["Title 1", "Title 2"]


async def test_an_entry_that_was_cut_off_names_no_other_one_anew(ground: Ground) -> None:
    whole = an_rss(
        *(
            f"<guid>{place}</guid><title>{title}</title><link>https://example.org/{title}</link>"
            f"<pubDate>{10 - place} Nov 2026 10:00:00 GMT</pubDate>"
            for place, title in enumerate("abc", start=1)
        )
    )
    start, end = whole.rindex(b"<item>"), whole.rindex(b"</item>")
    cuts = [Reply(body=whole[:place]) for place in range(start + 8, end, 9)]
    feed = ground.feed("/f", Reply(body=whole), *cuts, Reply(body=whole))

    async with ground.running(feed):
        await ground.polled("/f", len(cuts) + 3)

    assert [story.title for story in await ground.stories(3)] == ["c", "b", "a"]


async def test_a_document_that_is_broken_for_good_is_asked_for_once_more(ground: Ground) -> None:
    cut = an_rss(ONE, TWO)[:-60]
    feed = ground.feed("/f", Reply(body=cut, headers={"ETag": '"1"'}))

    async with ground.running(feed):
        await ground.polled("/f", 4)

    asked_with = [each.headers.get("if-none-match") for each in ground.server.asked("/f")]
    assert asked_with[:4] == [None, None, '"1"', '"1"']


async def test_a_document_that_is_broken_otherwise_at_each_poll_is_not_asked_for_whole_for_ever(
    ground: Ground,
) -> None:
    etag = {"ETag": '"1"'}
    one, other = an_rss(ONE, TWO)[:-60], an_rss(ONE, TWO)[:-61]
    feed = ground.feed(
        "/f", Reply(body=one, headers=etag), Reply(body=other, headers=etag), Reply(status=304)
    )

    async with ground.running(feed):
        await ground.polled("/f", 4)

    asked_with = [each.headers.get("if-none-match") for each in ground.server.asked("/f")]
    assert asked_with[:4] == [None, None, '"1"', '"1"']


async def test_a_document_that_never_came_is_not_unchanged(ground: Ground) -> None:
    feed = ground.feed("/f", Reply(status=304))

    async with ground.running(feed):
        await ground.polled("/f", 3)
        await ground.health(feed, FeedCondition.FAILING)

    assert (await ground.store.states())[feed.id].failures >= 2


async def test_the_new_address_of_a_feed_that_moved_for_good_is_in_the_log(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    ground.feed("/new", Reply(body=an_rss(ONE)))
    feed = ground.feed("/old", Reply(status=308, headers={"Location": "/new"}), every=LATER)

    async with ground.running(feed):
        await ground.health(feed, FeedCondition.OK)

    assert f"moved_to={ground.server.url('/new')}" in capsys.readouterr().out


async def test_a_gone_feed_is_told_so_and_recovers_when_it_answers_again(ground: Ground) -> None:
    feed = ground.feed("/f", Reply(status=410), Reply(body=an_rss(ONE)))

    async with ground.running(feed) as service:
        gone = await ground.health(feed, FeedCondition.GONE)
        await service.configure([replace(feed, outlet="Asked anew")])
        await ground.health(feed, FeedCondition.OK)

    assert gone.error is not None
    assert gone.error.error_class == "http_410"


async def test_a_private_address_is_not_asked(ground: Ground) -> None:
    feed = a_feed("http://10.0.0.1/rss.xml", every=LATER)

    async with ground.running(feed):
        health = await ground.health(feed, FeedCondition.FAILING)

    assert health.error is not None
    assert health.error.error_class == "address_refused"


async def test_the_text_of_the_page_is_fetched_where_it_is_wanted(ground: Ground) -> None:
    link = ground.server.script("/page", PAGE)
    item = f"<guid>1</guid><title>A</title><link>{link}</link><description>short</description>"
    feed = ground.feed("/f", Reply(body=an_rss(item)), full_text=True)

    async with ground.running(feed):
        [story] = await ground.stories(1)

    assert story.text == PARAGRAPH.strip()


@pytest.mark.parametrize("missed", [Reply(status=500), Reply(raw=b"")], ids=["error", "nothing"])
async def test_a_revision_waits_for_its_page_and_loses_no_text_meanwhile(
    ground: Ground, missed: Reply
) -> None:
    link = ground.server.script("/page", PAGE, missed, missed, PAGE)
    first, edited = (
        f"<guid>1</guid><title>A{more}</title><link>{link}</link>" for more in ("", ", edited")
    )
    feed = ground.feed("/f", Reply(body=an_rss(first)), Reply(body=an_rss(edited)), full_text=True)

    async with ground.running(feed):
        stories = await ground.stories(2)
        await ground.polled("/page", 4)

    assert [story.title for story in stories] == ["A", "A, edited"]
    assert [story.text for story in stories] == [PARAGRAPH.strip()] * 2
    assert len(await ground.bus.read_all(STORIES)) == 2


async def test_a_story_whose_page_comes_late_is_told_at_once_and_again_with_its_text(
    ground: Ground,
) -> None:
    link = ground.server.script("/page", Reply(status=500), Reply(status=500), PAGE)
    item = f"<guid>1</guid><title>A</title><link>{link}</link><description>short</description>"
    feed = ground.feed("/f", Reply(body=an_rss(item), headers={"ETag": '"1"'}), full_text=True)

    async with ground.running(feed):
        stories = await ground.stories(2)
        await ground.polled("/f", 5)

    first, again = stories
    assert (first.text, again.text) == ("short", PARAGRAPH.strip())
    assert (again.story_id, again.seen_at) == (first.story_id, first.seen_at)
    assert len(ground.server.asked("/page")) == 3


async def test_a_revision_whose_page_is_gone_says_what_the_feed_says(ground: Ground) -> None:
    link = ground.server.script("/page", PAGE, Reply(status=404))
    items = [
        f"<guid>1</guid><title>A</title><link>{link}</link><description>{text}</description>"
        for text in ("short", "gone")
    ]
    feed = ground.feed("/f", *(Reply(body=an_rss(item)) for item in items), full_text=True)

    async with ground.running(feed):
        stories = await ground.stories(2)

    assert [story.text for story in stories] == [PARAGRAPH.strip(), "gone"]


async def test_a_page_that_leads_nowhere_keeps_no_story_back(ground: Ground) -> None:
    link = ground.server.script(
        "/page", Reply(status=302, headers={"Location": ":https://["}, body=b"")
    )
    item = f"<guid>1</guid><title>A</title><link>{link}</link><description>short</description>"
    feed = ground.feed("/f", Reply(body=an_rss(item)), full_text=True)

    async with ground.running(feed):
        [story] = await ground.stories(1)

    assert story.text == "short"


async def test_a_feed_polled_by_another_process_is_left_to_it(ground: Ground) -> None:
    feed = ground.feed("/f", Reply(body=RSS.encode()), every=LATER)

    async with ground.running(feed):
        await ground.health(feed, FeedCondition.OK)
        async with ground.running(feed, owner="there"):
            await asyncio.sleep(0.05)

    assert len(ground.server.asked("/f")) == 1


async def test_a_story_that_the_topic_does_not_take_is_a_dead_letter_and_the_next_goes_out(
    ground: Ground,
) -> None:
    clock = SystemClock()
    ground.bus = BusWithALimit(clock, most_bytes=1_000)
    large = f"<guid>9</guid><title>Large</title><description>{'word ' * 500}</description>"
    feed = ground.feed("/f", Reply(body=an_rss(TWO, large, ONE)))

    async with ground.running(feed):
        stories = await ground.stories(2)
        await ground.polled("/f", 3)
        letters = [decode(DeadLetter, r.value) for r in await ground.bus.read_all(DEAD_LETTERS)]

    assert [story.title for story in stories] == ["Title 1", "Title 2"]
    assert [(letter.service, letter.origin.topic) for letter in letters] == [
        ("fetcher", STORIES.name)
    ]
    assert decode(Story, letters[0].record).title == "Large"


async def test_a_story_that_no_topic_takes_is_a_dead_letter_without_its_bytes(
    ground: Ground,
) -> None:
    ground.bus = BusWithALimit(SystemClock(), most_bytes=2_000, topics=(STORIES, DEAD_LETTERS))
    large = f"<guid>9</guid><title>Large</title><description>{'word ' * 900}</description>"
    feed = ground.feed("/f", Reply(body=an_rss(TWO, large, ONE)))

    async with ground.running(feed):
        stories = await ground.stories(2)
        await ground.health(feed, FeedCondition.OK)
        [letter] = [decode(DeadLetter, r.value) for r in await ground.bus.read_all(DEAD_LETTERS)]

    assert [story.title for story in stories] == ["Title 1", "Title 2"]
    assert not letter.is_complete
    assert letter.body_bytes > 2_000


class BusThatTripsUs(MemoryBus):
    """A bus that raises what no bus should for the stories of one feed."""

    def __init__(self, clock: SystemClock, *, feed: Feed) -> None:
        super().__init__(clock, log=MemoryLog(clock))
        self._feed = feed

    async def publish(self, topic: Topic, records: Sequence[Outgoing]) -> None:
        if topic == STORIES and records[0].key == self._feed.id:
            raise ValueError("Nobody thought of this.")
        await super().publish(topic, records)


async def test_a_feed_whose_entries_trip_us_over_fails_alone(ground: Ground) -> None:
    bad = ground.feed("/bad", Reply(body=an_rss(ONE)))
    good = ground.feed("/good", Reply(body=an_rss(TWO)))
    ground.bus = BusThatTripsUs(SystemClock(), feed=bad)

    async with ground.running(bad, good):
        health = await ground.health(bad, FeedCondition.FAILING)
        [story] = await ground.stories(1)

    assert (story.title, health.error and health.error.error_class) == ("Title 2", "bug")


async def test_feeds_are_polled_in_time_after_the_clock_was_set_back(ground: Ground) -> None:
    clock = ManualClock(NOON)
    feed = ground.feed("/feed", Reply(body=an_rss(ONE)), every=timedelta(minutes=10))

    async with ground.running(feed, clock=clock):
        await ground.health(feed, FeedCondition.OK)
        clock.set(NOON - timedelta(hours=9))
        for _ in range(10):
            clock.move(timedelta(minutes=1))
            await asyncio.sleep(0)
        await ground.polled("/feed", 2)

    assert clock.now() < NOON - timedelta(hours=8)
    assert len(ground.server.asked("/feed")) >= 2


async def test_the_password_of_a_feeds_address_is_asked_with_and_shown_nowhere(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    item = "<title>Title 1</title><link>/news/1</link>"
    served = ground.feed("/feed", Reply(body=an_rss(item)), Reply(status=500))
    feed = replace(served, url=served.url.replace("http://", "http://user:s3cret@"))

    async with ground.running(feed):
        [story] = await ground.stories(1)
        health = await ground.health(feed, FeedCondition.FAILING)

    asked = ground.server.asked("/feed")[0].headers
    assert asked["authorization"].startswith("Basic ")
    assert story.url == served.url.replace("/feed", "/news/1")
    assert health.url == served.url
    assert feeds_body([feed], [health])["feeds"][0]["state"] == "failing"
    assert "s3cret" not in capsys.readouterr().out


async def test_a_feed_that_hangs_keeps_nobody_from_stopping_and_no_lease(ground: Ground) -> None:
    ground.client = guarded_client(allowed_networks=LOOPBACK)
    feed = ground.feed("/f", Reply(body=RSS.encode(), never_ends=True))

    async with asyncio.timeout(5):
        async with ground.running(feed):
            await ground.polled("/f", 1)
    now = SystemClock().now()
    held = await ground.store.hold(feed.id, token="there", now=now, until=now + LATER)

    assert held is not None
    await ground.client.aclose()


async def test_a_page_that_hangs_keeps_nobody_from_stopping_and_its_story_comes_later(
    ground: Ground,
) -> None:
    ground.client = guarded_client(allowed_networks=LOOPBACK)
    page = ground.server.script("/page", Reply(never_ends=True))
    item = f"<guid>1</guid><title>Title 1</title><link>{page}</link>"
    feed = ground.feed("/f", Reply(body=an_rss(item)), full_text=True)

    async with asyncio.timeout(5):
        async with ground.running(feed):
            await ground.polled("/page", 1)
    assert await ground.bus.read_all(STORIES) == []

    ground.server.script("/page", Reply(status=404))
    async with ground.running(feed):
        [story] = await ground.stories(1)

    assert story.title == "Title 1"
    await ground.client.aclose()


async def test_guids_that_move_to_https_make_no_new_stories(ground: Ground) -> None:
    old, new = (
        f"<guid>{scheme}://example.org/?p=1</guid><title>Title</title><description>{text}</description>"
        for scheme, text in (("http", "told first"), ("https", "told again"))
    )
    feed = ground.feed("/f", Reply(body=an_rss(old)), Reply(body=an_rss(new, TWO)))

    async with ground.running(feed):
        first, *rest = await ground.stories(3)

    assert sorted((story.title, story.story_id == first.story_id) for story in rest) == [
        ("Title", True),
        ("Title 2", False),
    ]


async def test_two_entries_whose_guids_differ_by_scheme_alone_are_two_stories(
    ground: Ground,
) -> None:
    old, new = (
        f"<guid>{scheme}://example.org/?p=1</guid><title>Title of {scheme}</title>"
        for scheme in ("http", "https")
    )
    both = Reply(body=an_rss(new, old))
    feed = ground.feed("/f", Reply(body=an_rss(old)), both, Reply(body=an_rss(old, new, TWO)))

    async with ground.running(feed):
        stories = await ground.stories(3)

    assert [story.title for story in stories] == ["Title of http", "Title of https", "Title 2"]
    assert len({story.story_id for story in stories}) == 3


async def test_every_entry_is_a_story_though_all_link_to_one_page(ground: Ground) -> None:
    home = "<link>https://example.org/</link>"
    one, two, three = (f"<title>Title {n}</title>{home}" for n in (1, 2, 3))
    feed = ground.feed(
        "/f", Reply(body=an_rss(one)), Reply(body=an_rss(two, one)), Reply(body=an_rss(three, two))
    )

    async with ground.running(feed):
        await ground.polled("/f", 5)

    stories = await ground.stories(3)
    assert [story.title for story in stories] == ["Title 1", "Title 2", "Title 3"]
    assert len({story.story_id for story in stories}) == 3


@pytest.mark.parametrize("guid", ["", "<guid>https://example.org/</guid>"])
async def test_an_entry_takes_no_story_over_from_one_that_shared_its_name(
    ground: Ground, guid: str
) -> None:
    one, two, edited = (
        f"{guid}<title>Title {title}</title><link>https://example.org/{page}</link>"
        for page, title in (
            (1 if guid else "", "1"),
            (2 if guid else "", "2"),
            (2 if guid else "", "2, edited"),
        )
    )
    documents = ([one], [two, one], [two], [two] if not guid else [edited])
    feed = ground.feed("/f", *(Reply(body=an_rss(*items)) for items in documents))

    async with ground.running(feed):
        await ground.polled("/f", 6)

    stories = await ground.stories(2)
    titles = ["Title 1", "Title 2"] + ["Title 2, edited"] * bool(guid)
    assert [story.title for story in stories] == titles
    assert len({story.story_id for story in stories}) == 2


async def test_an_entry_that_a_feed_has_twice_for_a_while_is_one_story(ground: Ground) -> None:
    feed = ground.feed(
        "/f",
        Reply(body=an_rss(ONE)),
        Reply(body=an_rss(TWO, ONE, ONE)),
        Reply(body=an_rss(TWO, ONE.replace("example.org/1", "example.org/tech/1"), ONE)),
        Reply(body=an_rss(TWO, ONE)),
    )

    async with ground.running(feed):
        await ground.polled("/f", 6)

    assert [story.title for story in await ground.stories(2)] == ["Title 1", "Title 2"]


async def test_guids_that_go_to_https_and_back_tell_no_story_twice(ground: Ground) -> None:
    old, new = (
        f"<guid>{scheme}://example.org/?p=1</guid><title>Title</title>"
        for scheme in ("http", "https")
    )
    feed = ground.feed(
        "/f",
        Reply(body=an_rss(new)),
        Reply(body=an_rss(old)),
        Reply(body=an_rss(new)),
        Reply(body=an_rss(old, TWO)),
    )

    async with ground.running(feed):
        stories = await ground.stories(2)

    assert [story.title for story in stories] == ["Title", "Title 2"]


async def test_a_feed_whose_bus_is_away_when_it_is_stopped_is_left_to_others_at_once(
    ground: Ground,
) -> None:
    ground.bus = BusThatFails(SystemClock(), refusals=1_000)
    feed = ground.feed("/f", Reply(body=an_rss(ONE)))

    async with ground.running(feed):
        await ground.polled("/f", 1)
    now = SystemClock().now()
    held = await ground.store.hold(feed.id, token="there", now=now, until=now + LATER)

    assert held is not None


async def test_the_new_address_is_told_of_a_feed_that_did_not_change_too(
    ground: Ground, capsys: pytest.CaptureFixture[str]
) -> None:
    ground.feed("/new", Reply(body=an_rss(ONE), headers={"ETag": '"1"'}), Reply(status=304))
    feed = ground.feed("/old", Reply(status=301, headers={"Location": "/new"}))

    async with ground.running(feed):
        await ground.polled("/new", 3)

    lines = [line for line in capsys.readouterr().out.splitlines() if "feed_polled" in line]
    assert len(lines) >= 2
    assert all(f"moved_to={ground.server.url('/new')}" in line for line in lines)


async def test_an_empty_validator_is_not_sent_back(ground: Ground) -> None:
    feed = ground.feed("/f", Reply(body=an_rss(ONE), headers={"ETag": ""}))

    async with ground.running(feed):
        await ground.polled("/f", 2)

    assert "if-none-match" not in ground.server.asked("/f")[1].headers


async def test_a_feed_whose_bus_hangs_when_it_is_stopped_is_left_to_others_within_seconds(
    ground: Ground,
) -> None:
    clock = ManualClock(NOON)
    ground.bus = BusThatHangs(clock, log=MemoryLog(clock))
    feed = ground.feed("/f", Reply(body=an_rss(ONE)))

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        async with ground.running(feed, clock=clock):
            await ground.polled("/f", 1)
            passing = group.create_task(_pass(clock))
        passing.cancel()
    held = await ground.store.hold(feed.id, token="there", now=NOON, until=NOON + LATER)

    assert held is not None


async def _pass(clock: ManualClock) -> None:
    while True:
        await asyncio.sleep(0.005)
        clock.move(timedelta(seconds=1))


async def test_feeds_that_hang_leave_the_fetcher_alive_and_half_of_its_places_to_others(
    ground: Ground,
) -> None:
    clock = SystemClock()
    health = Health(clock)
    ground.client = guarded_client(allowed_networks=LOOPBACK)
    hangs = Reply(body=b"<rss>", never_ends=True)
    hanging = [ground.feed(f"/{n}", Reply(status=500), hangs) for n in range(9)]
    good = ground.feed("/good", Reply(body=an_rss(ONE)))

    async with ground.running(good, *hanging, health=health, concurrency=4):
        async with asyncio.timeout(10):
            while sum(len(ground.server.asked(f"/{n}")) == 2 for n in range(9)) < 2:  # noqa: ASYNC110  the server only counts
                await asyncio.sleep(0.005)
        await ground.polled("/good", len(ground.server.asked("/good")) + 10)
        again = [len(ground.server.asked(f"/{n}")) for n in range(9)]

    assert sum(again) == 9 + 2
    assert health.troubles() == health.reasons() == {}
    await ground.client.aclose()


async def test_a_host_that_another_fetcher_was_asked_to_leave_alone_is_left_alone_soon(
    ground: Ground,
) -> None:
    clock = ManualClock(NOON)
    feed = ground.feed("/f", Reply(body=an_rss(ONE)), every=timedelta(minutes=10))

    async with ground.running(feed, clock=clock, allow_networks=()):
        await ground.health(feed, FeedCondition.OK)
        await ground.store.penalise("127.0.0.1", until=NOON + timedelta(hours=2))
        while len(ground.server.asked("/f")) < 2:
            clock.move(timedelta(seconds=20))
            await asyncio.sleep(0.002)
        asked_at = clock.now()

    assert asked_at >= NOON + timedelta(hours=2)


async def test_feeds_that_hang_from_the_first_keep_no_others_waiting(ground: Ground) -> None:
    ground.client = guarded_client(allowed_networks=LOOPBACK)
    hangs = Reply(body=b"<rss>", never_ends=True)
    hanging = [ground.feed(f"/{n}", hangs) for n in range(3)]
    good = ground.feed("/good", Reply(body=an_rss(ONE)))

    async with ground.running(*hanging, good, concurrency=1, lent_after=SOON):
        await ground.polled("/good", 5)
        asked = [len(ground.server.asked(f"/{n}")) for n in range(3)]

    assert asked == [1, 1, 1]
    await ground.client.aclose()


async def test_pages_that_hang_keep_no_other_feeds_waiting(ground: Ground) -> None:
    page = ground.server.script("/page", Reply(body=b"<html>", never_ends=True))
    item = f"<guid>1</guid><title>A</title><link>{page}</link>"
    slow = ground.feed("/slow", Reply(body=an_rss(item)), full_text=True, every=LATER)
    good = ground.feed("/good", Reply(body=an_rss(ONE)))

    async with ground.running(slow, good, concurrency=1, lent_after=SOON):
        await ground.polled("/page", 1)
        await ground.polled("/good", len(ground.server.asked("/good")) + 5)
        is_told = [story.title for story in await ground.stories(1)] == ["A"]

    assert not is_told


async def test_the_host_to_which_feeds_lead_is_asked_as_slowly_as_it_wants(ground: Ground) -> None:
    clock = ManualClock(NOON)
    limited = Reply(status=429, headers={"Retry-After": "7200"})
    for path in ("/one", "/two"):
        ground.server.script(path, Reply(body=an_rss(ONE)), limited)
    feeds = [
        ground.feed(
            f"/to{path}",
            Reply(status=302, headers={"Location": ground.server.url(path, host="localhost")}),
            every=timedelta(minutes=10),
        )
        for path in ("/one", "/two")
    ]
    beside = ground.feed("/beside", Reply(body=an_rss(TWO)), every=timedelta(minutes=10))

    async with ground.running(*feeds, beside, clock=clock, allow_networks=()):
        while len(ground.server.asked("/two")) < 2 or len(ground.server.asked("/one")) < 2:
            clock.move(timedelta(seconds=20))
            await asyncio.sleep(0.002)
        for feed in feeds:
            await ground.health(feed, FeedCondition.FAILING)
        left_alone = await ground.store.penalties(now=clock.now())
        asked = len(ground.server.asked("/beside"))
        for _ in range(150):
            clock.move(timedelta(seconds=20))
            await asyncio.sleep(0.002)

    assert set(left_alone) == {"localhost"}
    assert len(ground.server.asked("/beside")) > asked
    assert len(ground.server.asked("/to/one")) == len(ground.server.asked("/to/two")) == 2


class StoreThatWaits(MemoryStore):
    """Keeps who polls one feed waiting, as often as it is told to."""

    def __init__(self, feed: str) -> None:
        super().__init__()
        self._feed = feed
        self.is_waited_for = False
        self.serves = asyncio.Event()

    async def hold(
        self, feed: FeedId, *, token: str, now: datetime, until: datetime
    ) -> Held | None:
        if feed == self._feed:
            self.is_waited_for = True
            await self.serves.wait()
        return await super().hold(feed, token=token, now=now, until=until)


async def test_feeds_that_are_removed_while_they_wait_for_a_place_leave_no_turn_taken(
    ground: Ground,
) -> None:
    clock = ManualClock(NOON)

    def at_localhost(path: str) -> str:
        ground.server.script(path, Reply(body=an_rss(ONE)))
        return ground.server.url(path, host="localhost")

    async def passing(minutes: int) -> None:
        for _ in range(3 * minutes):
            clock.move(timedelta(seconds=20))
            await asyncio.sleep(0.002)

    leading = [
        ground.feed(
            f"/to/{n}",
            Reply(status=302, headers={"Location": at_localhost(f"/{n}")}),
            every=timedelta(minutes=10),
        )
        for n in range(SLOTS)
    ]
    straight = replace(leading[0], id=FeedId("fd_straight"), url=at_localhost("/straight"))
    slow = replace(straight, id=FeedId("fd_slow"), url="http://127.0.0.2/slow")

    store = ground.store = StoreThatWaits(slow.id)
    async with ground.running(clock=clock, allow_networks=(), concurrency=1) as service:
        for feed in leading:
            await service.configure([feed])
            await ground.health(feed, FeedCondition.OK)
            store.is_waited_for = False
            store.serves.clear()
            await service.configure([feed, slow])
            while not store.is_waited_for:
                await passing(minutes=1)
            await passing(minutes=20)
            await service.configure([])
            store.serves.set()
            await passing(minutes=1)
        await service.configure([straight])
        async with asyncio.timeout(10):
            while not ground.server.asked("/straight"):
                await passing(minutes=1)
    assert len(ground.server.asked("/straight")) == 1


async def test_a_feed_that_leads_nowhere_any_more_does_not_wait_for_where_it_led(
    ground: Ground,
) -> None:
    clock = ManualClock(NOON)
    ground.server.script("/there", Reply(body=an_rss(ONE)))
    leads = Reply(status=302, headers={"Location": ground.server.url("/there", host="localhost")})
    feed = ground.feed("/f", leads, Reply(body=an_rss(TWO)), every=timedelta(minutes=10))

    async with ground.running(feed, clock=clock, allow_networks=()):
        while len(ground.server.asked("/f")) < 2:
            clock.move(timedelta(seconds=20))
            await asyncio.sleep(0.002)
        await ground.stories(2)
        await ground.store.penalise("localhost", until=clock.now() + timedelta(hours=20))
        while len(ground.server.asked("/f")) < 4:
            clock.move(timedelta(seconds=20))
            await asyncio.sleep(0.002)
        asked_at = clock.now()

    assert asked_at < NOON + timedelta(hours=20)
