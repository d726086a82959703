"""What every FeedStore promises, in tests: `services/fetcher/store/port.py` line by line.

An adapter's test module inherits `StoreContract` and gives it a fixture `ground`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from structlog.testing import capture_logs

from services.common.contracts.feed import FeedCondition, FeedError
from services.common.ids import FeedId, StoryId
from services.fetcher.store.port import (
    FeedState,
    FeedStore,
    Installation,
    SeenEntry,
    Validators,
)
from tests.support.builders import NOON

FEED, OTHER = FeedId("fd_wire"), FeedId("fd_other")
MINUTE = timedelta(minutes=1)


class Ground(Protocol):
    """Where a store stands, and what only a test does to it."""

    store: FeedStore

    async def reopen(self) -> FeedStore:
        """Return another store on the same memory, as a restarted process would."""
        ...


class WrittenGround(Ground, Protocol):
    """Where a store stands that writes what it knows."""

    async def spoil_state(self, feed: FeedId) -> None:
        """Leave something in place of a feed's state that nobody can read."""
        ...

    async def spoil_mark(self) -> None:
        """Leave something in place of the installation mark that nobody can read."""
        ...


def a_state(feed: FeedId = FEED, **changes: object) -> FeedState:
    state = FeedState(
        feed_id=feed,
        url="https://example.org/rss.xml",
        validators=Validators(etag='W/"é \\1"', last_modified="Mon, 05 Jan 2026 08:00:00 GMT"),
        body_hash="hash",
        condition=FeedCondition.FAILING,
        error=FeedError(error_class="http_500", message="It answered 500."),
        failures=2,
        is_fetched=True,
        last_polled_at=NOON,
        next_poll_at=NOON + MINUTE,
        last_story_at=NOON,
        stories_seen=7,
    )
    return replace(state, **changes)  # type: ignore[arg-type]  # each test knows its fields


def an_entry(story: str = "st_1", *, at: datetime = NOON, **changes: object) -> SeenEntry:
    entry = SeenEntry(story_id=StoryId(story), content_hash="c1", seen_at=at, shown_at=at)
    return replace(entry, **changes)  # type: ignore[arg-type]  # each test knows its fields


class StoreContract:
    async def test_a_new_store_knows_nothing(self, ground: Ground) -> None:
        held = await ground.store.hold(FEED, token="a", now=NOON, until=NOON + MINUTE)

        assert held is not None
        assert (held.installation, held.state) == (None, None)
        assert await ground.store.installation() is None
        assert await ground.store.states() == {}
        assert await ground.store.seen(FEED, [StoryId("st_1")]) == {}
        assert await ground.store.seen(FEED, []) == {}

    async def test_the_first_mark_stays(self, ground: Ground) -> None:
        first = Installation(id="one", marked_at=NOON, recovering=(FEED, OTHER))

        marked = await ground.store.mark(first)
        again = await ground.store.mark(Installation(id="two", marked_at=NOON + MINUTE))

        reopened = await ground.reopen()
        held = await reopened.hold(FEED, token="a", now=NOON, until=NOON + MINUTE)
        assert marked == again == first
        assert await reopened.installation() == first
        assert held is not None
        assert held.installation == first

    async def test_a_mark_that_names_thousands_of_feeds_is_not_read_anew_at_each_poll(
        self, ground: Ground
    ) -> None:
        feeds = tuple(FeedId(f"fd_{number}") for number in range(5_000))
        mark = Installation(id="one", marked_at=NOON, recovering=feeds)
        await ground.store.mark(mark)

        held = [
            await ground.store.hold(feed, token="a", now=NOON, until=NOON + MINUTE)
            for feed in feeds[:2]
        ]

        first, second = (each.installation for each in held if each is not None)
        assert first == mark
        assert first is second

    async def test_what_was_remembered_is_there_after_a_restart(self, ground: Ground) -> None:
        entries = [
            an_entry("st_1", backfill=True, ignored=True, revisions=3),
            an_entry("st_2", at=NOON + timedelta(microseconds=1)),
        ]
        await ground.store.hold(FEED, token="a", now=NOON, until=NOON + MINUTE)

        is_written = await ground.store.remember(a_state(), entries, token="a")

        reopened = await ground.reopen()
        seen = await reopened.seen(FEED, [StoryId("st_1"), StoryId("st_2"), StoryId("st_3")])
        assert is_written
        assert await reopened.states() == {FEED: a_state()}
        assert seen == {entry.story_id: entry for entry in entries}
        assert await reopened.seen(OTHER, [StoryId("st_1")]) == {}

    async def test_a_thousand_entries_are_remembered_and_found(self, ground: Ground) -> None:
        entries = [an_entry(f"st_{number}") for number in range(1_200)]

        await ground.store.remember(a_state(), entries, token="a")

        seen = await ground.store.seen(FEED, [entry.story_id for entry in entries])
        assert len(seen) == 1_200

    async def test_writing_twice_is_writing_once(self, ground: Ground) -> None:
        changed = an_entry(content_hash="c2", revisions=1)

        for _ in range(2):
            await ground.store.remember(a_state(), [an_entry()], token="a")
        for _ in range(2):
            await ground.store.remember(a_state(failures=0), [changed], token="a")

        assert await ground.store.states() == {FEED: a_state(failures=0)}
        assert await ground.store.seen(FEED, [changed.story_id]) == {changed.story_id: changed}

    async def test_only_entries_that_are_no_longer_shown_are_forgotten(
        self, ground: Ground
    ) -> None:
        old, kept = an_entry("st_old"), an_entry("st_kept", at=NOON + MINUTE)
        await ground.store.remember(a_state(OTHER), [old], token="a")
        await ground.store.remember(a_state(), [old, kept], token="a")

        await ground.store.remember(a_state(), [], token="a", shown_since=NOON + MINUTE)

        stories = [old.story_id, kept.story_id]
        assert set(await ground.store.seen(FEED, stories)) == {kept.story_id}
        assert set(await ground.store.seen(OTHER, stories)) == {old.story_id}

    async def test_a_feed_is_held_by_one_until_the_lease_runs_out(self, ground: Ground) -> None:
        end = NOON + MINUTE
        await ground.store.hold(FEED, token="a", now=NOON, until=end)

        refused = await ground.store.hold(FEED, token="b", now=NOON, until=end)
        again = await ground.store.hold(FEED, token="a", now=NOON, until=end)
        elsewhere = await ground.store.hold(OTHER, token="b", now=NOON, until=end)
        later = await ground.store.hold(FEED, token="b", now=end, until=end + MINUTE)

        assert refused is None
        assert again is not None
        assert elsewhere is not None
        assert later is not None

    async def test_a_lease_that_a_wrong_clock_wrote_holds_nobody_off(self, ground: Ground) -> None:
        ahead = NOON + timedelta(days=1)
        await ground.store.hold(FEED, token="ahead", now=ahead, until=ahead + MINUTE)
        await ground.store.hold(OTHER, token="ahead", now=NOON + MINUTE, until=NOON + 2 * MINUTE)

        taken = await ground.store.hold(FEED, token="right", now=NOON, until=NOON + MINUTE)
        refused = await ground.store.hold(OTHER, token="right", now=NOON, until=NOON + MINUTE)

        assert taken is not None
        assert refused is None

    async def test_a_lease_is_given_back_by_its_holder_only(self, ground: Ground) -> None:
        end = NOON + MINUTE
        await ground.store.hold(FEED, token="a", now=NOON, until=end)

        await ground.store.release(FEED, token="b")
        refused = await ground.store.hold(FEED, token="b", now=NOON, until=end)
        await ground.store.release(FEED, token="a")
        held = await ground.store.hold(FEED, token="b", now=NOON, until=end)

        assert refused is None
        assert held is not None

    async def test_remembering_gives_the_lease_back(self, ground: Ground) -> None:
        await ground.store.hold(FEED, token="a", now=NOON, until=NOON + MINUTE)

        await ground.store.remember(a_state(), [], token="a")

        held = await ground.store.hold(FEED, token="b", now=NOON, until=NOON + MINUTE)
        assert held is not None
        assert held.state == a_state()

    async def test_who_lost_the_lease_writes_nothing(self, ground: Ground) -> None:
        end = NOON + MINUTE
        await ground.store.hold(FEED, token="slow", now=NOON, until=end)
        await ground.store.hold(FEED, token="quick", now=end, until=end + MINUTE)

        is_written = await ground.store.remember(a_state(), [an_entry()], token="slow")

        assert not is_written
        assert await ground.store.states() == {}
        assert await ground.store.seen(FEED, [an_entry().story_id]) == {}
        assert await ground.store.remember(a_state(), [], token="quick")

    async def test_a_lease_that_nobody_took_over_is_no_obstacle(self, ground: Ground) -> None:
        await ground.store.hold(FEED, token="slow", now=NOON, until=NOON + timedelta(seconds=1))

        assert await ground.store.remember(a_state(), [], token="slow")
        assert await ground.store.remember(a_state(), [], token="never had one")

    async def test_of_a_forgotten_feed_nothing_is_left_and_of_others_all(
        self, ground: Ground
    ) -> None:
        for feed in (FEED, OTHER):
            await ground.store.remember(a_state(feed), [an_entry()], token="a")
        await ground.store.hold(FEED, token="a", now=NOON, until=NOON + MINUTE)

        await ground.store.forget(FEED, token="a")

        reopened = await ground.reopen()
        held = await reopened.hold(FEED, token="b", now=NOON, until=NOON + MINUTE)
        assert held is not None
        assert held.state is None
        assert await reopened.states() == {OTHER: a_state(OTHER)}
        assert await reopened.seen(FEED, [an_entry().story_id]) == {}
        assert await reopened.seen(OTHER, [an_entry().story_id]) != {}

    async def test_only_who_has_the_lease_on_a_feed_makes_it_forgotten(
        self, ground: Ground
    ) -> None:
        await ground.store.remember(a_state(), [an_entry()], token="a")

        await ground.store.forget(FEED, token="a")
        await ground.store.hold(FEED, token="b", now=NOON, until=NOON + MINUTE)
        await ground.store.forget(FEED, token="a")

        assert await ground.store.states() == {FEED: a_state()}
        assert await ground.store.seen(FEED, [an_entry().story_id]) != {}
        assert await ground.store.hold(FEED, token="a", now=NOON, until=NOON + MINUTE) is None

    async def test_the_longest_penalty_of_a_host_holds_until_its_end(self, ground: Ground) -> None:
        await ground.store.penalise("example.org", until=NOON + 2 * MINUTE)
        await ground.store.penalise("example.org", until=NOON + MINUTE)
        await ground.store.penalise("other.example", until=NOON + MINUTE)

        reopened = await ground.reopen()
        now = await reopened.penalties(now=NOON)
        then = await reopened.penalties(now=NOON + MINUTE)

        assert now == {"example.org": NOON + 2 * MINUTE, "other.example": NOON + MINUTE}
        assert then == {"example.org": NOON + 2 * MINUTE}


class WrittenStoreContract(StoreContract):
    """What a store promises besides that writes what it knows, and may read something else there."""

    async def test_a_state_that_cannot_be_read_is_that_of_a_feed_that_was_fetched(
        self, ground: WrittenGround
    ) -> None:
        await ground.store.remember(a_state(), [an_entry()], token="a")
        await ground.store.remember(a_state(OTHER), [], token="a")
        await ground.spoil_state(FEED)

        with capture_logs() as lines:
            held = await ground.store.hold(FEED, token="a", now=NOON, until=NOON + MINUTE)

        assert held is not None
        assert held.state == FeedState(feed_id=FEED, url="", is_fetched=True)
        assert await ground.store.states() == {FEED: held.state, OTHER: a_state(OTHER)}
        assert await ground.store.seen(FEED, [an_entry().story_id]) != {}
        assert [(line["event"], line["feed_id"]) for line in lines] == [
            ("feed_state_unreadable", FEED)
        ]

    async def test_a_state_that_cannot_be_read_is_written_anew(self, ground: WrittenGround) -> None:
        await ground.store.remember(a_state(), [], token="a")
        await ground.spoil_state(FEED)

        await ground.store.remember(a_state(), [], token="a")

        assert await ground.store.states() == {FEED: a_state()}

    async def test_a_mark_that_cannot_be_read_is_a_mark(self, ground: WrittenGround) -> None:
        await ground.store.mark(Installation(id="one", marked_at=NOON, recovering=(FEED,)))
        await ground.spoil_mark()

        reopened = await ground.reopen()
        held = await reopened.hold(FEED, token="a", now=NOON, until=NOON + MINUTE)

        assert held is not None
        assert held.installation is not None
        assert held.installation.recovering == ()
        assert await reopened.installation() == held.installation
        assert await reopened.mark(Installation(id="two", marked_at=NOON)) == held.installation
