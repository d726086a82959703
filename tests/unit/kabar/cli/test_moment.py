"""Times on the command line."""

from __future__ import annotations

import click
import pytest

from kabar.cli.times import Moment


@pytest.mark.parametrize("text", ["0001-01-01", "0026-11-01", "2026-02-30", "30d"])
def test_what_is_no_date_or_long_before_any_news_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"is no date|is before 1970"):
        Moment().convert(text, None, None)
