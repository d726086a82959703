"""Leads: at which hosts a feed is asked, its own and the one to which that led when it last answered."""

from __future__ import annotations

from collections.abc import Sequence

from services.common.config.feeds import is_exempt
from services.common.contracts.feed import Feed
from services.common.ids import FeedId
from services.common.settings import Network
from services.fetcher.urls import host_of


class Leads:
    """To which other host each feed led, as long as it has the address that led there."""

    def __init__(self, *, allow_networks: Sequence[Network]) -> None:
        """Take the networks whose hosts are exempt from politeness."""
        self._allow_networks = allow_networks
        self._led_to: dict[FeedId, tuple[str, str]] = {}  # from which address, which host

    def polite_hosts(self, feed: Feed) -> set[str]:
        """Return the hosts at which to wait for a turn."""
        if is_exempt(feed.url, self._allow_networks):
            return set()
        url, host = self._led_to.get(feed.id, ("", ""))
        return {host_of(feed.url), host} if url == feed.url else {host_of(feed.url)}

    def note(self, feed: Feed, *, answered_by: str) -> str:
        """Remember which host answered, empty for none; return whom the answer, or its lack, is from."""
        own = host_of(feed.url)
        if answered_by == own:
            self._led_to.pop(feed.id, None)
        elif answered_by:
            self._led_to[feed.id] = feed.url, answered_by
        return answered_by or own

    def drop(self, feed: FeedId) -> None:
        """Forget where a feed led that is gone."""
        self._led_to.pop(feed, None)
