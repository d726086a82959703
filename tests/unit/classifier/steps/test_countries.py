"""Which countries are told of what is news, by `countries.yml`."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from services.classifier.pipeline import Pipeline
from tests.support.told import a_pipeline, a_told, cases, main_of

RULES = cases("steps/countries.yml")["rules"]


@cache
def pipeline() -> Pipeline:
    return a_pipeline(cases("syntax/outsiders.yml")["companies"], {})


@pytest.mark.parametrize(
    ("lang", "told", "rule"),
    [
        pytest.param(lang, told, rule, id=f"{lang}: {rule['rule']}")
        for rule in RULES
        for lang, told in rule["stories"].items()
    ],
)
def test_a_story_has_the_countries_where_its_event_applies(lang: str, told: str, rule: Any) -> None:
    news = [
        report
        for report in main_of(pipeline().read(a_told(lang, told)).reports)
        if report.type == rule["type"]
    ]

    assert news
    assert {place for report in news for place in report.countries} == set(rule["countries"])
