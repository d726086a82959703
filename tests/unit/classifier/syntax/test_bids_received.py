"""Who bids where a bid is told by who gets it, by `bids_received.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.told import cases, news_of, stories_of

RULES = cases("syntax/bids_received.yml")["rules"]


@pytest.mark.parametrize(("lang", "told", "rule"), stories_of(RULES))
def test_whom_a_bid_is_from_bids_and_whom_a_purchase_is_from_sells(
    lang: str, told: str, rule: Any
) -> None:
    [report] = news_of(lang, told)

    assert {str(party.id): str(party.role) for party in report.companies} == rule["roles"]
    assert str(report.stage) in rule["stages"]
