"""Accounts, app stores and closings of some days beside bans and closings: `stores_and_users.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from services.common.contracts.reading import Role
from tests.support.told import a_told, cases, main_of, pipeline

STORIES: dict[str, Any] = cases("stores_and_users.yml")


def news(lang: str, told: str) -> list[str]:
    """Return what a story's main reports say: a type, and who has which role but parties."""
    return [
        " ".join(
            [
                report.type,
                *sorted(f"{c.id}={c.role}" for c in report.companies if c.role is not Role.PARTY),
            ]
        )
        for report in main_of(pipeline().read(a_told(lang, told)).reports)
    ]


@pytest.mark.parametrize(
    ("lang", "told"),
    [(lang, told) for lang, all_told in STORIES["nothing"].items() for told in all_told],
)
def test_what_a_user_loses_and_some_days_are_no_news(lang: str, told: str) -> None:
    assert news(lang, told) == []


@pytest.mark.parametrize(
    ("lang", "told", "expected"),
    [
        (lang, told, expected)
        for lang, all_told in STORIES["news"].items()
        for told, expected in all_told.items()
    ],
)
def test_a_ban_hits_no_store_and_a_closing_is_for_good(lang: str, told: str, expected: str) -> None:
    event, *roles = expected.split()
    assert news(lang, told) == [" ".join([event, *sorted(roles)])]
