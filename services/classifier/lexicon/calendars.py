"""Calendars: days of the other calendars that newspapers date by, as days of ours.

Solar Hijri (Iran, Afghanistan), Islamic, Bengali, and years counted from another era: Buddhist, of the
Japanese emperors, of the Republic of China.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

BUDDHIST = 543
REPUBLIC = -1911
JAPANESE = {"令和": -2018, "平成": -1988, "昭和": -1925}
"""What to take from, or add to, a year of the era: 令和6 is 2024."""

# Years in which the rule "33 years have eight leap days" breaks do not come before 1502 (2123).
_SOLAR_LEAPS = frozenset((1, 5, 9, 13, 17, 22, 26, 30))
_SOLAR_EPOCH = date(1979, 3, 21).toordinal()
_SOLAR_FIRST = 1358
_ISLAMIC_EPOCH = 227_015  # 1 Muharram 1, civil: 19 July 622, as a Gregorian ordinal.


def solar_hijri(year: int, month: int, day: int) -> date | None:
    """Return a day of the Solar Hijri calendar, from 1358 (1979) on; None where there is no such day.

    Six months of 31 days, five of 30, the last of 29 or 30: 1 فروردین 1403 is 20 March 2024.
    """
    if not (_SOLAR_FIRST <= year < _SOLAR_FIRST + 130 and 1 <= month <= 12):
        return None
    longest = 31 if month <= 6 else 30
    if month == 12 and year % 33 not in _SOLAR_LEAPS:
        longest = 29
    if not 1 <= day <= longest:
        return None
    before = sum(365 + (past % 33 in _SOLAR_LEAPS) for past in range(_SOLAR_FIRST, year))
    in_year = 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1
    return date.fromordinal(_SOLAR_EPOCH + before + in_year)


def islamic(year: int, month: int, day: int) -> date | None:
    """Return a day of the civil Islamic calendar; one that was sighted may be a day earlier or later."""
    if not (1300 <= year <= 1600 and 1 <= month <= 12 and 1 <= day <= 30):
        return None
    months = 29 * (month - 1) + month // 2
    return date.fromordinal(
        _ISLAMIC_EPOCH + 354 * (year - 1) + (3 + 11 * year) // 30 + months + day - 1
    )


def bengali(year: int, month: int, day: int) -> date | None:
    """Return a day of the calendar of Bangladesh as it is since 2019; 1 বৈশাখ is always 14 April."""
    if not (1400 <= year <= 1500 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    in_year = 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day - 1
    spring = date(year + 593, 4, 14)
    leap = date(year + 594, 3, 1) - date(year + 594, 2, 28)
    if month == 12:
        in_year += leap.days - 2
    return spring + timedelta(days=in_year)


_CALENDARS: Mapping[str, tuple[Callable[[int, int, int], date | None], int]] = {
    "solar": (solar_hijri, -621),
    "islamic": (islamic, -579),
    "bengali": (bengali, -593),
}
"""For each calendar how to read a day, and about how far its years are from ours."""


def day_of(name: str, year: int | None, month: int, day: int, *, near: date | None) -> date | None:
    """Return a day of the calendar of that name as ours; without a year the one nearest to `near`.

    None where there is no such day, or neither a year nor a day that it is near to.
    """
    read, away = _CALENDARS[name]
    if year is not None:
        return read(year, month, day)
    if near is None:
        return None
    about = near.year + away
    days = [found for guess in (about - 1, about, about + 1) if (found := read(guess, month, day))]
    return min(days, key=lambda found: abs(found - near), default=None)
