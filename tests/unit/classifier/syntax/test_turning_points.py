"""What a story says with other words than the usual ones, by `turning_points.yml`."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from services.classifier.pipeline import Pipeline
from tests.support.told import a_pipeline, a_told, cases, main_of

RULES = cases("syntax/turning_points.yml")["rules"]
STORIES = [
    pytest.param(lang, told, rule["news"], id=f"{lang}: {rule['rule']}")
    for rule in RULES
    for lang, told in rule["stories"].items()
]


@cache
def pipeline() -> Pipeline:
    return a_pipeline(cases("syntax/outsiders.yml")["companies"], {})


@pytest.mark.parametrize(("lang", "told", "news"), STORIES)
def test_a_story_tells_what_came_about_and_nothing_else(
    lang: str, told: str, news: list[Any]
) -> None:
    read = {
        f"{report.type} {report.stage}"
        for report in main_of(pipeline().read(a_told(lang, told)).reports)
    }

    assert read <= set(news)
    assert bool(read) is bool(news)
