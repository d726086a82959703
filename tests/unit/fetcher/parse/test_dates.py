from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.parse.dates import moment

EIGHT = datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 05 Jan 2026 08:00:00 GMT",
        "Mon, 5 Jan 2026 08:00:00 +0000",
        "Mon, 05 Jan 2026 13:30:00 +0530",
        "Mon, 05 Ene 2026 08:00:00 -0000",
        "Mon, 05 Jan 26 08:00:00 UT",
        "5 January 2026 15:00:00 WIB",
        "Mon,05 Jan 2026 13:30 IST",
        "Mon, 05 Jan 2026 03:00:00 EST",
        "2026-01-05T08:00:00Z",
        "2026-01-05T08:00:00.000+00:00",
        "2026-01-05 08:00:00",
        "2026-01-05T17:00:00+0900",
        "2026/01/05 16:00:00 +0800",
        "20260105T080000Z",
        "05/01/2026 08:00",
        "05.01.2026 08:00:00",
        "Jan 5, 2026 8:00 AM",
        "January 5, 2026, 8:00 am",
        "Mon Jan  5 08:00:00 2026",
        "Mon Jan 5 08:00:00 UTC 2026",
        "lundi 5 janvier 2026 08:00",
        "5 de enero de 2026 08:00",
        "Пн, 05 янв 2026 11:00:00 +0300",
        "Sen, 5 Januari 2026 15:00:00 +0700",
        "2026年1月5日 08:00",
        "2026년 1월 5일 08:00",
        "Mon Jan 05 2026 13:30:00 GMT+0530 (India Standard Time)",
        "Mon, 05 Jan 2026 11:00:00 UTC+3",
        "Mon, 05 Jan 2026 03:00:00 GMT-05:00",
        "2026-01-05 11:00 +03",
        "Mon Jan 05 03:00:00 -0500 2026",
        "۵ ژانویه ۲۰۲۶ ۰۸:۰۰",
    ],
)
def test_a_time_is_read_however_publishers_write_it(text: str) -> None:
    assert moment(text) == EIGHT


@pytest.mark.parametrize("text", ["2026-01-05", "5 Jan 2026", "Mon, 05 Jan 2026"])
def test_a_day_without_a_time_is_its_midnight(text: str) -> None:
    assert moment(text) == datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["niedz., 29 lis 2026", "29 نوامبر 2026", "29 نومبر 2026"])
def test_a_month_is_known_in_each_language_that_writes_it_with_letters(text: str) -> None:
    assert moment(text) == datetime(2026, 11, 29, tzinfo=UTC)


def test_a_number_behind_a_day_is_no_zone() -> None:
    assert moment("2026-01-05-2") == datetime(2026, 1, 5, tzinfo=UTC)


def test_the_last_midnight_and_a_leap_second_are_the_next_ones() -> None:
    assert moment("Sun, 04 Jan 2026 24:00:00 GMT") == datetime(2026, 1, 5, tzinfo=UTC)
    assert moment("Mon, 05 Jan 2026 07:59:60 +0000") == EIGHT


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "yesterday",
        "Mon, 05 Jan 2026 25:00:00 GMT",
        "Mon, 05 Jan 2026 08:00:00 +9900",
        "99 Foo 2026",
        "32 Jan 2026",
        "0000-00-00 00:00:00",
        "12",
        "::",
    ],
)
def test_what_is_no_time_gives_none(text: str | None) -> None:
    assert moment(text) is None


@given(st.integers(631_152_000, 3_471_292_800), st.integers(-14, 14))
def test_the_two_standards_are_read_back(seconds: int, hours: int) -> None:
    at = datetime.fromtimestamp(seconds, tz=UTC)
    local = at.astimezone(timezone(timedelta(hours=hours)))

    assert moment(format_datetime(local)) == at
    assert moment(local.isoformat()) == at


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    assert moment(text) is None or moment(text) is not None
