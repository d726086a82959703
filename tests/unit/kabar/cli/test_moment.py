"""Times on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click
import pytest

from kabar.cli.times import Moment, Since
from services.common.clock import SystemClock


@pytest.mark.parametrize("text", ["0001-01-01", "0026-11-01", "2026-02-30", "30d"])
def test_what_is_no_date_or_long_before_any_news_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"is no date|is before 1970"):
        Moment().convert(text, None, None)


@pytest.mark.parametrize("text", ["0001-01-01", "2026-02-30", "36500d", "-2h", "yesterday"])
def test_what_is_neither_a_date_nor_how_long_ago_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"or how long ago, as in 2h|is before 1970"):
        Since().convert(text, None, None)


def test_where_something_begins_may_be_said_as_how_long_ago() -> None:
    before = SystemClock().now()

    began = Since().convert("2h", None, None)

    assert timedelta(0) <= began - (before - timedelta(hours=2)) < timedelta(minutes=1)
    assert Since().convert("2026-01-31", None, None) == datetime(2026, 1, 31, tzinfo=UTC)
