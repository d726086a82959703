"""Guids that are no names: one that holds another article each day, others that change at each poll."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.utils import format_datetime

import pytest

from services.common.bus.memory import MemoryBus
from services.common.bus.port import Outgoing
from services.common.clock import SystemClock
from services.common.contracts.feed import FirstFetch
from services.common.contracts.topics import STORIES, Topic
from services.common.errors import BusUnavailableError
from tests.support.builders import NOON
from tests.support.feed_documents import an_rss
from tests.support.feed_server import Reply
from tests.support.fetching import Ground

DAY = timedelta(days=1)
FIRST = (
    "Ministry bans Norvik for good",
    "The ministry said on Monday that Norvik may sell nothing.",
)
SECOND = (
    "Zelmo buys Balto from founders",
    "Both companies told their staff about the deal this morning.",
)
THIRD = (
    "Pixeo closes its photo service",
    "Users have until spring to download what they stored there.",
)


def an_item(
    words: tuple[str, str], *, guid: str = "live", link: str = "live", day: float | None = None
) -> str:
    title, text = words
    dated = f"<pubDate>{format_datetime(NOON + day * DAY)}</pubDate>" if day is not None else ""
    return (
        f"<guid>{guid}</guid><title>{title}</title><link>https://example.org/{link}</link>"
        f"<description>{text}</description>{dated}"
    )


def served(*documents: Sequence[str]) -> list[Reply]:
    return [Reply(body=an_rss(*items)) for items in documents]


@pytest.mark.parametrize(
    "items",
    [
        [an_item(FIRST, day=-2), an_item(SECOND, day=-1), an_item(THIRD, day=0)],
        [an_item(FIRST, link="1"), an_item(SECOND, link="2"), an_item(THIRD, link="3")],
        [
            an_item(FIRST, link="1", day=-0.2),
            an_item(SECOND, link="2", day=-0.1),
            an_item(THIRD, link="3", day=0),
        ],
    ],
    ids=["another day", "another address", "another address, later"],
)
async def test_an_entry_that_holds_another_article_is_another_story(
    ground: Ground, items: list[str]
) -> None:
    feed = ground.feed("/f", *served(*([item] for item in items)))

    async with ground.running(feed):
        await ground.polled("/f", 6)
        stories = await ground.stories(3)

    assert [story.title for story in stories] == [title for title, _ in (FIRST, SECOND, THIRD)]
    assert len({story.story_id for story in stories}) == 3
    assert {story.seen_at == story.revised_at for story in stories} == {True}


async def test_the_story_that_a_standing_guid_holds_is_corrected_and_not_told_again(
    ground: Ground,
) -> None:
    edited = (SECOND[0], SECOND[1] + " The founders did not agree.")
    days = [an_item(FIRST, day=-1), an_item(SECOND, day=0), an_item(edited, day=0)]
    feed = ground.feed("/f", *served(days[:1], days[1:2]))
    async with ground.running(feed):
        await ground.stories(2)
        await ground.polled("/f", 4)
    ground.server.script("/f", *served(days[1:2], days[2:], [], days[2:]))

    async with ground.running(feed):
        await ground.polled("/f", 10)

    first, second, correction = await ground.stories(3)
    assert correction.story_id == second.story_id != first.story_id
    assert (correction.seen_at, correction.text) == (second.seen_at, edited[1])


@pytest.mark.parametrize(
    "corrected",
    [
        an_item(("Norvik banned", FIRST[1] + " It may appeal."), link="norvik-banned", day=0),
        an_item(("Court stops ban", "Judges lifted what officials ordered."), day=-1),
        an_item(("Court stops ban", "Judges lifted what officials ordered."), link="x", day=-1),
        an_item(("Court stops ban", "Judges lifted what officials ordered."), day=-0.8),
        an_item(("Norvik: a correction", "We take our report back."), link="correction", day=0),
    ],
    ids=[
        "words stand",
        "time stands",
        "time stands, not the address",
        "the same day",
        "a name stands",
    ],
)
async def test_a_corrected_story_is_a_revision_whatever_else_of_it_changes(
    ground: Ground, corrected: str
) -> None:
    feed = ground.feed("/f", *served([an_item(FIRST, day=-1)], [corrected]))

    async with ground.running(feed):
        first, second = await ground.stories(2)
        await ground.polled("/f", 5)

    assert first.story_id == second.story_id
    assert len(await ground.bus.read_all(STORIES)) == 2


class BusThatTakesWithoutAWord(MemoryBus):
    """A bus that has taken stories when it says that it did not, as one whose answer was lost."""

    silent = False

    async def publish(self, topic: Topic, records: Sequence[Outgoing]) -> None:
        await super().publish(topic, records)
        if topic == STORIES and self.silent:
            raise BusUnavailableError("No answer came.")


async def test_another_story_has_one_id_though_a_crash_came_before_it_was_remembered(
    ground: Ground,
) -> None:
    bus = BusThatTakesWithoutAWord(SystemClock())
    ground.bus = bus
    feed = ground.feed("/f", *served([an_item(FIRST, day=-1)]))
    async with ground.running(feed):
        await ground.polled("/f", 2)
    ground.server.script("/f", *served([an_item(SECOND, day=0)]))
    bus.silent = True
    async with ground.running(feed):
        await ground.stories(2)

    bus.silent = False
    async with ground.running(feed):
        asked = len(ground.server.asked("/f"))
        await ground.polled("/f", asked + 3)

    first, *others = await ground.stories(3)
    assert {story.title for story in others} == {SECOND[0]}
    assert len({story.story_id for story in others}) == 1
    assert others[0].story_id != first.story_id


async def test_places_that_articles_pass_through_tell_each_of_them_once(ground: Ground) -> None:
    def places(*shown: tuple[str, str]) -> list[str]:
        return [
            an_item(words, guid=f"top-{place}", link=words[0][:5], day=-articles.index(words))
            for place, words in enumerate(shown)
        ]

    articles = [THIRD, SECOND, FIRST]
    documents = [places(FIRST), places(SECOND, FIRST), places(THIRD, SECOND, FIRST)]
    feed = ground.feed("/f", *served(*documents, places(THIRD, SECOND)))

    async with ground.running(feed):
        await ground.polled("/f", 8)

    stories = await ground.stories(3)
    assert [story.title for story in stories] == [FIRST[0], SECOND[0], THIRD[0]]
    assert len({story.story_id for story in stories}) == 3


async def test_guids_that_change_at_each_poll_tell_no_story_twice(ground: Ground) -> None:
    def shifted(poll: int, *articles: tuple[str, str]) -> list[str]:
        return [
            an_item(words, guid=f"{words[0][:5]};session={poll}", link=words[0][:5])
            for words in articles
        ]

    documents = [shifted(poll, FIRST) for poll in range(4)]
    documents += [shifted(poll, SECOND, FIRST) for poll in range(4, 8)]
    feed = ground.feed("/f", *served(*documents), first_fetch=FirstFetch.SUMMARY)
    async with ground.running(feed):
        await ground.polled("/f", 6)
        await ground.stories(2)
    ground.server.script("/f", *served(*(shifted(poll, SECOND, FIRST) for poll in range(9, 14))))

    async with ground.running(feed):
        await ground.polled("/f", len(ground.server.asked("/f")) + 4)

    stories = await ground.stories(2)
    assert [(story.title, story.backfill) for story in stories] == [
        (FIRST[0], True),
        (SECOND[0], False),
    ]


async def test_addresses_that_count_their_visitors_tell_no_story_twice(ground: Ground) -> None:
    documents = [
        [an_item(words, guid="", link=f"{words[0][:5]}?visit={poll}") for words in (FIRST, SECOND)]
        for poll in range(6)
    ]
    feed = ground.feed("/f", *served(*documents))

    async with ground.running(feed):
        await ground.polled("/f", 6)

    assert [story.title for story in await ground.stories(2)] == [SECOND[0], FIRST[0]]


async def test_new_guids_of_a_new_software_correct_the_stories_that_they_name(
    ground: Ground,
) -> None:
    edited = (FIRST[0], FIRST[1] + " It may appeal.")
    feed = ground.feed(
        "/f",
        *served(
            [an_item(FIRST, guid="old-1")],
            [an_item(FIRST, guid="cms-9")],
            [an_item(edited, guid="cms-9")],
            [an_item(edited, guid="cms-9"), an_item(SECOND, guid="cms-10", link="2")],
        ),
    )

    async with ground.running(feed):
        first, correction, other = await ground.stories(3)

    assert correction.story_id == first.story_id != other.story_id


async def test_entries_of_the_same_words_are_stories_of_their_own_on_other_days(
    ground: Ground,
) -> None:
    words = ("Notice of the ministry", "See the page.")
    first, second = (an_item(words, guid="", link=f"notice?id={n}", day=n - 3) for n in (1, 2))
    feed = ground.feed("/f", *served([first], [second, first]))

    async with ground.running(feed):
        await ground.stories(2)
        await ground.polled("/f", 4)

    assert len({story.story_id for story in await ground.stories(2)}) == 2


async def test_entries_that_link_to_one_page_are_stories_of_their_own(ground: Ground) -> None:
    documents = [
        [an_item(words, guid=str(number), link="")]
        for number, words in enumerate((FIRST, SECOND, FIRST))
    ]
    feed = ground.feed("/f", *served(*documents))

    async with ground.running(feed):
        stories = await ground.stories(3)

    assert len({story.story_id for story in stories}) == 3


NEWS = [FIRST[0]]


def an_archive(
    size: int, *, guid: str, host: str = "example.org", edit: str = "", days: float | None = None
) -> list[str]:
    """Return items that differ in all their words, `days` old; their words stay the same, but for an `edit`."""
    dated = f"<pubDate>{format_datetime(NOON - days * DAY)}</pubDate>" if days is not None else ""
    return [
        f"<guid>{guid}-{n}</guid><title>Title{n} of{n} story{n}{edit}</title>"
        f"<link>https://{host}/{n}</link><description>Text{n} of{n} it{n}</description>{dated}"
        for n in range(size)
    ]


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        (an_archive(30, guid="a"), an_archive(30, guid="b", host="new.example"), NEWS),
        (an_archive(30, guid="a"), an_archive(30, guid="b", edit=" edited"), NEWS),
        (
            an_archive(30, guid="a"),
            an_archive(1, guid="a") + an_archive(30, guid="b", edit="!"),
            NEWS,
        ),
        (an_archive(600, guid="a"), an_archive(600, guid="b", host="new.example"), []),
        (an_archive(900, guid="a"), an_archive(900, guid="b"), []),
        (
            an_archive(30, guid="a", days=9),
            an_archive(1, guid="a", days=9)
            + an_archive(30, guid="b", days=9, host="new.example", edit=" edited"),
            NEWS,
        ),
        (an_archive(900, guid="a", days=9), an_archive(900, guid="b", days=9), NEWS),
    ],
    ids=[
        "undated, another host",
        "undated, edited",
        "undated, edited, one stays",
        "many undated, another host",
        "many undated",
        "old, another host, edited, one stays",
        "many old",
    ],
)
async def test_what_a_publisher_names_anew_is_no_news_and_what_came_with_it_is(
    ground: Ground, before: list[str], after: list[str], news: list[str]
) -> None:
    fresh = an_item(FIRST, guid="fresh", link="fresh")
    if "pubDate" in before[0]:
        fresh += f"<pubDate>{format_datetime(SystemClock().now())}</pubDate>"
    feed = ground.feed("/f", *served(before, [fresh, *after]))

    async with ground.running(feed):
        await ground.polled("/f", 3)

    later = (await ground.stories(len(before) + 1))[len(before) :]
    assert later[-1].title == FIRST[0]
    assert [story.title for story in later if not story.backfill] == news
