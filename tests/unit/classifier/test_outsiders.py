"""Companies that a story names beside its news and that have no part in it, by `outsiders.yml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Focus
from tests.support.builders import a_family_watchlist, a_story

TOLD = yaml.safe_load(Path(__file__).with_name("outsiders.yml").read_text(encoding="utf-8"))
LEAST_LANGUAGES = 12


def stories() -> list[Any]:
    return [
        pytest.param(lang, told, rule, id=f"{lang}: {rule['rule']}")
        for rule in TOLD["rules"]
        for lang, told in rule["stories"].items()
    ]


@cache
def pipeline() -> Pipeline:
    names = {name.lower(): [name, *aliases] for name, aliases in TOLD["companies"].items()}
    return Pipeline.of(a_family_watchlist(names, {}))


@pytest.mark.parametrize(("lang", "told", "rule"), stories())
def test_an_outsider_has_no_part_in_the_news(lang: str, told: str, rule: dict[str, Any]) -> None:
    title, _, text = told.partition(" / ")

    reports = pipeline().read(a_story(title=title, text=text, language=lang)).reports

    news = [report for report in reports if report.focus is Focus.MAIN]
    assert [(report.type, str(report.stage)) for report in news] == [(rule["type"], "confirmed")]
    assert {str(party.id): str(party.role) for party in news[0].companies} == rule["roles"]


@pytest.mark.parametrize("rule", TOLD["rules"], ids=lambda rule: rule["rule"])
def test_every_rule_is_told_in_many_languages(rule: dict[str, Any]) -> None:
    assert len(rule["stories"]) >= LEAST_LANGUAGES
