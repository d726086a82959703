"""Which countries are told of what is news, by `countries.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.told import cases, news_of, stories_of

RULES = cases("steps/countries.yml")["rules"]


@pytest.mark.parametrize(("lang", "told", "rule"), stories_of(RULES))
def test_a_story_has_the_countries_where_its_event_applies(lang: str, told: str, rule: Any) -> None:
    news = [report for report in news_of(lang, told) if report.type == rule["type"]]

    assert news
    assert {place for report in news for place in report.countries} == set(rule["countries"])
