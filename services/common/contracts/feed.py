"""Feed: a source that we poll, as people configured it; FeedHealth: how it fares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from pydantic import AwareDatetime, with_config

from services.common.contracts.base import STRICT, OpenStrEnum, require_clean_fields
from services.common.ids import FeedId


class FirstFetch(StrEnum):
    """What becomes of the stories that a feed's first fetch brings."""

    SUMMARY = "summary"
    """Published as back-fill: tracked, told in one summary."""
    ALERT = "alert"
    """Published like any later story."""
    IGNORE = "ignore"
    """Remembered and not published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A source that we poll. Made by people, kept in `feeds.yml`, never on the wire.

    `every` is the longest interval promised, penalties aside. `language` and `country` are the
    outlet's own (BCP 47 primary tag, ISO 3166-1), None when not told. `url` may hold user and password:
    show `shown_url`.
    """

    id: FeedId
    url: str
    outlet: str
    every: timedelta
    language: str | None = None
    country: str | None = None
    full_text: bool = False
    first_fetch: FirstFetch = FirstFetch.SUMMARY

    @property
    def shown_url(self) -> str:
        """Return the address without user and password."""
        return without_user(self.url)


def without_user(url: str) -> str:
    """Return an address without user and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class FeedCondition(OpenStrEnum):
    """How a feed fares."""

    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    GONE = "gone"


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class FeedError:
    """Why the newest poll failed: a class that programs compare, a sentence for people."""

    error_class: str
    message: str

    def __post_init__(self) -> None:
        require_clean_fields(self)


@with_config(STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """What the fetcher says of a feed after each poll, on the compacted topic. Times are UTC."""

    feed_id: FeedId
    url: str
    outlet: str
    state: FeedCondition
    error: FeedError | None
    last_polled_at: AwareDatetime | None
    next_poll_at: AwareDatetime | None
    last_story_at: AwareDatetime | None = None
    stories_seen: int = 0

    def __post_init__(self) -> None:
        require_clean_fields(self)


def feeds_body(feeds: Iterable[Feed], healths: Iterable[FeedHealth]) -> dict[str, Any]:
    """Return the body of `GET /api/v1/feeds`: every feed configured, with how it fares.

    Of several healths of one feed the last counts; one that was polled at another address, or is no
    longer configured, does not.
    """
    by_feed = {(health.feed_id, health.url): health for health in healths}
    return {"feeds": [_shown(feed, by_feed.get((feed.id, feed.shown_url))) for feed in feeds]}


def _shown(feed: Feed, health: FeedHealth | None) -> dict[str, Any]:
    error = health.error if health else None
    return {
        "id": feed.id,
        "url": feed.shown_url,
        "outlet": feed.outlet,
        "state": (health.state if health else FeedCondition.NEW).value,
        "error": error and {"class": error.error_class, "message": error.message},
        "last_polled_at": _time(health.last_polled_at if health else None),
        "next_poll_at": _time(health.next_poll_at if health else None),
    }


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
