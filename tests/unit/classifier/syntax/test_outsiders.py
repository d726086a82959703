"""Companies that a story names beside its news and that have no part in it, by `outsiders.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.told import cases, news_of, stories_of

TOLD = cases("syntax/outsiders.yml")
LEAST_LANGUAGES = 12


@pytest.mark.parametrize(("lang", "told", "rule"), stories_of(TOLD["rules"]))
def test_an_outsider_has_no_part_in_the_news(lang: str, told: str, rule: dict[str, Any]) -> None:
    news = news_of(lang, told)

    assert [(report.type, str(report.stage)) for report in news] == [(rule["type"], "confirmed")]
    assert {str(party.id): str(party.role) for party in news[0].companies} == rule["roles"]


@pytest.mark.parametrize("rule", TOLD["rules"], ids=lambda rule: rule["rule"])
def test_every_rule_is_told_in_many_languages(rule: dict[str, Any]) -> None:
    assert len(rule["stories"]) >= LEAST_LANGUAGES
