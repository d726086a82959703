"""Companies that only look on while something happens to others, by `onlookers.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from services.common.contracts.reading import Role
from tests.support.told import cases, news_of, stories_of

TOLD = cases("syntax/onlookers.yml")


@pytest.mark.parametrize(("lang", "told", "rule"), stories_of(TOLD["rules"]))
def test_who_only_looks_on_has_no_side(lang: str, told: str, rule: dict[str, Any]) -> None:
    [news] = news_of(lang, told)

    assert news.type == rule["type"]
    sides = {str(c.id): str(c.role) for c in news.companies if c.role is not Role.PARTY}
    assert sides == TOLD["roles"][rule["type"]]
