from __future__ import annotations

from dataclasses import replace

from services.common.ids import FeedId
from services.fetcher.identity import story_ids
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
