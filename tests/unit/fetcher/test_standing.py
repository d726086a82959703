from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.common.contracts.feed import FeedCondition, FeedError
from services.fetcher.standing import Standing
from services.fetcher.store.port import FeedState
from tests.support.builders import NOON, a_feed

TEN, HOUR = timedelta(minutes=10), timedelta(hours=1)
FEED = a_feed("https://example.org/feed", every=TEN)
ASKED_TO_WAIT = FeedState(
    feed_id=FEED.id,
    url=FEED.url,
    condition=FeedCondition.FAILING,
    error=FeedError(error_class="http_429", message="The server answered 429."),
    failures=1,
    last_polled_at=NOON,
    next_poll_at=NOON + HOUR,
)


def test_what_a_server_asked_for_holds_over_a_restart_whether_it_was_counted_or_not() -> None:
    standing = Standing()
    standing.recall({FEED.id: replace(ASKED_TO_WAIT, failures=0)})  # in an outage of our own

    assert standing.first_due(FEED, now=NOON) == NOON + HOUR


def test_what_a_server_asked_another_fetcher_for_holds_here_too() -> None:
    never_polled, polled_before = Standing(), Standing()
    polled_before.recall({FEED.id: replace(ASKED_TO_WAIT, last_polled_at=NOON - TEN)})

    for standing in (never_polled, polled_before):
        assert standing.polled_elsewhere(FEED, ASKED_TO_WAIT, now=NOON) == NOON + HOUR
        assert standing.polled_elsewhere(FEED, ASKED_TO_WAIT, now=NOON) is None


def test_a_feed_that_serves_is_never_due_later_than_promised() -> None:
    standing = Standing()
    state = replace(ASKED_TO_WAIT, condition=FeedCondition.OK, error=None, failures=0)
    standing.recall({FEED.id: state})

    assert standing.first_due(FEED, now=NOON) == NOON + TEN
