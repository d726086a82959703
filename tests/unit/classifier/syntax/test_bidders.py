"""Who bids against others, ranks behind others, or bought something earlier, by `bidders.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from services.common.contracts.reading import Role
from tests.support.told import cases, news_of, stories_of

RULES = cases("syntax/bidders.yml")["rules"]
NEWS = [rule for rule in RULES if "roles" in rule]
NO_NEWS = [rule for rule in RULES if "roles" not in rule]


@pytest.mark.parametrize(("lang", "told", "rule"), stories_of(NEWS))
def test_each_company_has_its_part_and_no_other(lang: str, told: str, rule: Any) -> None:
    [news] = news_of(lang, told)

    assert news.type == rule["type"]
    assert str(news.stage) in rule.get("stages", [str(news.stage)])
    has_parties = Role.PARTY in rule["roles"].values()
    roles = {
        str(c.id): str(c.role) for c in news.companies if has_parties or c.role is not Role.PARTY
    }
    assert roles == rule["roles"]


@pytest.mark.parametrize(("lang", "told", "rule"), stories_of(NO_NEWS))
def test_a_deal_of_before_is_no_news(lang: str, told: str, rule: Any) -> None:  # noqa: ARG001
    assert not news_of(lang, told)
