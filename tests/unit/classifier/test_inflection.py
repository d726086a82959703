from __future__ import annotations

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Role
from tests.support.builders import a_company, a_story, a_watchlist


def test_names_in_a_row_share_their_role_behind_a_case_ending() -> None:
    story = a_story(title="Nepal zablokował Facebooka i Fitbit", language="pl")
    watchlist = a_watchlist(a_company("facebook"), a_company("fitbit"))

    [report] = Pipeline.of(watchlist).read(story).reports

    assert {party.id: party.role for party in report.companies} == {
        "facebook": Role.TARGET,
        "fitbit": Role.TARGET,
    }


def test_a_closing_that_names_one_company_is_about_that_company() -> None:
    story = a_story(title="Fabrik von Fitbit wird im März geschlossen", language="de")

    [report] = Pipeline.of(a_watchlist(a_company("fitbit"))).read(story).reports

    assert [(party.id, party.role) for party in report.companies] == [("fitbit", Role.TARGET)]


def test_an_everyday_phrase_that_holds_a_name_is_no_company() -> None:
    story = a_story(title="Neues Gesetz tritt in Kraft", language="de")

    reading = Pipeline.of(a_watchlist(a_company("kraft"))).read(story)

    assert reading.mentions == ()


def test_a_capital_behind_a_word_of_place_orders_nothing() -> None:
    story = a_story(title="Fitbit в Москве прекратила работу", language="ru")

    [report] = Pipeline.of(a_watchlist(a_company("fitbit"))).read(story).reports

    assert report.type == "shutdown"
