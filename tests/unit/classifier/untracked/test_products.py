"""What nobody tracks is closed or banned, and not the company that has it; see `products.yml`."""

from __future__ import annotations

from functools import cache

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Role
from tests.support.told import a_pipeline, a_told, cases, main_of

_CASES = cases("untracked/products.yml")


@cache
def _pipeline() -> Pipeline:
    return a_pipeline(_CASES["companies"], {})


def _of(kind: str) -> list[tuple[str, str]]:
    return [(lang, told) for lang, stories in _CASES[kind].items() for told in stories]


def _told(type_: str, lang: str, told: str) -> list[tuple[set[str], list[tuple[str, str]]]]:
    reports = main_of(_pipeline().read(a_told(lang, told)).reports)
    return [
        (
            {str(company.role) for company in report.companies},
            [(other.name, str(other.role)) for other in report.others],
        )
        for report in reports
        if report.type == type_
    ]


@pytest.mark.parametrize(("lang", "told"), _of("closed"))
def test_who_closes_what_nobody_tracks_is_not_closed_itself(lang: str, told: str) -> None:
    story, _, name = told.partition(" → ")

    assert _told("shutdown", lang, story) == [({"actor"}, [(name, "target")])]


@pytest.mark.parametrize(("lang", "told"), _of("itself"))
def test_a_place_a_plant_a_service_without_a_name_is_no_product(lang: str, told: str) -> None:
    assert [roles for roles, _ in _told("shutdown", lang, told)] == [{Role.TARGET}]


@pytest.mark.parametrize(("lang", "told"), _of("banned"))
def test_whose_app_is_banned_that_nobody_tracks_is_a_party_to_it(lang: str, told: str) -> None:
    story, _, name = told.partition(" → ")

    assert _told("ban", lang, story) == [({"party"}, [(name, "target")])]


@pytest.mark.parametrize(("lang", "told"), _of("banned_itself"))
def test_who_is_banned_beside_an_app_of_somebody_else_is_banned(lang: str, told: str) -> None:
    assert [roles for roles, _ in _told("ban", lang, told)] == [{Role.TARGET}]
