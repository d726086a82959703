"""Which stories the entries of any documents are, one document after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from services.common.bus.memory import MemoryBus
from services.common.clock import ManualClock
from services.common.ids import FeedId, StoryId
from services.common.telemetry.health import Health
from services.fetcher.last_document import kept
from services.fetcher.memory import Memory
from services.fetcher.parse.document import Document, DocumentKind, Entry
from services.fetcher.patience import Patience
from services.fetcher.recognition import recognised
from services.fetcher.store.memory import MemoryStore
from services.fetcher.store.port import FeedState
from services.fetcher.stories import Arrival, Finding, findings, seen_of
from tests.support.builders import NOON

FEED = FeedId("fd_wire")
WORDS = [
    "ministry",
    "bans",
    "norvik",
    "buys",
    "founders",
    "photo",
    "service",
    "closes",
    "北京禁止",
    "\ud800",
]

texts = st.none() | st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
entries = st.builds(
    Entry,
    id=st.sampled_from([None, "live", "1", "2", "3", "http://e.org/1", "https://e.org/1"]),
    title=texts,
    link=st.sampled_from(
        [
            None,
            "https://e.org/1",
            "http://e.org/1",
            "https://e.org/1?a=1",
            "https://e.org/2",
            "https://[",
        ]
    ),
    published=st.none() | st.integers(0, 40).map(lambda hours: NOON - timedelta(hours=hours)),
    summary=texts,
)
documents = st.lists(entries, max_size=5)


class Feed:
    """One feed's memory, and what each of its documents told."""

    def __init__(self) -> None:
        clock = ManualClock(NOON)
        health = Health(clock)
        self._memory = Memory(
            MemoryStore(),
            MemoryBus(clock),
            owner="here",
            patience=Patience(
                clock=clock,
                gate=health.gate("fetcher"),
                pulse=health.pulse("polls", stuck_after=timedelta(minutes=5)),
                stopping=asyncio.Event(),
            ),
            clock=clock,
        )

    async def told(self, shown: Sequence[Entry]) -> list[Finding]:
        """Return what is published of the next document, and remember all of it."""
        document = Document(kind=DocumentKind.RSS, encoding="utf-8", entries=tuple(shown))
        told = await recognised(FEED, document, memory=self._memory, now=NOON)
        found = findings(
            told.told,
            known=told.known,
            arrival=Arrival.LATER,
            horizon=timedelta(hours=24),
            now=NOON,
        )
        last = told.last.followed_by(found, names=told.names, untold=(), with_page=())
        state = FeedState(feed_id=FEED, url="https://e.org/rss")
        seen = seen_of(found, without_page=(), untold=())
        await self._memory.remember(state, [*seen, kept(last, feed=FEED, now=NOON)] if seen else [])
        return [each for each in found if each.is_published]


@given(st.lists(documents, max_size=4), documents)
def test_a_document_that_comes_twice_in_a_row_tells_nothing_the_second_time(
    before: list[list[Entry]], shown: list[Entry]
) -> None:
    async def run() -> list[Finding]:
        feed = Feed()
        for each in (*before, shown):
            await feed.told(each)
        return await feed.told(shown)

    assert asyncio.run(run()) == []


articles = st.dictionaries(st.sampled_from("abc"), st.tuples(texts, texts), max_size=3)


@given(st.lists(articles, max_size=6))
def test_articles_with_names_of_their_own_are_told_at_each_change_and_at_no_other_time(
    shown: list[dict[str, tuple[str | None, str | None]]],
) -> None:
    async def run() -> list[Finding]:
        feed = Feed()
        return [
            finding
            for each in shown
            for finding in await feed.told(
                [
                    Entry(id=name, link=f"https://e.org/{name}", title=title, summary=summary)
                    for name, (title, summary) in each.items()
                ]
            )
        ]

    told = asyncio.run(run())

    for name in "abc":
        said = [
            (title or "", text or "")
            for each in shown
            for title, text in [each.get(name, ("", ""))]
        ]
        changes = [words for words, _ in groupby(words for words in said if words != ("", ""))]
        assert [
            (each.entry.title or "", each.entry.summary or "")
            for each in told
            if each.entry.id == name
        ] == changes


@given(st.lists(st.tuples(texts, texts), min_size=2, max_size=6), st.data())
def test_a_guid_that_keeps_its_time_or_its_address_is_one_story(
    edits: list[tuple[str | None, str | None]], data: st.DataObject
) -> None:
    keeps_time = data.draw(st.booleans())
    shown = [
        Entry(
            id="1",
            title=title,
            summary=summary,
            published=NOON if keeps_time else NOON + number * timedelta(hours=1),
            link=f"https://e.org/{number}" if keeps_time else "https://e.org/1",
        )
        for number, (title, summary) in enumerate(edits)
    ]

    async def run() -> set[StoryId]:
        feed = Feed()
        return {found.seen.story_id for each in shown for found in await feed.told([each])}

    assert len(asyncio.run(run())) <= 1
