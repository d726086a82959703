"""Companies that a story names beside its news and that have no part in it, by `outsiders.yml`."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from services.classifier.pipeline import Pipeline
from tests.support.told import a_pipeline, a_told, cases, main_of

TOLD = cases("syntax/outsiders.yml")
LEAST_LANGUAGES = 12


def stories() -> list[Any]:
    return [
        pytest.param(lang, told, rule, id=f"{lang}: {rule['rule']}")
        for rule in TOLD["rules"]
        for lang, told in rule["stories"].items()
    ]


@cache
def pipeline() -> Pipeline:
    return a_pipeline(TOLD["companies"], {})


@pytest.mark.parametrize(("lang", "told", "rule"), stories())
def test_an_outsider_has_no_part_in_the_news(lang: str, told: str, rule: dict[str, Any]) -> None:
    news = main_of(pipeline().read(a_told(lang, told)).reports)

    assert [(report.type, str(report.stage)) for report in news] == [(rule["type"], "confirmed")]
    assert {str(party.id): str(party.role) for party in news[0].companies} == rule["roles"]


@pytest.mark.parametrize("rule", TOLD["rules"], ids=lambda rule: rule["rule"])
def test_every_rule_is_told_in_many_languages(rule: dict[str, Any]) -> None:
    assert len(rule["stories"]) >= LEAST_LANGUAGES
