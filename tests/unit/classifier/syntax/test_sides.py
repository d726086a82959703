"""Who buys, who sells and who is only named beside a deal, by `sides.yml`."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Role
from tests.support.told import a_pipeline, a_told, cases, main_of, stories_of

CASES = cases("syntax/sides.yml")


@cache
def pipeline() -> Pipeline:
    return a_pipeline(cases("syntax/outsiders.yml")["companies"], CASES["owners"])


@pytest.mark.parametrize(("lang", "told", "rule"), stories_of(CASES["rules"]))
def test_each_company_has_its_side_of_the_deal(lang: str, told: str, rule: Any) -> None:
    news, *more = main_of(pipeline().read(a_told(lang, told)).reports)

    assert news.type == "acquisition"
    assert str(news.stage) in rule.get("stages", [str(news.stage)])
    roles = {str(c.id): str(c.role) for c in news.companies}
    if "never" in rule:
        assert rule["roles"].items() <= roles.items()
        assert roles.items().isdisjoint(rule["never"].items())
    else:
        assert not more
        sides = {one: role for one, role in roles.items() if role != Role.PARTY}
        assert sides == rule["roles"]
