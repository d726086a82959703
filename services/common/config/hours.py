"""Hours as subscriptions.yml has them: quiet ones and digests, by weekday, time of day and zone."""

from __future__ import annotations

import re
from datetime import time
from zoneinfo import ZoneInfo, available_timezones

from services.common.config.fields import Fields, parsed
from services.common.config.findings import suggestion
from services.common.config.yaml import Sequence
from services.common.contracts.subscription import Digest, Quiet, WhenEmpty

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY_DAY = frozenset(range(1, 8))
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def read_quiet(send: Fields) -> Quiet | None:
    """Return the quiet hours of a send; None where it has none, or has them with a mistake."""
    fields = send.mapping("quiet", known=("days", "from", "to", "zone"))
    if fields is None:
        return None
    fields.require("from", "to", "zone")
    begins, ends = fields.read("from", wall_time), fields.read("to", wall_time)
    days, zone = _days(fields), fields.read("zone", zone_name)
    if begins is not None and begins == ends:
        fields.page.error(fields.node.values["to"], 'quiet hours end at another time than "from"')
    if begins is None or ends is None or days is None or zone is None:
        return None
    return Quiet(days=days, begins=begins, ends=ends, zone=zone)


def read_digest(send: Fields) -> Digest | None:
    """Return when the digests of a send go; None where it has none, or has them with a mistake."""
    fields = send.mapping("digest", known=("days", "at", "zone", "empty"))
    if fields is None:
        return None
    fields.require("at", "zone")
    at, days, zone = fields.read("at", wall_time), _days(fields), fields.read("zone", zone_name)
    empty = WhenEmpty(fields.choice("empty", tuple(WhenEmpty)) or WhenEmpty.NOTHING)
    if at is None or days is None or zone is None:
        return None
    return Digest(days=days, at=at, zone=zone, empty=empty)


def _days(fields: Fields) -> frozenset[int] | None:
    """Return ISO weekdays, every day unless told: mon-fri, or a list of days and ranges."""
    node = fields.node_of("days")
    if node is None:
        return _EVERY_DAY
    if (never := fields.empty_list("days")) is not None:
        fields.page.error(never, '"days" names no day: leave it out for every day')
    nodes = fields.scalars("days") if isinstance(node, Sequence) else [fields.scalar("days")]
    ranges = [parsed(fields.page, part, day_range) for part in nodes if part is not None]
    found = frozenset().union(*(days for days in ranges if days is not None))
    return found or None


def day_range(text: str) -> frozenset[int]:
    """Return the ISO weekdays of mon, mon-fri, sat-mon or mon,wed.

    Raises:
        ValueError: it names none; the message says which there are.
    """
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().lower().partition("-")
        names = [first, last or first]
        for name in names:
            if name not in DAYS:
                near = suggestion(name[:3], DAYS) or f": write {', '.join(DAYS)} or mon-fri"
                raise ValueError(f'"{name}" is not a day{near}')
        begins, ends = (DAYS.index(name) for name in names)
        days.update((begins + step) % 7 + 1 for step in range((ends - begins) % 7 + 1))
    return frozenset(days)


def wall_time(text: str) -> time:
    """Return a time of the day such as 22:00.

    Raises:
        ValueError: it is none.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is not a time of the day: write it as in 07:30 or 22:00')
    return time(int(found[1]), int(found[2]))


def zone_name(text: str) -> str:
    """Return the name of a time zone that this machine knows.

    Raises:
        ValueError: it knows none of that name; the message has the nearest.
    """
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        near = suggestion(text, available_timezones()) or ": write it as in Europe/Oslo"
        raise ValueError(f'"{text}" is not a time zone{near}') from error
    return text
