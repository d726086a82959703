"""What a poll makes of a feed's state: pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from services.common.contracts.feed import Feed, FeedCondition, FeedHealth
from services.common.ids import StoryId
from services.fetcher.parse.document import CUT_OFF
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
    without_page: Collection[StoryId],
    wall: str,
    is_own_outage: bool,
    now: datetime,
) -> FeedState:
    """Return the state after a poll that brought `new_stories`, and left stories `without_page`, at a `wall`.

    A failure keeps the validators, so that the document is asked for again as before; another address
    has none yet, nor has a document that is to be read again for the pages that did not come. In an outage
    of our own no feed is charged with what it did not do.
    """
    state = before or FeedState(feed_id=feed.id, url=feed.url)
    if state.url != feed.url:
        state = replace(
            state,
            url=feed.url,
            validators=Validators(),
            body_hash=None,
            read_at=None,
            ttl_minutes=None,
            failures=0,
        )
    match outcome:
        case Read():
            state = replace(
                state,
                validators=Validators() if without_page else outcome.validators,
                body_hash="" if without_page else outcome.body_hash,
                wall=wall,
                waiting={story: state.waiting.get(story, now) for story in without_page},
                read_at=now,
                ttl_minutes=outcome.document.ttl_minutes,
                is_fetched=state.is_fetched or not _is_half_a_first(outcome, state),
                last_story_at=now if new_stories else state.last_story_at,
                stories_seen=state.stories_seen + new_stories,
            )
            return _good(state, outcome, feed=feed, now=now)
        case Unchanged():
            read_at = now if outcome.is_document else state.read_at
            state = replace(state, validators=outcome.validators, read_at=read_at, waiting={})
            return _good(state, outcome, feed=feed, now=now)
        case Failed():
            return _failed(state, outcome, feed=feed, is_own_outage=is_own_outage, now=now)
        case _:
            assert_never(outcome)


def _is_half_a_first(outcome: Read, state: FeedState) -> bool:
    """Return whether the first document was cut off: what is old in the rest of it is no news either."""
    return state.body_hash is None and CUT_OFF in outcome.document.repairs


def overdue(state: FeedState | None, *, now: datetime) -> set[StoryId]:
    """Return the stories whose pages were waited for long enough."""
    waiting = state.waiting if state is not None else {}
    return {story for story, since in waiting.items() if abs(now - since) >= _WAITS_LONGEST}


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
