"""Who is named beside the news and has no part in it, and true events in nearly the same words, by `named_beside.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from services.common.contracts.reading import Role
from tests.support.told import a_told, cases, main_of, pipeline

RULES = cases("syntax/named_beside.yml")


def stories() -> list[Any]:
    return [
        pytest.param(language, told, rule["news"], id=f"{language}: {told[:90]}: {rule['rule']}")
        for rule in RULES["rules"]
        for language, told in rule["stories"]
    ]


@pytest.mark.parametrize(("language", "told", "news"), stories())
def test_only_those_concerned_have_a_part_in_the_news(
    language: str, told: str, news: dict[str, list[str]]
) -> None:
    reports = pipeline().read(a_told(language, told)).reports

    concerned = {
        report.type: sorted(str(c.id) for c in report.companies if c.role is not Role.PARTY)
        for report in main_of(reports)
    }
    assert concerned == news
