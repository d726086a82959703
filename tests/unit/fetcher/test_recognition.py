"""Which stories the entries of any documents are, one document after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.bus.memory import MemoryBus
from services.common.clock import ManualClock
from services.common.ids import FeedId, StoryId
from services.common.telemetry.health import Health
from services.fetcher.last_document import MOST, LastDocument, kept, read_from
from services.fetcher.memory import Memory
from services.fetcher.parse.document import Document, DocumentKind, Entry
from services.fetcher.patience import Patience
from services.fetcher.recognition import recognised
from services.fetcher.store.memory import MemoryStore
from services.fetcher.store.port import FeedState, SeenEntry
from services.fetcher.stories import Arrival, Finding, Told, findings, seen_of
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

DAY = timedelta(days=1)


def an_article(number: int, *, guid: str | None = None, link: str | None = None) -> Entry:
    """Return an article that has nothing of any other, a day older than the one of the number before it."""
    title, text = (f"{head}{number} {head}{number}s {head}{number}ed" for head in ("title", "text"))
    return Entry(
        id=guid,
        title=title,
        summary=text,
        link=link or f"https://e.org/{number}",
        published=NOON - number * DAY,
    )


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
        clock = self.clock = ManualClock(NOON)
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
        now = self.clock.now()
        document = Document(kind=DocumentKind.RSS, encoding="utf-8", entries=tuple(shown))
        told = await recognised(FEED, document, memory=self._memory, now=now)
        found = findings(
            told.told,
            known=told.known,
            arrival=Arrival.LATER,
            horizon=timedelta(hours=24),
            now=now,
        )
        last = told.last.followed_by(found, names=told.names, untold=(), pages={})
        state = FeedState(feed_id=FEED, url="https://e.org/rss")
        seen = seen_of(found, without_page=(), untold=())
        await self._memory.remember(state, [*seen, kept(last, feed=FEED, now=now)] if seen else [])
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


def told_of(*shown: Sequence[Entry]) -> list[list[Finding]]:
    """Return what each of the documents that a new feed shows tells."""

    async def run() -> list[list[Finding]]:
        feed = Feed()
        return [await feed.told(each) for each in shown]

    return asyncio.run(run())


places = st.lists(st.sampled_from(range(5)), min_size=1, max_size=4, unique=True)


@given(st.lists(places, min_size=1, max_size=6))
def test_no_story_is_two_articles_whichever_places_they_pass_through(
    shown: list[list[int]],
) -> None:
    documents = [
        [an_article(number, guid=f"top-{place}") for place, number in enumerate(each)]
        for each in shown
    ]

    told = told_of(*documents)

    titles: dict[StoryId, set[str | None]] = {}
    for finding in (each for found in told for each in found):
        titles.setdefault(finding.seen.story_id, set()).add(finding.entry.title)
    assert all(len(each) == 1 for each in titles.values())


standing = st.builds(
    an_article,
    st.integers(0, 3),
    guid=st.sampled_from([None, "live"]),
    link=st.sampled_from([None, "https://e.org/live", "https://e.org/live?visit=1"]),
)


@given(st.lists(st.lists(standing, max_size=4), min_size=1, max_size=3))
def test_documents_that_take_turns_tell_no_new_stories_in_the_end(shown: list[list[Entry]]) -> None:
    turns = len(shown)

    told = told_of(*shown * 6)

    stories = [{each.seen.story_id for each in found} for found in told]
    assert set().union(*stories[-turns:]) <= set().union(*stories[:-turns])


def test_of_two_articles_under_one_guid_and_address_the_first_counts_at_each_poll() -> None:
    older, newer = (an_article(n, guid="live", link="https://e.org/live") for n in (2, 1))

    told = told_of(*[[older, newer]] * 4)

    assert [[each.entry for each in found] for found in told] == [[older], [], [], []]


def test_two_entries_of_the_same_words_and_address_are_two_stories_though_one_came_later() -> None:
    first, second = (an_article(1, guid=guid) for guid in ("1", "2"))

    [one], [two] = told_of([first], [second, first])

    assert one.seen.story_id != two.seen.story_id


def test_a_guid_that_rested_for_a_night_holds_another_article_in_the_morning() -> None:
    other = an_article(9, guid="other")
    evening, morning = (an_article(n, guid="live", link="https://e.org/live") for n in (1, 0))

    told = told_of([evening, other], [other], [morning, other])

    assert [each.is_revision for each in told[2]] == [False]
    assert told[2][0].seen.story_id not in {each.seen.story_id for each in told[0]}


def test_what_follows_on_a_store_that_was_emptied_revises_nothing_that_was_told_before() -> None:
    days = [[an_article(n, guid="live", link="https://e.org/live")] for n in (4, 3, 2, 1)]

    before, after = told_of(*days[:2]), told_of(*days[2:])

    assert before[1][0].seen.story_id != after[1][0].seen.story_id


def test_what_a_guid_holds_is_kept_for_as_long_as_its_entry_stands() -> None:
    first, second, third = (
        an_article(n, guid="live", link="https://e.org/live") for n in (2, 1, 0)
    )

    async def run() -> list[Finding]:
        feed = Feed()
        told = [*await feed.told([first]), *await feed.told([second])]
        for _ in range(40):
            feed.clock.move(DAY)
            told += await feed.told([second])
        return told + await feed.told([third])

    told = asyncio.run(run())

    assert [each.entry for each in told] == [first, second, third]
    assert len({each.seen.story_id for each in told}) == 3


@pytest.mark.parametrize("words", ["As before.", "Edited."])
def test_what_was_told_before_last_documents_were_kept_may_have_had_a_page(words: str) -> None:
    told = Told(StoryId("st_1"), Entry(id="1", summary=words), content_hash=words)
    before = SeenEntry(story_id=told.story, content_hash="As before.", seen_at=NOON, shown_at=NOON)
    found = findings(
        [told],
        known={told.story: before},
        arrival=Arrival.LATER,
        horizon=DAY,
        now=NOON,
    )
    untold = {told.story} if words == "Edited." else set()

    last = LastDocument().followed_by(found, names={}, untold=untold, pages={})

    assert last.may_have_page(told.story)


def test_a_page_that_was_told_before_pages_were_measured_makes_no_other_a_teaser() -> None:
    story = StoryId("st_1")
    seen = kept(LastDocument(), feed=FEED, now=NOON)
    row = ["address", "page", "content", None, "", "", True]
    last = read_from(replace(seen, content_hash=json.dumps([{story: row}, {}, {}])))

    assert last.may_have_page(story)
    assert not last.may_be_teaser(story, "x")


@pytest.mark.parametrize(
    ("before", "now", "news"),
    [
        (range(3_000, 0, -1), range(3_002, 2, -1), ["3001", "3002"]),
        (range(1, 3_001), range(1, 3_003), ["3001", "3002"]),
        (range(1, 1_001), range(1, 3_001), []),
    ],
    ids=["added before, taken out behind", "added behind", "more is read than before"],
)
async def test_of_too_many_undated_entries_what_is_read_for_the_first_time_is_not_all_news(
    before: range, now: range, news: list[str]
) -> None:
    feed = Feed()
    await feed.told([Entry(id=str(number), title=f"Title {number}") for number in before])

    told = await feed.told([Entry(id=str(number), title=f"Title {number}") for number in now])

    assert sorted(each.entry.id or "" for each in told if not each.seen.backfill) == news


def test_of_a_feed_that_takes_nothing_out_what_the_newest_entries_said_is_kept() -> None:
    last = LastDocument()
    for count in (MOST, MOST + 9):
        told = [
            Told(StoryId(f"st_{number}"), an_article(-number), content_hash=f"{number}")
            for number in range(count)
        ]
        found = findings(told, known={}, arrival=Arrival.LATER, horizon=DAY, now=NOON)
        last = last.followed_by(found, names={}, untold=(), pages={})

    assert set(last.said) == {f"st_{number}" for number in range(9, MOST + 9)}
    assert set(last.gone) == {f"st_{number}" for number in range(9)}
