"""What was before the news, what ends, comes back or is lifted, and verbs of two senses, by `past_deals.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from services.common.contracts.reading import Role
from tests.support.told import cases, news_of

NOTHING = "none"
STORIES = [
    pytest.param(lang, told, rule, id=f"{lang}: {rule['rule']}, {number}")
    for rule in cases("syntax/past_deals.yml")["rules"]
    for number, story in enumerate(rule["stories"])
    for lang, told in story.items()
]


@pytest.mark.parametrize(("lang", "told", "rule"), STORIES)
def test_only_the_news_is_told_and_how_far_it_has_come(lang: str, told: str, rule: Any) -> None:
    news = news_of(lang, told)

    assert [report.type for report in news] == ([] if rule["type"] == NOTHING else [rule["type"]])
    for report in news:
        assert str(report.stage) in rule.get("stages", [str(report.stage)])
        roles = {str(c.id): str(c.role) for c in report.companies if c.role is not Role.PARTY}
        assert roles == rule.get("roles", roles)
