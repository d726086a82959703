"""A deal is read as it is although its sentence recalls a bid of before; see `old_bids.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.sides import expected_sides, sides_of
from tests.support.told import a_told, cases, main_of, pipeline

TOLD = cases("taken_out/old_bids.yml")
LEAST = 5


def items() -> list[Any]:
    return [
        pytest.param(lang, item, id=f"{lang}: {item['told']}")
        for lang, told in TOLD.items()
        for item in told
    ]


@pytest.mark.parametrize(("lang", "item"), items())
def test_a_bid_of_before_has_no_part_in_a_deal(lang: str, item: dict[str, Any]) -> None:
    reading = pipeline().read(a_told(lang, item["told"]))
    news = main_of(reading.reports)

    sides = {key: value for key, value in item.items() if key != "amount"}
    assert sides_of(news) == expected_sides(sides)
    assert {str(report.stage) for report in news} == {item["stage"]}
    if "amount" in item:
        assert [
            f"{amount.currency} {amount.value:.0f}" for report in news if (amount := report.amount)
        ] == [item["amount"]]


@pytest.mark.parametrize("lang", TOLD)
def test_every_language_is_asked(lang: str) -> None:
    assert len(TOLD[lang]) >= LEAST


def test_who_bid_before_is_mentioned() -> None:
    told = "Norvik buys Zelmo for $3 billion; Balto had offered $2 billion last year"

    mentioned = {mention.company_id for mention in pipeline().read(a_told("en", told)).mentions}

    assert mentioned == {"norvik", "zelmo", "balto"}
