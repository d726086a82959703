"""Times on the command line: a date or RFC 3339, and where something began also a duration before now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from services.common.clock import SystemClock
from services.common.durations import parse_duration

EARLIEST_YEAR = 1970
"""What is before it is a slip of the pen, and leaves no room for the days before it."""


class Moment(click.ParamType):
    """A date, which is its midnight in UTC, or a time as RFC 3339 has it, UTC unless it says."""

    name = "time"
    forms = "write 2026-01-31 or 2026-01-31T08:00:00Z"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return an aware time."""
        if isinstance(value, datetime):
            return value
        try:
            moment = self.read(value)
        except ValueError:
            self.fail(f'"{value}" is no date: {self.forms}.', param, ctx)
        if moment.year < EARLIEST_YEAR:
            self.fail(f'"{value}" is before {EARLIEST_YEAR}.', param, ctx)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)

    def read(self, text: str) -> datetime:
        """Return the time that `text` says; ValueError: it says none."""
        return datetime.fromisoformat(text)


class Since(Moment):
    """Where something begins: a time, or how long ago."""

    forms = "write 2026-01-31 or 2026-01-31T08:00:00Z, or how long ago, as in 2h or 30d"

    def read(self, text: str) -> datetime:
        """Return the time that `text` says, or that of so long ago."""
        try:
            return SystemClock().now() - parse_duration(text)
        except ValueError:
            return super().read(text)
