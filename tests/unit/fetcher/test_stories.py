from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.common.contracts.feed import FirstFetch
from services.common.ids import StoryId
from services.fetcher.identity import content_hash
from services.fetcher.parse.document import Document, DocumentKind, Entry
from services.fetcher.store.port import SeenEntry
from services.fetcher.stories import (
    MAX_REVISIONS,
    Arrival,
    Finding,
    Told,
    arrival_of,
    findings,
    newest,
    story_of,
)
from tests.support.builders import NOON, a_feed

HOUR = timedelta(hours=1)
STORY = StoryId("st_1")
ENTRY = Entry(
    id="g", title="India bans TikTok", link="https://example.org/a", published=NOON - HOUR,
    summary="lead", content="the text", language="en-IN",
)  # fmt: skip
DOCUMENT = Document(kind=DocumentKind.RSS, encoding="utf-8", language="bn")


def found(
    entry: Entry = ENTRY,
    *,
    known: SeenEntry | None = None,
    arrival: Arrival = Arrival.LATER,
    later: timedelta = timedelta(),
) -> Finding:
    [finding] = findings(
        [Told(STORY, entry, content_hash(entry))],
        known={STORY: known} if known else {},
        arrival=arrival,
        horizon=24 * HOUR,
        now=NOON + later,
    )
    return finding


@pytest.mark.parametrize(
    ("arrival", "age", "is_published", "backfill"),
    [
        (Arrival.LATER, HOUR, True, False),
        (Arrival.LATER, 100 * HOUR, True, False),
        (Arrival.BACKFILL, HOUR, True, True),
        (Arrival.ALERT, 100 * HOUR, True, False),
        (Arrival.IGNORE, HOUR, False, True),
        (Arrival.RECOVERING, HOUR, True, False),
        (Arrival.RECOVERING, 100 * HOUR, True, True),
    ],
)
def test_what_becomes_of_a_new_entry_depends_on_how_it_arrives(
    *, arrival: Arrival, age: timedelta, is_published: bool, backfill: bool
) -> None:
    finding = found(replace(ENTRY, published=NOON - age), arrival=arrival)

    assert (finding.is_published, finding.seen.backfill) == (is_published, backfill)


def test_an_emptied_store_is_told_from_a_feed_that_is_new() -> None:
    feed = a_feed(first_fetch=FirstFetch.ALERT)

    assert arrival_of(feed, is_fetched=True, is_recovering=True) is Arrival.LATER
    assert arrival_of(feed, is_fetched=False, is_recovering=True) is Arrival.RECOVERING
    assert arrival_of(feed, is_fetched=False, is_recovering=False) is Arrival.ALERT


def test_an_entry_that_did_not_change_is_not_published_again() -> None:
    before = found().seen

    finding = found(known=before, later=HOUR)

    assert not finding.is_published
    assert finding.seen == replace(before, shown_at=NOON + HOUR)


def test_an_entry_whose_hash_was_kept_when_contents_were_texts_did_not_change() -> None:
    entry = replace(ENTRY, content="A picture.", summary="The ministry banned the app on Monday.")
    before = replace(found(entry).seen, content_hash=content_hash(replace(entry, summary=None)))

    seen = found(entry, known=before).seen

    assert (seen.content_hash, seen.revisions) == (content_hash(entry), 0)
    assert found(replace(entry, summary=f"{entry.summary} It is back."), known=seen).is_published


def test_later_content_is_published_under_the_same_id_with_a_time_of_its_own() -> None:
    before = found(arrival=Arrival.BACKFILL).seen

    finding = found(replace(ENTRY, content="corrected"), known=before, later=HOUR)

    story = story_of(finding, feed=a_feed(), document=DOCUMENT)
    assert finding.is_published
    assert (story.story_id, story.text) == (STORY, "corrected")
    assert (story.seen_at, story.revised_at, story.backfill) == (NOON, NOON + HOUR, True)


def test_an_entry_that_changes_all_the_time_is_followed_for_a_while() -> None:
    seen, published = found().seen, 0
    for number in range(MAX_REVISIONS + 10):
        finding = found(replace(ENTRY, content=f"views: {number}"), known=seen)
        seen, published = finding.seen, published + finding.is_published

    assert published == MAX_REVISIONS


def test_an_entry_that_holds_another_story_every_day_is_followed_for_ever() -> None:
    seen, published = found().seen, 0
    for day in range(100):
        entry = replace(ENTRY, title=f"The story of day {day}")
        finding = found(entry, known=seen, later=day * 24 * HOUR)
        seen, published = finding.seen, published + finding.is_published

    assert published == 100


def test_a_change_too_many_is_told_on_the_next_day() -> None:
    seen = found().seen
    for number in range(200):
        seen = found(replace(ENTRY, content=f"views: {number}"), known=seen).seen
    corrected = replace(ENTRY, content="The ban was lifted.")

    today = found(corrected, known=seen, later=HOUR)
    tomorrow = found(corrected, known=today.seen, later=24 * HOUR)

    assert (today.is_published, tomorrow.is_published) == (False, True)


def test_changes_that_were_counted_beyond_what_is_followed_are_forgiven() -> None:
    # As a version wrote it that counted those too.
    standing = replace(found().seen, revisions=5_000)

    today = found(replace(ENTRY, title="One"), known=standing, later=HOUR)
    tomorrow = found(replace(ENTRY, title="Two"), known=today.seen, later=25 * HOUR)

    assert (today.is_published, tomorrow.is_published) == (False, True)


def test_an_ignored_entry_stays_ignored_when_it_changes() -> None:
    before = found(arrival=Arrival.IGNORE).seen

    finding = found(replace(ENTRY, content="corrected"), known=before)

    assert not finding.is_published


def test_a_story_says_what_the_entry_says() -> None:
    feed = a_feed(country="IN")

    story = story_of(found(), feed=feed, document=DOCUMENT)

    assert (story.title, story.text) == ("India bans TikTok", "the text")
    assert (story.language, story.country, story.outlet) == ("en", "IN", "Example Wire")
    assert (story.published, story.url) == (NOON - HOUR, "https://example.org/a")


def test_the_configured_language_wins_and_the_documents_is_the_last_resort() -> None:
    plain = found(replace(ENTRY, title="ভারতে টিকটক নিষিদ্ধ", language=None))

    assert story_of(found(), feed=a_feed(language="hi"), document=DOCUMENT).language == "hi"
    assert story_of(plain, feed=a_feed(), document=DOCUMENT).language == "bn"


@pytest.mark.parametrize("language", ["und", "bengali", "en"])
def test_a_language_of_an_entry_that_is_none_or_another_hides_none_of_its_document(
    language: str,
) -> None:
    entry = replace(ENTRY, title="ভারতে টিকটক নিষিদ্ধ", language=language)

    assert story_of(found(entry), feed=a_feed(), document=DOCUMENT).language == "bn"


@pytest.mark.parametrize("published", [NOON + HOUR, NOON.replace(year=1970), None])
def test_a_time_that_cannot_be_is_none(published: object) -> None:
    finding = found(replace(ENTRY, published=published))  # type: ignore[arg-type]  # a datetime or None

    assert story_of(finding, feed=a_feed(), document=DOCUMENT).published is None


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://e.org/" + "a" * 3_000, "//[", None]
)
def test_only_an_address_on_the_web_becomes_a_link(link: str | None) -> None:
    story = story_of(found(replace(ENTRY, link=link)), feed=a_feed(), document=DOCUMENT)

    assert story.url == ""


def test_an_article_replaces_a_shorter_text_only() -> None:
    whole, consent = "the text and much more", "no"

    texts = [
        story_of(found(), feed=a_feed(), document=DOCUMENT, article=article).text
        for article in (whole, consent, None)
    ]

    assert texts == [whole, "the text", "the text"]


def test_of_a_story_told_twice_the_first_counts_and_an_empty_entry_is_left_out() -> None:
    entries = [(STORY, ENTRY), (StoryId("st_2"), Entry(id="x")), (STORY, replace(ENTRY, title="B"))]
    told = [Told(story, entry, content_hash(entry)) for story, entry in entries]

    [finding] = findings(told, known={}, arrival=Arrival.LATER, horizon=HOUR, now=NOON)

    assert finding.entry.title == "India bans TikTok"


def test_what_changes_after_the_clock_was_set_back_is_a_story_still() -> None:
    before = found().seen

    finding = found(replace(ENTRY, title="India lifts the ban"), known=before, later=-9 * HOUR)
    story = story_of(finding, feed=a_feed(), document=DOCUMENT)

    assert finding.is_published
    assert story.revised_at == story.seen_at == NOON


@pytest.mark.parametrize("content", ["Read more", None])
def test_the_text_is_what_says_more_whatever_the_feed_calls_it(content: str | None) -> None:
    finding = found(replace(ENTRY, summary="The ministry bans it.", content=content))

    assert story_of(finding, feed=a_feed(), document=DOCUMENT).text == "The ministry bans it."


def test_of_too_many_entries_the_newest_are_taken_wherever_they_stand() -> None:
    first, second, third, undated = (
        Entry(id="1", published=NOON - HOUR),
        Entry(id="2", updated=NOON),
        Entry(id="3", published=NOON - 2 * HOUR),
        Entry(id="4"),
    )

    assert newest([undated, third, first, second], most=2) == [first, second]
    several = [replace(undated, id=str(number)) for number in range(7)]
    assert newest(several, most=4) == [*several[:2], *several[-2:]]
    assert newest([undated, first], most=2) == [undated, first]
