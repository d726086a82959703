"""Standing: how each feed stood when it was last polled, and when that lets it be due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from services.common.contracts.feed import Feed, FeedCondition
from services.common.http.errors import TOO_OFTEN
from services.common.ids import FeedId
from services.common.telemetry.metrics import FEEDS
from services.fetcher.schedule import LONGEST_PENALTY
from services.fetcher.store.port import FeedState

_TOO_OFTEN = {f"http_{status}" for status in TOO_OFTEN}


class Standing:
    """The newest state of every feed, and the gauge of their conditions."""

    def __init__(self) -> None:
        self._states: dict[FeedId, FeedState] = {}
        self._counted: frozenset[FeedId] = frozenset()

    def recall(self, states: Mapping[FeedId, FeedState]) -> None:
        """Take the states that the store has from before."""
        self._states = dict(states)

    def is_failing(self, feed: FeedId) -> bool:
        """Return whether the last poll of a feed failed."""
        state = self._states.get(feed)
        return state is not None and state.error is not None

    def may_be_mended(self, feed: Feed) -> bool:
        """Return whether the last poll of a feed failed, but not for being asked too often."""
        state = self._states.get(feed.id)
        error = state.error if state is not None else None
        return error is not None and error.error_class not in _TOO_OFTEN

    def first_due(self, feed: Feed, *, now: datetime) -> datetime:
        """Return when a feed is due that this process did not poll yet, or that was changed."""
        state = self._states.get(feed.id)
        if state is None or state.next_poll_at is None or state.url != feed.url:
            return now
        # After a clock that was wrong, or with a shorter interval: never later than promised.
        return min(state.next_poll_at, now + _longest_wait(feed, state))

    def polled_elsewhere(
        self, feed: Feed, state: FeedState | None, *, now: datetime
    ) -> datetime | None:
        """Return when the feed is due where another process has polled it meanwhile, to `state`."""
        known = self._states.get(feed.id)
        if state is None or state.url != feed.url or state.next_poll_at is None:
            return None
        is_news = known is None or state.last_polled_at != known.last_polled_at
        if not is_news or not now < state.next_poll_at <= now + _longest_wait(feed, state):
            return None
        self._states[feed.id] = state
        return state.next_poll_at

    def is_configured(self, feed: FeedId) -> bool:
        """Return whether a feed is one of those that are to be polled."""
        return feed in self._counted

    def taken_out(self) -> dict[FeedId, FeedState]:
        """Return the states of feeds that are configured no more."""
        return {feed: state for feed, state in self._states.items() if not self.is_configured(feed)}

    def drop(self, feed: FeedId) -> None:
        """Know nothing more of a feed that is configured no more."""
        self._states.pop(feed, None)

    def count(self, feeds: Iterable[FeedId]) -> None:
        """Set the gauge to the conditions of these feeds: those that are configured."""
        self._counted = frozenset(feeds)
        FEEDS.clear()
        for condition, count in Counter(map(self._condition, self._counted)).items():
            FEEDS.labels(condition).set(count)

    def note(self, state: FeedState) -> None:
        """Keep a feed's newest state, and the gauge right without counting all again."""
        before, self._states[state.feed_id] = self._condition(state.feed_id), state
        if state.feed_id in self._counted and before != state.condition.value:
            FEEDS.labels(before).dec()
            FEEDS.labels(state.condition.value).inc()

    def _condition(self, feed: FeedId) -> str:
        state = self._states.get(feed)
        return (state.condition if state else FeedCondition.NEW).value


def _longest_wait(feed: Feed, state: FeedState) -> timedelta:
    """Return how long the next poll may be off: penalties aside no longer than promised."""
    return feed.every if state.condition is FeedCondition.OK else LONGEST_PENALTY
