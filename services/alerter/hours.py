"""Hours: times of day in somebody's zone, right over both clock changes.

A time that spring skips is the first one after the gap (02:30 becomes 03:00). Of one that autumn
repeats, digests and beginnings mean the first, and the ends of quiet hours the last, so that nothing
goes at a minute whose name is forbidden.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.common.contracts.subscription import Digest, Quiet

_DAY = timedelta(days=1)
_MAX_WINDOWS = 8  # quiet hours that follow on each other all week would never end


def quiet_until(quiet: Quiet, *, now: datetime) -> datetime | None:
    """Return the end of the quiet hours that `now` lies in (UTC); None outside of them.

    Windows that touch count as one. A window whose end is not after its beginning ends a day later.
    """
    end: datetime | None = None
    for _ in range(_MAX_WINDOWS):
        following = _window_end(quiet, end or now)
        if following is None:
            return end
        end = following
    return end


def next_digest_at(digest: Digest, *, now: datetime) -> datetime:
    """Return when the next digest after `now` goes (UTC).

    Raises:
        ValueError: it has no days.
    """
    today = now.astimezone(ZoneInfo(digest.zone)).date()
    for offset in range(-1, 9):
        day = today + offset * _DAY
        if day.isoweekday() not in digest.days:
            continue
        at = _instant(day, digest.at, digest.zone, fold=0)
        if at > now:
            return at
    raise ValueError(f"A digest needs days between 1 and 7, not {sorted(digest.days)}.")


def next_weekly_at(digest: Digest, *, now: datetime) -> datetime:
    """Return when the first digest of a week (it begins on Monday) goes next after `now` (UTC)."""
    first = min(digest.days)
    at = next_digest_at(digest, now=now)
    while at.astimezone(ZoneInfo(digest.zone)).isoweekday() != first:
        at = next_digest_at(digest, now=at)
    return at


def _window_end(quiet: Quiet, moment: datetime) -> datetime | None:
    today = moment.astimezone(ZoneInfo(quiet.zone)).date()
    ends = []
    for day in (today - _DAY, today):
        if day.isoweekday() not in quiet.days:
            continue
        last_day = day if quiet.begins < quiet.ends else day + _DAY
        begin = _instant(day, quiet.begins, quiet.zone, fold=0)
        end = _instant(last_day, quiet.ends, quiet.zone, fold=1)
        if begin <= moment < end:
            ends.append(end)
    return max(ends, default=None)


def _instant(day: date, at: time, zone: str, *, fold: int) -> datetime:
    """Return the moment (UTC) at which clocks in `zone` show `at` on `day`."""
    place = ZoneInfo(zone)
    local = datetime.combine(day, at, tzinfo=place)
    moment = local.replace(fold=fold).astimezone(UTC)
    if moment.astimezone(place).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _end_of_gap(local)


def _end_of_gap(local: datetime) -> datetime:
    """Return when the clock jumped over `local`: where its offset changes, to the second."""
    before = local.replace(fold=1).astimezone(UTC)
    after = local.replace(fold=0).astimezone(UTC)
    place, offset = local.tzinfo, local.replace(fold=1).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(place).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
