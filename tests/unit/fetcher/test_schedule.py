from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.ids import FeedId
from services.fetcher.schedule import (
    LONGEST_PENALTY,
    after_failure,
    after_gone,
    after_success,
    retry_after,
    wish_of,
)
from tests.support.builders import NOON

FEED = FeedId("fd_wire")
TEN, MINUTE = timedelta(minutes=10), timedelta(minutes=1)
intervals = st.timedeltas(timedelta(seconds=1), timedelta(days=2))


@given(intervals, st.none() | intervals, st.text(max_size=5))
def test_a_good_answer_is_followed_within_the_promised_interval(
    every: timedelta, wish: timedelta | None, feed: str
) -> None:
    at = after_success(FeedId(feed), every=every, wish=wish, now=NOON)

    assert NOON < at <= NOON + every


def test_a_publisher_whose_answer_holds_for_less_is_asked_sooner_but_not_at_once() -> None:
    hour = timedelta(hours=1)

    sooner = after_success(FEED, every=hour, wish=timedelta(minutes=20), now=NOON)
    soonest = after_success(FEED, every=hour, wish=timedelta(seconds=1), now=NOON)
    promised = after_success(FEED, every=TEN, wish=hour, now=NOON)

    assert NOON + timedelta(minutes=18) <= sooner <= NOON + timedelta(minutes=20)
    assert NOON + timedelta(minutes=4.5) <= soonest <= NOON + timedelta(minutes=5)
    assert NOON + timedelta(minutes=9) <= promised <= NOON + TEN


def test_feeds_of_one_interval_do_not_line_up() -> None:
    times = {after_success(FeedId(f"fd_{n}"), every=TEN, wish=None, now=NOON) for n in range(50)}

    assert len(times) == 50


@given(intervals, st.integers(1, 10_000), st.none() | intervals)
def test_failures_slow_a_feed_down_and_never_stop_it(
    every: timedelta, failures: int, wish: timedelta | None
) -> None:
    at = after_failure(FEED, every=every, failures=failures, retry_after=wish, now=NOON)

    assert NOON < at <= NOON + LONGEST_PENALTY


def test_each_failure_doubles_the_interval() -> None:
    waits = [after_failure(FEED, every=TEN, failures=n, now=NOON) - NOON for n in (1, 2, 3, 30)]

    assert timedelta(minutes=9) <= waits[0] <= TEN
    assert abs(waits[1] - 2 * waits[0]) < timedelta(milliseconds=1)
    assert abs(waits[2] - 4 * waits[0]) < timedelta(milliseconds=1)
    assert waits[3] <= LONGEST_PENALTY


def test_a_feed_asked_once_a_century_may_fail_as_often_as_any() -> None:
    at = after_failure(FEED, every=timedelta(days=36_500), failures=30, now=NOON)

    assert NOON < at <= NOON + LONGEST_PENALTY


def test_the_servers_wish_holds_when_it_is_longer() -> None:
    at = after_failure(FEED, every=TEN, failures=1, retry_after=timedelta(hours=2), now=NOON)

    assert at == NOON + timedelta(hours=2)


def test_a_gone_feed_is_looked_for_once_a_day() -> None:
    assert timedelta(hours=21) < after_gone(FEED, now=NOON) - NOON <= LONGEST_PENALTY


@pytest.mark.parametrize(
    ("headers", "ttl", "wish"),
    [
        ({}, None, None),
        ({}, 30, 30 * MINUTE),
        ({"cache-control": "public, max-age=600", "age": "120"}, None, 8 * MINUTE),
        ({"cache-control": "max-age=60"}, 5, 5 * MINUTE),
        ({"cache-control": "s-maxage=99"}, None, None),
        ({"cache-control": "no-cache", "expires": "Mon, 05 Jan 2026 13:00:00 GMT"}, None, None),
        ({"expires": "Mon, 05 Jan 2026 12:20:00 GMT"}, None, 20 * MINUTE),
        ({"expires": "0"}, None, None),
        ({"expires": "Mon, 05 Jan 2026 11:00:00 GMT"}, None, None),
        ({"cache-control": "max-age=oops", "age": "x"}, None, None),
    ],
)
def test_the_publishers_wish_is_the_longest_that_it_says(
    headers: dict[str, str], ttl: int | None, wish: timedelta | None
) -> None:
    assert wish_of(headers, ttl_minutes=ttl, now=NOON) == wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("120", 2 * MINUTE),
        ("Mon, 05 Jan 2026 12:02:00 GMT", 2 * MINUTE),
        ("Mon, 05 Jan 2026 11:02:00 GMT", timedelta()),
        ("120, 120", 2 * MINUTE),
        ("120.5", 2 * MINUTE),
        ("120 seconds", 2 * MINUTE),
        ("06 Sep 2025 10:00:00 GMT", timedelta()),
        ("-120", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str, wish: timedelta | None) -> None:
    assert retry_after({"retry-after": text}, now=NOON) == wish


@pytest.mark.parametrize("ever", ["99999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_server_that_wants_to_be_left_alone_for_ever_is_for_a_day(ever: str) -> None:
    wish = retry_after({"retry-after": ever}, now=NOON)

    assert after_failure(
        FEED, every=TEN, failures=1, retry_after=wish, now=NOON
    ) == NOON + timedelta(days=1)


def test_a_date_that_cannot_be_is_no_wish() -> None:
    never = "Mon, 05 Jan 2026 08:00:00 +99999999999999"

    assert wish_of({"expires": never}, ttl_minutes=None, now=NOON) is None
    assert retry_after({"retry-after": never}, now=NOON) is None
