from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from services.common.ids import FeedId, StoryId
from services.fetcher.parse.document import Document, DocumentKind
from services.fetcher.poll import Read, Unchanged
from services.fetcher.states import overdue, state_after
from services.fetcher.store.port import FeedState, Validators
from tests.support.builders import NOON, a_feed

STORY, OTHER = StoryId("st_1"), StoryId("st_2")
URL = "https://example.org/rss"
BEFORE = FeedState(
    feed_id=FeedId("fd_wire"), url=URL, validators=Validators(etag='"1"'), body_hash="1"
)
READ = Read(
    document=Document(kind=DocumentKind.RSS, encoding="utf-8"),
    validators=Validators(etag='"2"'),
    body_hash="2",
    wish=None,
    moved_to=None,
)


def after(
    outcome: Read | Unchanged,
    before: FeedState,
    *,
    minutes: int,
    missed: Collection[StoryId] = frozenset(),
) -> FeedState:
    return state_after(
        outcome,
        feed=a_feed(URL),
        before=before,
        new_stories=0,
        without_page=missed,
        wall="",
        is_own_outage=False,
        now=NOON + timedelta(minutes=minutes),
    )


def test_a_document_that_waits_for_pages_is_asked_for_again_as_a_whole() -> None:
    state = after(READ, BEFORE, minutes=0, missed={STORY})

    assert (state.validators, state.body_hash) == (Validators(), "")
    assert state.is_read_at(URL)
    assert after(READ, state, minutes=10).body_hash == "2"


def test_each_story_waits_for_its_page_for_some_hours() -> None:
    hour = timedelta(hours=1)

    first = after(READ, BEFORE, minutes=0, missed={STORY})
    again = after(READ, first, minutes=300, missed={STORY, OTHER})
    done = after(READ, again, minutes=400, missed={OTHER})
    unchanged = after(Unchanged(validators=BEFORE.validators, wish=None), again, minutes=400)

    assert overdue(None, now=NOON) == overdue(again, now=NOON + 5 * hour) == set()
    assert overdue(again, now=NOON + 6 * hour) == {STORY}
    assert overdue(again, now=NOON - 6 * hour) == {STORY, OTHER}
    assert overdue(done, now=NOON + 7 * hour) == set()
    assert overdue(unchanged, now=NOON + 24 * hour) == set()
