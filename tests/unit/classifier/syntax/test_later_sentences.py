"""Whom sentences further down, and pacts, give a part in an event, by the stories of `later_sentences.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from services.common.contracts.reading import Role
from tests.support.told import a_told, cases, main_of, pipeline

TOLD = cases("syntax/later_sentences.yml")


def stories() -> list[Any]:
    return [
        pytest.param(
            language, story, rule["expect"], id=f"{language}: {rule['rule']} ({number}.{at})"
        )
        for number, rule in enumerate(TOLD)
        for at, told in enumerate(rule["stories"])
        for language, story in told.items()
    ]


@pytest.mark.parametrize(("language", "told", "expect"), stories())
def test_who_has_a_part(language: str, told: str, expect: str) -> None:
    read = pipeline().read(a_told(language, told))

    assert {
        (str(report.type), str(report.stage), f"{company.id}={company.role}")
        for report in main_of(read.reports)
        for company in report.companies
        if company.role is not Role.PARTY
    } == expected(expect)


def expected(told: str) -> set[tuple[str, str, str]]:
    if told == "-":
        return set()
    event_type, stage, *roles = told.split()
    return {(event_type, stage, role) for role in roles}
