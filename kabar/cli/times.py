"""Times on the command line: a date or RFC 3339."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

EARLIEST_YEAR = 1970
"""What is before it is a slip of the pen, and leaves no room for the days before it."""


class Moment(click.ParamType):
    """A date, which is its midnight in UTC, or a time as RFC 3339 has it, UTC unless it says."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return an aware time."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f'"{value}" is no date: write 2026-01-31 or 2026-01-31T08:00:00Z.', param, ctx
            )
        if moment.year < EARLIEST_YEAR:
            self.fail(f'"{value}" is before {EARLIEST_YEAR}.', param, ctx)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
