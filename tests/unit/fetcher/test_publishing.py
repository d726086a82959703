"""How the pages of articles are asked for: one after the other, slowly, and not where nobody wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

import httpx
import pytest

from services.common.bus.memory import MemoryBus
from services.common.clock import ManualClock
from services.common.contracts.codec import decode
from services.common.contracts.story import Story
from services.common.contracts.topics import STORIES
from services.common.http.client import HttpClient
from services.common.ids import StoryId
from services.common.telemetry.health import Health
from services.fetcher.last_document import LastDocument
from services.fetcher.parse.document import Document, DocumentKind, Entry
from services.fetcher.patience import Patience
from services.fetcher.places import Places
from services.fetcher.publishing import StoryPublisher
from services.fetcher.store.port import SeenEntry
from services.fetcher.stories import Arrival, Told, findings, seen_of
from tests.support.builders import NOON, a_feed

LINES = "The ministry said on Monday that it bans the app for good, with effect at once. " * 4


class SwiftClock(ManualClock):
    """A clock on which whoever sleeps lets the time pass."""

    async def sleep(self, duration: timedelta) -> None:
        self.move(duration)
        await asyncio.sleep(0)


@dataclass
class Web:
    """Every host of the web, and when each page was asked for; `robots` are the answers of their robots.txt.

    `moved` says where each page is that is elsewhere.
    """

    clock: ManualClock
    status: Callable[[str], int] = lambda _: 200
    retry_after: str | None = None
    takes: timedelta = timedelta()
    moved: Mapping[str, str] = field(default_factory=dict)
    asked: list[tuple[str, datetime]] = field(default_factory=list)
    robots: list[tuple[int, str]] = field(default_factory=lambda: [(404, "")])
    robots_asked: list[tuple[str, datetime]] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return self._robots(request)
        self.asked.append((str(request.url), self.clock.now()))
        self.clock.move(self.takes)
        if target := self.moved.get(str(request.url)):
            return httpx.Response(302, headers={"Location": target}, stream=httpx.ByteStream(b""))
        page = f"<html><body><article><p>{LINES}</p></article></body></html>"
        headers = {"Content-Type": "text/html"}
        if self.retry_after is not None:
            headers["Retry-After"] = self.retry_after
        body = httpx.ByteStream(page.encode())
        return httpx.Response(self.status(str(request.url)), headers=headers, stream=body)

    def _robots(self, request: httpx.Request) -> httpx.Response:
        self.robots_asked.append((str(request.url), self.clock.now()))
        status, text = self.robots.pop(0) if len(self.robots) > 1 else self.robots[0]
        if not status:
            raise httpx.ConnectError("Nobody is there.")
        headers = {"Retry-After": self.retry_after} if self.retry_after is not None else {}
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(text.encode()))

    @property
    def urls(self) -> list[str]:
        return [url for url, _ in self.asked]


@dataclass
class Desk:
    """A publisher that fetches the articles of feeds from `web`."""

    web: Web
    health: Health = field(init=False)
    bus: MemoryBus = field(init=False)
    publisher: StoryPublisher = field(init=False)

    def __post_init__(self) -> None:
        clock = self.web.clock
        self.health = Health(clock)
        self.pulse = self.health.pulse("polls", stuck_after=timedelta(minutes=5))
        self.bus = MemoryBus(clock)
        self.publisher = StoryPublisher(
            self.bus,
            client=HttpClient(httpx.MockTransport(self.web.answer)),
            clock=clock,
            patience=Patience(
                clock=clock,
                gate=self.health.gate("fetcher"),
                pulse=self.pulse,
                stopping=asyncio.Event(),
            ),
        )

    async def publish(
        self, *links: str, known: Mapping[StoryId, SeenEntry] | None = None
    ) -> dict[StoryId, SeenEntry]:
        """Publish the stories of a feed with these links; return what is to be known of them then."""
        known = known or {}
        told = [
            Told(StoryId(f"st_{number}"), Entry(title=f"Title {number}", link=link), f"{number}")
            for number, link in enumerate(links)
        ]
        found = findings(
            told, known=known, arrival=Arrival.LATER, horizon=timedelta(hours=24), now=NOON
        )
        with self.pulse.busy() as work:
            published = await self.publisher.publish(
                a_feed("https://example.org/rss", full_text=True),
                Document(kind=DocumentKind.RSS, encoding="utf-8"),
                list(reversed(found)),
                await Places(1).take(),
                work,
                last=LastDocument(),
            )
        seen = seen_of(found, without_page=published.without_page, untold=published.untold)
        return {**known, **{each.story_id: each for each in seen}}

    async def stories(self) -> list[Story]:
        return [decode(Story, record.value) for record in await self.bus.read_all(STORIES)]


async def published(web: Web, *links: str) -> list[Story]:
    """Return the stories of a feed with these links, whose articles are on `web`."""
    desk = Desk(web)
    await desk.publish(*links)
    return await desk.stories()


async def test_a_host_has_a_second_between_two_of_its_articles() -> None:
    web = Web(SwiftClock(NOON))
    links = [f"https://one.example/{n}" for n in range(3)]

    stories = await published(web, *links, "https://two.example/")

    assert [at - NOON for _, at in web.asked] == [timedelta(seconds=n) for n in (1, 2, 3, 4)]
    assert {story.text for story in stories} == {LINES.strip()}


async def test_a_page_that_entries_share_is_asked_for_once() -> None:
    web = Web(SwiftClock(NOON))

    stories = await published(web, *["https://one.example/"] * 3)

    assert web.urls == ["https://one.example/"]
    assert [story.text for story in stories] == [LINES.strip()] * 3


async def test_a_host_that_was_asked_too_often_is_asked_for_no_further_article() -> None:
    web = Web(SwiftClock(NOON), status=lambda url: 429 if "one.example" in url else 200)
    links = [f"https://one.example/{n}" for n in range(20)]

    stories = await published(web, *links, "https://two.example/")

    assert web.urls == ["https://one.example/0", "https://two.example/"]
    assert len(stories) == 21


async def test_a_host_has_a_second_between_two_articles_of_several_feeds() -> None:
    web = Web(SwiftClock(NOON))
    desk = Desk(web)

    async with asyncio.TaskGroup() as group:
        for feed in "abc":
            group.create_task(desk.publish(*(f"https://one.example/{feed}{n}" for n in range(2))))

    times = sorted(at for _, at in web.asked)
    assert len(times) == 6
    assert all(later - at >= timedelta(seconds=1) for at, later in pairwise(times))


async def test_a_slow_host_has_a_second_too_after_each_of_its_articles() -> None:
    web = Web(SwiftClock(NOON), takes=timedelta(seconds=3))

    await published(web, *(f"https://one.example/{n}" for n in range(3)))

    assert [(at - NOON).seconds for _, at in web.asked] == [1, 5, 9]


@pytest.mark.parametrize(
    ("status", "wish", "rests"), [(503, "3600", 3600), (429, "3600", 3600), (429, None, 600)]
)
async def test_a_host_that_wants_no_requests_for_a_while_gets_none_of_any_feed(
    status: int, wish: str | None, rests: int
) -> None:
    web = Web(SwiftClock(NOON), status=lambda _: status, retry_after=wish)
    desk = Desk(web)

    await desk.publish("https://one.example/1")
    web.clock.move(timedelta(seconds=rests - 1))
    await desk.publish("https://one.example/2")
    web.clock.move(timedelta(seconds=1))
    await desk.publish("https://one.example/3")

    assert web.urls == ["https://one.example/1", "https://one.example/3"]


async def test_one_page_that_is_always_unavailable_keeps_no_others_from_being_asked_for() -> None:
    web = Web(SwiftClock(NOON), status=lambda url: 503 if "broken" in url else 200)
    links = ["https://one.example/broken", "https://one.example/1", "https://one.example/2"]

    stories = await published(web, *links)

    assert web.urls == links
    assert [bool(story.text) for story in stories] == [False, True, True]


async def test_a_host_that_is_unavailable_twice_in_a_row_is_left_alone() -> None:
    web = Web(SwiftClock(NOON), status=lambda _: 503)
    desk = Desk(web)

    await desk.publish(*(f"https://one.example/{n}" for n in range(9)))
    await desk.publish("https://one.example/9")

    assert web.urls == ["https://one.example/0", "https://one.example/1"]


async def test_a_host_that_fails_is_asked_for_a_few_articles_and_others_for_theirs() -> None:
    web = Web(SwiftClock(NOON), status=lambda url: 500 if "one.example" in url else 200)
    links = [f"https://one.example/{n}" for n in range(20)]

    stories = await published(web, *links, "https://two.example/")

    assert web.urls == [*links[:3], "https://two.example/"]
    assert len(stories) == 21


async def test_a_few_articles_that_never_come_keep_no_others_from_being_asked_for() -> None:
    dead = [f"https://one.example/dead-{n}" for n in range(3)]
    good = [f"https://one.example/{n}" for n in range(9)]
    web = Web(SwiftClock(NOON), status=lambda url: 500 if "dead" in url else 200)
    desk = Desk(web)

    known = await desk.publish(*dead, *good)
    for _ in range(5):
        known = await desk.publish(*dead, *good, known=known)

    assert {*good} <= {*web.urls}
    waiting = {seen.story_id for seen in known.values() if not seen.content_hash}
    assert waiting == {"st_0", "st_1", "st_2"}


async def test_nothing_waits_for_what_no_request_gets() -> None:
    desk = Desk(Web(SwiftClock(NOON)))

    known = await desk.publish("ftp://one.example/1", "https://one.example/2")

    assert all(seen.content_hash for seen in known.values())


async def test_a_link_that_is_no_address_keeps_no_story_back() -> None:
    web = Web(SwiftClock(NOON))

    stories = await published(web, "https://[broken/", "urn:x:1", "https://one.example/")

    assert web.urls == ["https://one.example/"]
    assert len(stories) == 3


NOT_FOR_US = "User-agent: kabar\nDisallow: /premium\n"


async def test_a_page_that_a_host_keeps_from_programs_is_not_asked_for_and_its_story_is_told() -> (
    None
):
    web = Web(SwiftClock(NOON), robots=[(200, NOT_FOR_US)])
    desk = Desk(web)

    seen = await desk.publish("https://one.example/premium/1", "https://one.example/2")

    assert web.urls == ["https://one.example/2"]
    assert {story.url: bool(story.text) for story in await desk.stories()} == {
        "https://one.example/premium/1": False,
        "https://one.example/2": True,
    }
    assert [each.content_hash != "" for each in seen.values()] == [True, True]


async def test_each_host_is_asked_once_a_day_which_pages_are_for_programs() -> None:
    web = Web(SwiftClock(NOON))
    desk = Desk(web)

    for n in range(3):
        await desk.publish(f"https://one.example/{n}", f"http://me:pw@one.example:8080/{n}")
    web.clock.move(timedelta(hours=24))
    await desk.publish("https://one.example/9")

    assert [url for url, _ in web.robots_asked] == [
        "https://one.example/robots.txt",
        "http://one.example:8080/robots.txt",
        "https://one.example/robots.txt",
    ]
    assert len(web.asked) == 7


async def test_a_host_has_a_second_between_its_rules_and_its_first_page() -> None:
    web = Web(SwiftClock(NOON))

    await published(web, "https://one.example/1")

    [(_, rules_at)], [(_, page_at)] = web.robots_asked, web.asked
    assert page_at - rules_at >= timedelta(seconds=1)


@pytest.mark.parametrize("status", [0, 500, 503], ids=["nothing", "error", "overloaded"])
async def test_a_host_whose_rules_cannot_be_had_is_asked_for_no_page_until_they_can(
    status: int,
) -> None:
    web = Web(SwiftClock(NOON), robots=[(status, ""), (404, "")])
    desk = Desk(web)

    seen = await desk.publish("https://one.example/1")
    again = await desk.publish("https://one.example/1", known=seen)
    asked = len(web.robots_asked), len(web.asked)
    web.clock.move(timedelta(minutes=31))
    await desk.publish("https://one.example/1", known=again)

    assert asked == (1, 0)
    assert [bool(story.text) for story in await desk.stories()][-1]
    assert (len(web.robots_asked), len(web.asked)) == (2, 1)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_host_that_has_no_rules_for_us_lets_us_ask_for_each_page(status: int) -> None:
    web = Web(SwiftClock(NOON), robots=[(status, "User-agent: *\nDisallow: /")])

    [story] = await published(web, "https://one.example/1")

    assert story.text


async def test_of_rules_longer_than_any_document_the_beginning_counts() -> None:
    web = Web(SwiftClock(NOON), robots=[(200, NOT_FOR_US + "# and so on\n" * 1_000_000)])

    await published(web, "https://one.example/premium/1", "https://one.example/2")

    assert web.urls == ["https://one.example/2"]


async def test_rules_hold_while_their_host_cannot_say_them_again() -> None:
    web = Web(SwiftClock(NOON), robots=[(200, NOT_FOR_US), (500, "")])
    desk = Desk(web)

    await desk.publish("https://one.example/1")
    web.clock.move(timedelta(hours=25))
    await desk.publish("https://one.example/2", "https://one.example/premium/2")

    assert web.urls == ["https://one.example/1", "https://one.example/2"]


async def test_a_host_whose_rules_were_asked_for_too_often_is_left_alone_as_long_as_it_says() -> (
    None
):
    web = Web(SwiftClock(NOON), robots=[(429, "")], retry_after="7200")
    desk = Desk(web)

    seen = await desk.publish("https://one.example/1")
    web.clock.move(timedelta(hours=1))
    await desk.publish("https://one.example/1", known=seen)

    assert len(web.robots_asked) == 1


async def test_a_host_that_refuses_its_pages_by_now_takes_nothing_back_that_was_told() -> None:
    web = Web(SwiftClock(NOON), robots=[(404, ""), (200, "User-agent: *\nDisallow: /")])
    desk = Desk(web)
    seen = await desk.publish("https://one.example/1")
    web.clock.move(timedelta(hours=25))

    edited = {story: replace(each, content_hash="before") for story, each in seen.items()}
    await desk.publish("https://one.example/1", known=edited)

    [story] = await desk.stories()
    assert story.text
    assert len(web.asked) == 1


SHORT = {f"https://short-{n}.example/": f"https://one.example/premium/{n}" for n in range(3)}


async def test_a_page_that_is_elsewhere_is_not_asked_for_where_its_host_keeps_it_from_programs() -> (
    None
):
    web = Web(SwiftClock(NOON), robots=[(404, ""), (200, NOT_FOR_US)], moved=SHORT)
    desk = Desk(web)

    seen = await desk.publish("https://short-1.example/")

    assert web.urls == ["https://short-1.example/"]
    assert [url for url, _ in web.robots_asked] == [
        "https://short-1.example/robots.txt",
        "https://one.example/robots.txt",
    ]
    assert [story.text for story in await desk.stories()] == [""]
    assert [each.content_hash != "" for each in seen.values()] == [True]


async def test_a_host_has_a_second_between_its_pages_whoever_leads_there() -> None:
    web = Web(SwiftClock(NOON), moved=SHORT)

    stories = await published(web, *SHORT)

    times = [at for url, at in web.asked if "one.example" in url]
    assert len(times) == 3
    assert all(later - at >= timedelta(seconds=1) for at, later in pairwise(times))
    assert {story.text for story in stories} == {LINES.strip()}


async def test_the_host_that_was_asked_too_often_is_left_alone_and_not_who_led_there() -> None:
    web = Web(
        SwiftClock(NOON),
        status=lambda url: 429 if "one.example" in url else 200,
        retry_after="3600",
        moved=SHORT,
    )
    desk = Desk(web)

    await desk.publish("https://short-1.example/")
    await desk.publish("https://short-1.example/other", "https://short-2.example/")
    await desk.publish("https://one.example/")

    assert web.urls == [
        "https://short-1.example/",
        SHORT["https://short-1.example/"],
        "https://short-1.example/other",
        "https://short-2.example/",
    ]


@pytest.mark.parametrize("target", ["https://one.example/1", "/2", "http://a:b:c/"])
async def test_a_page_that_leads_nowhere_is_asked_for_again_later(target: str) -> None:
    moved = {"https://one.example/1": target, "https://one.example/2": "/1"}
    web = Web(SwiftClock(NOON), moved=moved)

    known = await Desk(web).publish("https://one.example/1", "https://two.example/")

    assert len([url for url in web.urls if "one.example" in url]) <= 2
    assert [story for story, each in known.items() if not each.content_hash] == ["st_0"]


async def test_a_page_is_looked_for_at_six_addresses_at_most() -> None:
    moved = {f"https://one.example/{n}": f"/{n + 1}" for n in range(9)}
    web = Web(SwiftClock(NOON), moved=moved)

    await published(web, "https://one.example/0")

    assert web.urls == [f"https://one.example/{n}" for n in range(6)]
