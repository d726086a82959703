from __future__ import annotations

from dataclasses import replace

from services.common.ids import FeedId
from services.fetcher.identity import ids_before_a_move, story_ids
from services.fetcher.parse.document import Entry

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
