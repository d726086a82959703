from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from services.common.ids import FeedId
from services.fetcher.identity import ids_before_a_move, story_ids
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


def test_a_guid_that_is_an_address_has_the_id_that_it_had_before_a_move_to_https() -> None:
    old, new = (replace(FULL, id=f"{scheme}://example.org/1") for scheme in ("http", "https"))
    repeated = [replace(new, link="https://example.org/b"), new]

    assert ids_before_a_move(FEED, [new, FULL]) == [*story_ids(FEED, [old]), None]
    assert ids_before_a_move(FEED, [old]) == story_ids(FEED, [new])
    assert ids_before_a_move(FEED, repeated) == story_ids(
        FEED, [replace(entry, id=old.id) for entry in repeated]
    )


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
    assert ids_before_a_move(FEED, after) == [None, None, None]


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
