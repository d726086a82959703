"""What is told beside a deal's price is none; see `other_sums.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.told import a_told, cases, pipeline

SUMS = cases("facts/other_sums.yml")
PRICE = 300_000_000
LEAST_OTHERS = 14
LEAST_PRICES = 6


def told(kind: str) -> list[Any]:
    return [
        pytest.param(lang, f"{sums['deal']} {sentence}", id=f"{lang}: {sentence}")
        for lang, sums in SUMS.items()
        for sentence in sums[kind]
    ]


def amounts(lang: str, story: str) -> list[float | None]:
    reports = pipeline().read(a_told(lang, story)).reports
    return [report.amount.value if report.amount else None for report in reports]


@pytest.mark.parametrize(("lang", "story"), told("other"))
def test_a_sum_of_something_else_is_no_price(lang: str, story: str) -> None:
    assert amounts(lang, story) == [None]


@pytest.mark.parametrize(("lang", "story"), told("price"))
def test_what_is_paid_is_the_price(lang: str, story: str) -> None:
    assert amounts(lang, story) == [PRICE]


@pytest.mark.parametrize("lang", SUMS)
def test_every_language_is_asked_for_as_much(lang: str) -> None:
    assert len(SUMS[lang]["other"]) >= LEAST_OTHERS
    assert len(SUMS[lang]["price"]) >= LEAST_PRICES
