"""Rules of structure that hold in every language, by the sentences of `structure.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from services.common.contracts.reading import Report
from tests.support.told import STRUCTURE, a_told, pipeline, stories_of

RULES = STRUCTURE["rules"]
LEAST_LANGUAGES = 12


@pytest.mark.parametrize(("lang", "told", "rule"), stories_of(RULES))
def test_the_rule_holds_in_this_language(lang: str, told: str, rule: dict[str, Any]) -> None:
    reports = pipeline().read(a_told(lang, told)).reports

    expected = rule["expect"]
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
