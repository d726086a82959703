"""What a poll makes of a feed's state: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from services.common.contracts.feed import Feed, FeedCondition, FeedHealth
from services.fetcher.poll import Failed, PollOutcome, Read, Unchanged
from services.fetcher.schedule import after_failure, after_gone, after_success
from services.fetcher.store.port import FeedState, Validators

_WAITS_LONGEST = timedelta(hours=6)  # some hosts never give a page to a program


def state_after(
    outcome: PollOutcome,
    *,
    feed: Feed,
    before: FeedState | None,
    new_stories: int,
    waits_for_pages: bool,
    is_own_outage: bool,
    now: datetime,
) -> FeedState:
    """Return the state after a poll that brought `new_stories`.

    A failure keeps the validators, so that the document is asked for again as before; another address
    has none yet, nor has a document that is to be read again since it `waits_for_pages`. In an outage of our own no feed is charged with what it did not do.
    """
    state = before or FeedState(feed_id=feed.id, url=feed.url)
    if state.url != feed.url:
        state = replace(
            state,
            url=feed.url,
            validators=Validators(),
            body_hash=None,
            read_at=None,
            failures=0,
        )
    match outcome:
        case Read():
            state = replace(
                state,
                validators=Validators() if waits_for_pages else outcome.validators,
                body_hash="" if waits_for_pages else outcome.body_hash,
                waits_since=(state.waits_since or now) if waits_for_pages else None,
                read_at=now,
                is_fetched=True,
                last_story_at=now if new_stories else state.last_story_at,
                stories_seen=state.stories_seen + new_stories,
            )
            return _good(state, outcome, feed=feed, now=now)
        case Unchanged():
            read_at = now if outcome.is_document else state.read_at
            state = replace(state, validators=outcome.validators, read_at=read_at, waits_since=None)
            return _good(state, outcome, feed=feed, now=now)
        case Failed():
            return _failed(state, outcome, feed=feed, is_own_outage=is_own_outage, now=now)
        case _:
            assert_never(outcome)


def may_wait(state: FeedState | None, *, now: datetime) -> bool:
    """Return whether stories may wait for pages that do not come: not for long."""
    since = state.waits_since if state is not None else None
    return since is None or abs(now - since) < _WAITS_LONGEST


def health_of(state: FeedState, *, feed: Feed) -> FeedHealth:
    """Return what to tell of a feed."""
    return FeedHealth(
        feed_id=feed.id,
        url=feed.shown_url,
        outlet=feed.outlet,
        state=state.condition,
        error=state.error,
        last_polled_at=state.last_polled_at,
        next_poll_at=state.next_poll_at,
        last_story_at=state.last_story_at,
        stories_seen=state.stories_seen,
    )


def _good(state: FeedState, outcome: Read | Unchanged, *, feed: Feed, now: datetime) -> FeedState:
    return replace(
        state,
        condition=FeedCondition.OK,
        error=None,
        failures=0,
        last_polled_at=now,
        next_poll_at=after_success(feed.id, every=feed.every, wish=outcome.wish, now=now),
    )


def _failed(
    state: FeedState, outcome: Failed, *, feed: Feed, is_own_outage: bool, now: datetime
) -> FeedState:
    failures = state.failures if is_own_outage else state.failures + 1
    next_poll_at = after_failure(
        feed.id, every=feed.every, failures=failures, retry_after=outcome.retry_after, now=now
    )
    if outcome.is_gone:
        next_poll_at = after_gone(feed.id, now=now)
    return replace(
        state,
        condition=FeedCondition.GONE if outcome.is_gone else FeedCondition.FAILING,
        error=outcome.error,
        failures=failures,
        last_polled_at=now,
        next_poll_at=next_poll_at,
    )
