"""Who is named beside the news and has no part in it, and true events in nearly the same words, by `named_beside.yml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.common.contracts.reading import Focus, Role
from tests.unit.classifier.test_structure import a_told, pipeline

RULES = yaml.safe_load(Path(__file__).with_name("named_beside.yml").read_text(encoding="utf-8"))


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
        for report in reports
        if report.focus is Focus.MAIN
    }
    assert concerned == news
