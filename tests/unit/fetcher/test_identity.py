from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from services.common.ids import FeedId, StoryId
from services.fetcher.identity import PossibleId, content_hash, possible_ids, story_ids
from services.fetcher.parse.document import Entry
from tests.support.builders import NOON

FEED = FeedId("fd_wire")
FULL = Entry(id="g", title="A", link="https://example.org/a", summary="text")


def test_an_entry_with_a_guid_keeps_its_story_whatever_else_is_edited() -> None:
    edited = replace(FULL, title="B", link="https://example.org/b", summary="other")

    assert story_ids(FEED, [FULL]) == story_ids(FEED, [edited])
    assert story_ids(FEED, [FULL]) != story_ids(FeedId("fd_other"), [FULL])


def test_one_guid_for_several_addresses_is_several_stories() -> None:
    other = replace(FULL, link="https://example.org/b")

    first, second, again = story_ids(FEED, [FULL, other, FULL])

    assert first == again != second


def test_without_a_guid_the_address_counts_and_no_campaign_in_it() -> None:
    bare = replace(FULL, id=None)
    tracked = replace(bare, title="B", link="http://EXAMPLE.org/a?utm_source=rss")

    assert story_ids(FEED, [bare]) == story_ids(FEED, [tracked])


def test_without_guid_and_address_the_words_count() -> None:
    bare = replace(FULL, id=None, link=None)

    assert story_ids(FEED, [bare]) != story_ids(FEED, [replace(bare, summary="other")])


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(["https://example.org/"] * 2, id="all of them the home page"),
        pytest.param([f"https://example.org/notices#{n}" for n in (1, 2)], id="places on one page"),
    ],
)
def test_one_address_for_several_entries_without_guids_is_several_stories(link: list[str]) -> None:
    entries = [Entry(title=title, link=to) for title, to in zip("AB", link, strict=True)]

    first, second, again = story_ids(FEED, [*entries, entries[0]])

    assert first == again != second


def test_an_entry_that_is_a_place_on_a_page_keeps_its_story_when_it_is_edited() -> None:
    entries = [Entry(title=title, link=f"https://example.org/notices#{title}") for title in "AB"]
    edited = replace(entries[0], title="A, edited")

    assert story_ids(FEED, [edited, entries[1]]) == story_ids(FEED, entries)


def test_an_entry_that_is_there_twice_is_the_story_that_it_was() -> None:
    by_address = replace(FULL, id=None)

    assert story_ids(FEED, [FULL, FULL]) == story_ids(FEED, [FULL]) * 2
    assert story_ids(FEED, [by_address] * 2) == story_ids(FEED, [by_address]) * 2


def test_a_guid_that_is_an_address_may_have_had_the_other_scheme() -> None:
    old, new = (replace(FULL, id=f"{scheme}://example.org/1") for scheme in ("http", "https"))
    shared = [replace(new, link="https://example.org/b"), new]

    for now, before in (([new], [old]), ([old], [new])):
        assert possible(now)[0][-1:] == story_ids(FEED, before)
    assert [ids[1] for ids in possible(shared)] == story_ids(
        FEED, [replace(entry, id=old.id) for entry in shared]
    )


@pytest.mark.parametrize("name", ["g", None])
def test_an_entry_may_have_shared_its_name_before_and_been_alone_with_it(name: str | None) -> None:
    entry = replace(FULL, id=name)
    other = replace(entry, title="B", link="https://example.org/b" if name else entry.link)
    alone, shared = story_ids(FEED, [entry])[0], story_ids(FEED, [entry, other])[0]

    assert possible_ids(FEED, [entry], at=[0]) == [[PossibleId(shared), PossibleId(alone)]]
    assert possible_ids(FEED, [entry, other], at=[0]) == [
        [PossibleId(shared), PossibleId(alone, content_hash(entry))]
    ]


def possible(entries: Sequence[Entry]) -> list[list[StoryId]]:
    every = possible_ids(FEED, entries, at=range(len(entries)))
    return [[each.id for each in ids] for ids in every]


def counted(names: str, *, start: int = 1) -> list[Entry]:
    """Return the entries of a document, the newest first, with guids that are their places."""
    return [
        Entry(
            id=str(start + place),
            title=name,
            link=f"https://example.org/{name}",
            published=NOON - timedelta(days=ord(name) - ord("a")),
        )
        for place, name in enumerate(names)
    ]


@pytest.mark.parametrize("start", [0, 1])
def test_a_guid_that_counts_the_entries_is_none(start: int) -> None:
    before, after = counted("bcd", start=start), counted("abc", start=start)

    assert story_ids(FEED, after)[1:] == story_ids(FEED, before)[:2]


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([replace(entry, link=None) for entry in counted("abc")], id="no address"),
        pytest.param(
            [replace(entry, link="https://example.org/") for entry in counted("abc")],
            id="one address",
        ),
        pytest.param([replace(entry, published=None) for entry in counted("abc")], id="no time"),
        pytest.param(counted("cba"), id="the oldest first, as numbers of stories have it"),
        pytest.param(counted("abc")[::-1], id="down"),
        pytest.param(counted("abc", start=2), id="from elsewhere"),
        pytest.param(counted("a"), id="one entry"),
    ],
)
def test_a_number_that_may_be_a_storys_own_is_its_guid(entries: Sequence[Entry]) -> None:
    edited = [replace(entry, title=f"{entry.title}, edited") for entry in entries]
    moved = [replace(entry, link=f"{entry.link}/moved") for entry in edited if entry.link]

    assert story_ids(FEED, edited) == story_ids(FEED, entries)
    assert not moved or story_ids(FEED, [edited[0], *moved[1:]]) == story_ids(FEED, entries)
