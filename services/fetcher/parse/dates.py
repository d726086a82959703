"""Times as feeds write them, to aware datetimes in UTC.

A time without a zone is taken as UTC. Sources: RFC 822 and 5322, RFC 3339; layouts and month names
that publishers in the served languages use.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

# JavaScript writes "GMT+0530", others "UTC+3" or "+03"; "2026-01-05-2" is the second one of a day.
_ZONE = (
    r"((?:(?:gmt|utc)\s?[+-]\d{1,2}(?::?\d{2})?|[+-]\d{1,2}:?\d{2}|[+-](?:0\d|1[0-4]))(?!\d)"
    r"|[a-z]{1,5}(?![a-z]))?"
)
_RFC_822 = re.compile(
    r"(?:[^\W\d]+\.?,?\s*)?(\d{1,2})(?:st|nd|rd|th|\.|º)?[\s-]+(?:de\s+)?([^\W\d]+)\.?,?[\s-]+(?:de\s+)?"
    r"(\d{4}|\d{2})(?:[,\s]+(?:at\s+|à\s+|um\s+)?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?)?"
    rf"\s*(am|pm)?\s*\(?{_ZONE}.*",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?([^\W\d]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(?:(\d{4})[,\s]*)?"
    r"(?:at\s+)?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*(am|pm)?\s*"
    rf"{_ZONE}"
    r"\s*(\d{4})?.*",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"(\d{4})[-/.年년]\s*(\d{1,2})[-/.月월]\s*(\d{1,2})[日일]?(?:[T\s]+(\d{1,2})[:時时](\d{2})(?:[:分](\d{2})(?:[.,]\d+)?)?秒?)?"
    rf"\s*(am|pm)?\s*{_ZONE}.*",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[,\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
    rf"\s*(am|pm)?\s*{_ZONE}.*",
    re.IGNORECASE,
)

# What most feeds write, less the time: the same day and zone again and again. The layouts above cost
# five times as much.
_USUAL_DAY = re.compile(r"[A-Za-z]{3}, (\d\d) ([A-Za-z]{3}) ([12]\d{3}) ", re.ASCII)
_USUAL_ZONE = re.compile(r" (?:GMT|([+-]\d\d)(\d\d))", re.ASCII)
_LONGEST = 80

_ZONE_HOURS = {
    "": 0.0, "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "bst": 1, "west": 1, "cet": 1, "met": 1,
    "cest": 2, "mest": 2, "eet": 2, "sast": 2, "eest": 3, "msk": 3, "trt": 3, "ist": 5.5, "pkt": 5,
    "wib": 7, "ict": 7, "wita": 8, "sgt": 8, "hkt": 8, "myt": 8, "pht": 8, "wit": 9, "jst": 9,
    "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "est": -5, "edt": -4, "cst": -6,
    "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
    "brt": -3, "art": -3,
}  # fmt: skip
# The first letters of each month, in English and the served languages that write dates with letters.
_MONTHS = (
    "jan jän ene janv gen янв січ sty oca ocak يناير ژانویه جنوری",
    "feb fév fev févr лют фев lut şub şubat فبراير فوریه فروری",
    "mar mär mrt mrz maa мар бер març mac مارس مارچ",
    "apr abr avr апр кві kwi nis nisan أبريل ابريل آوریل اپریل",
    "may mai mei maj mag май мая тра may mayıs مايو مئی",
    "jun juin giu июн чер cze haz haziran يونيو يونيه ژوئن جون",
    "jul juil lug июл лип lip tem temmuz يوليو يوليه ژوئیه جولائی julai",
    "aug ago aoû août agu ogo авг сер sie ağu ağustos أغسطس اغسطس اوت اگست",
    "sep set sept sett сен вер wrz eyl eylül سبتمبر سپتامبر ستمبر",
    "oct okt oct out ott окт жов paź eki ekim أكتوبر اكتوبر اکتبر اکتوبر",
    "nov ноя лис lis kas kasım نوفمبر نوامبر نومبر",
    "dec des dic déc dez дек гру gru ara aralık ديسمبر دسامبر دسمبر dis",
)
_MONTH_BY_START = {
    start: number for number, starts in enumerate(_MONTHS, start=1) for start in starts.split()
}


def moment(text: str | None) -> datetime | None:
    """Return the time that `text` says, in UTC; None where it says none that can be read."""
    return _read(text) if text and (text := text.strip()[:_LONGEST]) else None


def _read(text: str) -> datetime | None:
    try:
        if text[0].isdecimal():
            return _standard(text) or _numeric(text) or _written(text)
        return _usual(text) or _written(text)
    except (ValueError, OverflowError):
        return None


def _standard(text: str) -> datetime | None:
    return _iso(text.upper().replace(" Z", "Z").replace("UTC", "Z"))


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _usual(text: str) -> datetime | None:
    day, time, zone = _usual_day(text[:17]), text[17:25], _usual_zone(text[25:])
    if day is None or zone is None or not time[2:3] == time[5:6] == ":":
        return None
    return _iso(f"{day}T{time}{zone}")


@lru_cache(maxsize=256)
def _usual_day(text: str) -> str | None:
    if (found := _USUAL_DAY.fullmatch(text)) is None:
        return None
    day, month, year = found.groups()
    return f"{year}-{_month(month):02}-{day}"


@lru_cache(maxsize=256)
def _usual_zone(text: str) -> str | None:
    if (found := _USUAL_ZONE.fullmatch(text)) is None:
        return None
    return f"{found[1]}:{found[2]}" if found[1] else "Z"


def _numeric(text: str) -> datetime | None:
    if found := _NUMERIC.fullmatch(text):
        year, month, day, *rest = found.groups()
        return _moment(int(year), int(month), int(day), *rest)
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year, *rest = found.groups()
        return _moment(int(year), int(month), int(day), *rest)
    return None


def _written(text: str) -> datetime | None:
    if found := _RFC_822.fullmatch(text):
        day, name, year, *rest = found.groups()
        return _moment(_year(year), _month(name), int(day), *rest)
    if found := _MONTH_FIRST.fullmatch(text):
        name, day, year, *rest, late_year = found.groups()
        return _moment(_year(year or late_year or ""), _month(name), int(day), *rest)
    return None


def _moment(
    year: int,
    month: int,
    day: int,
    hour: str | None,
    minute: str | None,
    second: str | None,
    half: str | None,
    zone: str | None,
) -> datetime:
    hours = int(hour or 0)
    if half and hours <= 12:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    # 24:00 is the next midnight, and a leap second the next second.
    found = datetime(year, month, day, tzinfo=_zone(zone or "")) + timedelta(
        hours=hours, minutes=int(minute or 0), seconds=int(second or 0)
    )
    if hours > 24:
        raise ValueError(f"{hours} o'clock")
    return found.astimezone(UTC)


@lru_cache(maxsize=256)
def _zone(text: str) -> timezone:
    if (at := max(text.find("+"), text.find("-"))) >= 0:
        digits = text[at + 1 :].replace(":", "")
        hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-offset if text[at] == "-" else offset)
    return timezone(timedelta(hours=_ZONE_HOURS.get(text.lower(), 0)))


def _year(text: str) -> int:
    year = int(text)
    return year if year >= 100 else year + (2000 if year < 70 else 1900)


@lru_cache(maxsize=256)
def _month(name: str) -> int:
    name = name.casefold()
    for length in range(len(name), 2, -1):
        if name[:length] in _MONTH_BY_START:
            return _MONTH_BY_START[name[:length]]
    raise ValueError(f"{name} is no month")
