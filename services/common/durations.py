"""Durations as people write them: an integer and s, m, h or d."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LONGEST = timedelta(days=36_500)
"""What is longer leaves the calendar where it is added to a date, or taken from one."""

_DURATION = re.compile(r"([0-9]{1,6})([smhd])")


def parse_duration(text: str) -> timedelta:
    """Return what `text` says, such as 60s, 10m, 24h or 30d.

    Raises:
        ValueError: it is not an integer and a unit, or over a hundred years; the message says what to
            write.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(
            f'"{text}" is not a duration: write an integer and s, m, h or d, as in 10m.'
        )
    duration = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if duration > _LONGEST:
        raise ValueError(f'"{text}" is too long: write at most {_LONGEST.days}d.')
    return duration


def format_duration(duration: timedelta) -> str:
    """Return `duration` in the largest unit that says it exactly; parse_duration reads it back."""
    seconds = int(duration.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
