"""What a story says with other words than the usual ones, by `turning_points.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.told import cases, news_of, stories_of

RULES = cases("syntax/turning_points.yml")["rules"]


@pytest.mark.parametrize(("lang", "told", "rule"), stories_of(RULES))
def test_a_story_tells_what_came_about_and_nothing_else(
    lang: str, told: str, rule: dict[str, Any]
) -> None:
    read = {f"{report.type} {report.stage}" for report in news_of(lang, told)}

    assert read <= set(rule["news"])
    assert bool(read) is bool(rule["news"])
