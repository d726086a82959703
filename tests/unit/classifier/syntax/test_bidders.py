"""Who bids against others, ranks behind others, or bought something earlier, by `bidders.yml`."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Report, Role
from tests.support.told import a_pipeline, a_told, cases, main_of

RULES = cases("syntax/bidders.yml")["rules"]


def stories(*, of_news: bool) -> list[Any]:
    return [
        pytest.param(lang, told, rule, id=f"{lang}: {rule['rule']}")
        for rule in RULES
        if ("roles" in rule) is of_news
        for lang, told in rule["stories"].items()
    ]


@cache
def pipeline() -> Pipeline:
    return a_pipeline(cases("syntax/outsiders.yml")["companies"], {})


def news_of(lang: str, told: str) -> list[Report]:
    return main_of(pipeline().read(a_told(lang, told)).reports)


@pytest.mark.parametrize(("lang", "told", "rule"), stories(of_news=True))
def test_each_company_has_its_part_and_no_other(lang: str, told: str, rule: Any) -> None:
    [news] = news_of(lang, told)

    assert news.type == rule["type"]
    assert str(news.stage) in rule.get("stages", [str(news.stage)])
    has_parties = Role.PARTY in rule["roles"].values()
    roles = {
        str(c.id): str(c.role) for c in news.companies if has_parties or c.role is not Role.PARTY
    }
    assert roles == rule["roles"]


@pytest.mark.parametrize(("lang", "told", "rule"), stories(of_news=False))
def test_a_deal_of_before_is_no_news(lang: str, told: str, rule: Any) -> None:  # noqa: ARG001
    assert not news_of(lang, told)
