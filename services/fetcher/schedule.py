"""When to ask a feed again: pure decisions.

`every` is the longest interval promised, penalties aside; a publisher who says that a document holds for
less is asked sooner. Failures slow a feed down, for a day at most; nothing ever stops it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from services.common.ids import FeedId

LONGEST_PENALTY = timedelta(hours=24)
_SOONEST_BY_WISH = timedelta(minutes=5)
_JITTER = 0.1
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_SECONDS = re.compile(r"(\d+)(?:\.\d*)?\s*(?:s|secs?|seconds?)?\s*(?:[,;].*)?", re.IGNORECASE)
_NO_CACHE = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)


def after_success(
    feed: FeedId, *, every: timedelta, wish: timedelta | None, now: datetime
) -> datetime:
    """Return when to ask again after a good answer: up to `every` from `now`, never later.

    `wish` is how long the publisher says that the answer holds.
    """
    interval = every
    if wish is not None:
        interval = min(every, max(wish, min(every, _SOONEST_BY_WISH)))
    return now + interval * (1 - _JITTER * _draw(feed, now))


def after_failure(
    feed: FeedId,
    *,
    every: timedelta,
    failures: int,
    retry_after: timedelta | None = None,
    now: datetime,
) -> datetime:
    """Return when to ask again after the `failures`-th failure in a row, from 1.

    The interval doubles each time, up to a day; the server's own wish holds if it is longer.
    """
    doubled = min(every, LONGEST_PENALTY) * (1 << min(max(failures - 1, 0), 20))
    interval = min(doubled, LONGEST_PENALTY) * (1 - _JITTER * _draw(feed, now))
    return now + max(interval, min(retry_after or timedelta(), LONGEST_PENALTY))


def after_gone(feed: FeedId, *, now: datetime) -> datetime:
    """Return when to look again for a feed whose server says that it is gone: in about a day."""
    return now + LONGEST_PENALTY * (1 - _JITTER * _draw(feed, now))


def wish_of(
    headers: Mapping[str, str], *, ttl_minutes: int | None, now: datetime
) -> timedelta | None:
    """Return how long the publisher says that an answer holds; None where it says nothing.

    The longest of the feed's ttl, max-age less Age, and Expires less Date. Sources: RFC 9111, section
    4.2; RSS 2.0, <ttl>.
    """
    wishes = [timedelta(minutes=ttl_minutes)] if ttl_minutes else []
    cache_control = headers.get("cache-control", "")
    if found := _MAX_AGE.search(cache_control):
        age = headers.get("age", "0")
        seconds = int(found[1]) - (int(age) if age.isdecimal() and len(age) < 10 else 0)
        wishes.append(timedelta(seconds=seconds))
    elif not _NO_CACHE.search(cache_control) and (expires := _date(headers.get("expires"))):
        wishes.append(expires - (_date(headers.get("date")) or now))
    longest = max(wishes, default=timedelta())
    return longest if longest > timedelta() else None


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Return how long the server wants to be left alone: seconds or a date (RFC 9110, 10.2.3).

    Some write fractions of seconds, their unit, or the same twice; or so many that they mean for ever.
    """
    text = headers.get("retry-after", "").strip()
    if found := _SECONDS.fullmatch(text):
        return timedelta(seconds=int(found[1][:9]))
    at = _date(text)
    return max(at - (_date(headers.get("date")) or now), timedelta()) if at else None


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _draw(feed: FeedId, now: datetime) -> float:
    """Return a number from 0 to 1 that differs from feed to feed and from poll to poll.

    Not random, so that a plan can be repeated; two processes that start together differ by feed.
    """
    return zlib.crc32(f"{feed} {now.isoformat()}".encode()) / 2**32
