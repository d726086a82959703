"""Quiet hours and digests over clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.alerter.hours import next_digest_at, quiet_until
from services.common.contracts.subscription import Digest, Quiet

EVERY_DAY = frozenset(range(1, 8))
WEEKDAYS = frozenset(range(1, 6))
BERLIN = "Europe/Berlin"


def in_berlin(text: str, *, fold: int = 0) -> datetime:
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN), fold=fold)
    return local.astimezone(UTC)


def nights(days: frozenset[int] = EVERY_DAY, zone: str = BERLIN) -> Quiet:
    return Quiet(days=days, begins=time(22), ends=time(7), zone=zone)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-01-05 21:59", None),
        ("2026-01-05 22:00", "2026-01-06 07:00"),
        ("2026-01-06 06:59", "2026-01-06 07:00"),
        ("2026-01-06 07:00", None),
        ("2026-03-29 01:30", "2026-03-29 07:00"),
        ("2026-10-25 02:30", "2026-10-25 07:00"),
    ],
)
def test_quiet_hours_reach_across_midnight(now: str, end: str | None) -> None:
    expected = None if end is None else in_berlin(end)

    assert quiet_until(nights(), now=in_berlin(now)) == expected


def test_days_name_the_day_on_which_the_window_starts() -> None:
    friday_night = in_berlin("2026-01-10 03:00")
    saturday_night = in_berlin("2026-01-10 23:00")

    assert quiet_until(nights(WEEKDAYS), now=friday_night) == in_berlin("2026-01-10 07:00")
    assert quiet_until(nights(WEEKDAYS), now=saturday_night) is None


def test_quiet_hours_that_end_in_the_repeated_hour_end_with_its_last_minute() -> None:
    quiet = Quiet(days=EVERY_DAY, begins=time(22), ends=time(2, 30), zone=BERLIN)
    second_ten_past_two = in_berlin("2026-10-25 02:10", fold=1)

    end = quiet_until(quiet, now=second_ten_past_two)

    assert end == in_berlin("2026-10-25 02:30", fold=1)


def test_windows_that_touch_are_one() -> None:
    quiet = Quiet(days=frozenset({6, 7}), begins=time(0), ends=time(0), zone=BERLIN)

    assert quiet_until(quiet, now=in_berlin("2026-01-10 12:00")) == in_berlin("2026-01-12 00:00")


def digests_of(digest: Digest, *, since: datetime, days: int) -> list[datetime]:
    """Return every digest within `days`, in local time."""
    found, now = [], since
    while (now := next_digest_at(digest, now=now)) < since + timedelta(days=days):
        found.append(now.astimezone(ZoneInfo(digest.zone)))
    return found


def test_a_digest_in_the_hour_that_spring_skips_goes_after_the_gap() -> None:
    digest = Digest(days=EVERY_DAY, at=time(2, 30), zone=BERLIN)

    found = digests_of(digest, since=in_berlin("2026-03-28 00:00"), days=3)

    assert [at.strftime("%d %H:%M") for at in found] == ["28 02:30", "29 03:00", "30 02:30"]


def test_a_digest_in_the_hour_that_autumn_repeats_goes_once_at_the_first() -> None:
    digest = Digest(days=EVERY_DAY, at=time(2, 30), zone=BERLIN)

    found = digests_of(digest, since=in_berlin("2026-10-24 00:00"), days=3)

    assert [at.strftime("%d %H:%M") for at in found] == ["24 02:30", "25 02:30", "26 02:30"]
    assert [at.fold for at in found] == [0, 0, 0]


def test_digests_keep_to_their_days_and_to_zones_of_odd_minutes() -> None:
    digest = Digest(days=WEEKDAYS, at=time(8), zone="Asia/Kathmandu")

    found = digests_of(digest, since=datetime(2026, 1, 9, tzinfo=UTC), days=4)

    assert [at.astimezone(UTC).strftime("%a %H:%M") for at in found] == ["Fri 02:15", "Mon 02:15"]


def test_a_year_of_digests_is_one_a_day() -> None:
    for zone in (BERLIN, "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"):
        digest = Digest(days=EVERY_DAY, at=time(2, 15), zone=zone)

        found = digests_of(digest, since=datetime(2026, 1, 1, 18, tzinfo=UTC), days=365)

        assert len({at.date() for at in found}) == len(found) == 365
