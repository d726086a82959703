from __future__ import annotations

from datetime import timedelta

from services.common.ids import FeedId
from services.fetcher.parse.document import Document, DocumentKind
from services.fetcher.poll import Read, Unchanged
from services.fetcher.states import may_wait, state_after
from services.fetcher.store.port import FeedState, Validators
from tests.support.builders import NOON, a_feed

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


def after(outcome: Read | Unchanged, before: FeedState, *, minutes: int, waits: bool) -> FeedState:
    return state_after(
        outcome,
        feed=a_feed(URL),
        before=before,
        new_stories=0,
        waits_for_pages=waits,
        is_own_outage=False,
        now=NOON + timedelta(minutes=minutes),
    )


def test_a_document_that_waits_for_pages_is_asked_for_again_as_a_whole() -> None:
    state = after(READ, BEFORE, minutes=0, waits=True)

    assert (state.validators, state.body_hash) == (Validators(), "")
    assert state.is_read_at(URL)
    assert after(READ, state, minutes=10, waits=False).body_hash == "2"


def test_stories_wait_for_their_pages_for_some_hours_in_a_row() -> None:
    hour = timedelta(hours=1)

    first = after(READ, BEFORE, minutes=0, waits=True)
    again = after(READ, first, minutes=300, waits=True)
    done = after(READ, again, minutes=400, waits=False)
    unchanged = after(
        Unchanged(validators=BEFORE.validators, wish=None), again, minutes=400, waits=False
    )

    assert may_wait(None, now=NOON)
    assert may_wait(again, now=NOON + 5 * hour)
    assert not may_wait(again, now=NOON + 6 * hour)
    assert not may_wait(again, now=NOON - 6 * hour)
    assert may_wait(done, now=NOON + 7 * hour)
    assert may_wait(unchanged, now=NOON + 7 * hour)
