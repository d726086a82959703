"""Who only bids has no side yet; what a lead closes for now is no closing, whatever its title says."""

from __future__ import annotations

from datetime import date

import pytest

from services.classifier.lexicon.written_dates import nearest_day
from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Report, Role
from tests.support.builders import a_company, a_story, a_watchlist

WATCHLIST = a_watchlist(
    a_company("velka", name="Velka"),
    a_company("zumo", name="Zumo"),
    a_company("balto", name="Balto"),
    a_company("dorim", name="Dorim"),
    a_company("hestra", name="Hestra"),
)


def reports(language: str, title: str, text: str) -> tuple[Report, ...]:
    story = a_story(title=title, text=text, language=language)
    return tuple(Pipeline.of(WATCHLIST).read(story).reports)


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Zumo explores sale of Velka",
            "Sources say that Zumo is exploring a sale of Velka. Bidders are Balto, Dorim and Hestra.",
        ),
        (
            "ja",
            "Velka売却、入札に3陣営",
            "ZumoがVelkaの売却を検討していると関係者が明らかにした。買い手候補はBalto、Dorim、Hestraだという。",
        ),
    ],
)
def test_a_row_of_bidders_are_parties_of_an_open_deal(language: str, title: str, text: str) -> None:
    (report,) = reports(language, title, text)

    roles = {str(party.id): party.role for party in report.companies}
    assert roles["velka"] is Role.TARGET
    assert {roles.get(name) for name in ("balto", "dorim", "hestra")} == {Role.PARTY}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "en",
            "Velka closes all its shops",
            "Velka has closed its shops temporarily, the chain said on Monday in a short letter.",
        ),
        (
            "zh",
            "Velka全国门店即日起关门",
            "Velka周二通知，旗下五十家门店全部暂时停业，何时恢复要看情况，网上商店照常接单，员工工资照发。",
        ),
    ],
)
def test_a_lead_that_closes_for_now_takes_back_what_its_title_says(
    language: str, title: str, text: str
) -> None:
    assert reports(language, title, text) == ()


def test_a_ban_hits_the_whole_list_that_names_its_target() -> None:
    (report,) = reports(
        "en",
        "US bans Velka and two others from federal contracts",
        (
            "The United States has banned Velka and two other makers from federal contracts. "
            "The list names Velka, Zumo (which makes radios) and the camera maker Balto."
        ),
    )

    assert {str(party.id) for party in report.companies} == {"velka", "zumo", "balto"}


@pytest.mark.parametrize(
    ("number", "months", "expected"),
    [(27, -1, "2004-07-27"), (5, 1, "2004-09-05"), (13, 0, "2004-08-13")],
)
def test_a_day_of_the_last_or_next_month_is_one_of_that_month(
    number: int, months: int, expected: str
) -> None:
    assert nearest_day(number, date(2004, 8, 13), months) == expected


def test_a_day_late_in_december_told_in_january_is_last_years() -> None:
    assert nearest_day(28, date(2024, 1, 3)) == "2023-12-28"


def test_three_in_a_row_who_plan_to_bid_are_rivals_and_not_buyers() -> None:
    [report] = reports(
        "en",
        "Race for a chain of shops",
        "Velka, Zumo and Balto plan to bid for Dorim, its owner told reporters on Monday.",
    )

    roles = {str(party.id): party.role for party in report.companies}
    assert roles == {
        "velka": Role.PARTY,
        "zumo": Role.PARTY,
        "balto": Role.PARTY,
        "dorim": Role.TARGET,
    }


def test_who_closes_a_service_and_takes_its_app_away_bans_nothing() -> None:
    told = reports(
        "zh",
        "Velka明年6月停止服务",
        "Velka昨天宣布,明年6月30日起停止电子书店的运营,届时阅读软件也会从应用商店撤下。",
    )

    assert [report.type for report in told] == ["shutdown"]
