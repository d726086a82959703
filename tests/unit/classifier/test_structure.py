"""Rules of structure that hold in every language, by the sentences of `structure.yml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Report
from services.common.contracts.story import Story
from tests.support.builders import a_family_watchlist, a_story

TOLD = yaml.safe_load(Path(__file__).with_name("structure.yml").read_text(encoding="utf-8"))
RULES = TOLD["rules"]
LEAST_LANGUAGES = 12


def stories() -> list[Any]:
    return [
        pytest.param(lang, text, rule["expect"], id=f"{lang}: {rule['rule']}")
        for rule in RULES
        for lang, text in rule["stories"].items()
    ]


@cache
def pipeline() -> Pipeline:
    names = {name.lower(): [name, *aliases] for name, aliases in TOLD["companies"].items()}
    owners = {name.lower(): owner.lower() for name, owner in TOLD["owners"].items()}
    return Pipeline.of(a_family_watchlist(names, owners))


def a_told(lang: str, told: str) -> Story:
    title, _, text = told.partition(" / ")
    return a_story(title=title, text=text, language=lang)


@pytest.mark.parametrize(("lang", "told", "expected"), stories())
def test_the_rule_holds_in_this_language(
    lang: str, told: str, expected: list[dict[str, Any]]
) -> None:
    reports = pipeline().read(a_told(lang, told)).reports

    found = sorted(reports, key=lambda report: report.type)
    assert [
        seen(report, wanted) for report, wanted in zip(found, expected, strict=False)
    ] == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["rule"])
def test_every_rule_is_told_in_many_languages(rule: dict[str, Any]) -> None:
    assert len(rule["stories"]) >= LEAST_LANGUAGES


def seen(report: Report, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return of a report what is wanted of it."""
    fields = {
        "type": report.type,
        "stage": str(report.stage),
        "focus": str(report.focus),
        "roles": {str(party.id): str(party.role) for party in report.companies},
    }
    return {key: fields[key] for key in wanted}


def test_who_sells_one_company_and_buys_another_is_in_two_events() -> None:
    reports = pipeline().read(a_told("en", "Norvik sells Balto and buys Zelmo")).reports

    assert sorted(
        (sorted((party.id, str(party.role)) for party in report.companies)) for report in reports
    ) == [[("balto", "target"), ("norvik", "seller")], [("norvik", "actor"), ("zelmo", "target")]]
