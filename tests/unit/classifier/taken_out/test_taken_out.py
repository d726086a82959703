"""What a sentence says beside its event has no part in it, by the stories of `taken_out.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from services.common.contracts.reading import Role
from tests.support.told import a_told, cases, main_of, pipeline

TOLD = cases("taken_out/taken_out.yml")


def stories() -> list[Any]:
    return [
        pytest.param(
            language, story, rule["expect"], id=f"{language}: {rule['rule']} ({number}.{at})"
        )
        for number, rule in enumerate(TOLD["roles"])
        for at, told in enumerate(rule["stories"])
        for language, story in told.items()
    ]


def facts(kind: str) -> list[Any]:
    return [
        pytest.param(item["language"], item["told"], item["expect"], id=item["told"])
        for item in TOLD[kind]
    ]


@pytest.mark.parametrize(("language", "told", "expect"), stories())
def test_who_has_a_part(language: str, told: str, expect: str) -> None:
    event_type, stage, *roles = expect.split()

    assert {
        (str(report.type), str(report.stage), f"{company.id}={company.role}")
        for report in main_of(pipeline().read(a_told(language, told)).reports)
        for company in report.companies
        if company.role is not Role.PARTY
    } == {(event_type, stage, role) for role in roles}


@pytest.mark.parametrize(("language", "told", "expect"), facts("amounts"))
def test_what_the_buyer_had_offered_is_the_price(language: str, told: str, expect: str) -> None:
    reports = pipeline().read(a_told(language, told)).reports

    amounts = [report.amount for report in reports if report.amount]
    assert [f"{it.currency} {it.value:.0f}" for it in amounts] == [expect] * (expect != "-")


@pytest.mark.parametrize(("language", "told", "expect"), facts("countries"))
def test_the_city_of_the_headquarters_is_not_where_it_closes(
    language: str, told: str, expect: str
) -> None:
    reports = pipeline().read(a_told(language, told)).reports

    countries = {country for report in reports for country in report.countries}
    assert countries == set(expect.replace("-", "").split())


def test_what_is_only_held_is_mentioned() -> None:
    told = "Norvik keeps its stake in Balto and sells its stake in Zelmo"

    mentioned = {mention.company_id for mention in pipeline().read(a_told("en", told)).mentions}

    assert mentioned == {"norvik", "balto", "zelmo"}
