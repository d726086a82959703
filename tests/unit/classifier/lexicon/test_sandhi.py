from __future__ import annotations

import pytest

from services.classifier.lexicon.sandhi import plain_ending
from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Role
from tests.support.builders import a_company, a_story, a_watchlist


@pytest.mark.parametrize(
    ("name", "ending"),
    [("டிக்டாக்", "கை"), ("டிக்டாக்", "கைத்"), ("மெட்டா", "வை"), ("மேகி", "யை"), ("ட்விட்ட", "ைக்")],
)
def test_an_ending_is_plain_without_what_joins_it(name: str, ending: str) -> None:
    assert plain_ending(name, ending) == "ை"


def test_an_ending_that_begins_with_its_own_consonant_stays() -> None:
    assert plain_ending("மேகி", "க்கு") == "க்கு"


@pytest.mark.parametrize("title", ["டிக்டாக்கைத் தடை செய்தது நேபாளம்", "டிக்டாக் செயலியைத் தடை செய்தது நேபாளம்"])
def test_a_joined_ending_marks_the_role_of_its_name(title: str) -> None:
    watchlist = a_watchlist(a_company("tiktok", name="டிக்டாக்"))

    [report] = Pipeline.of(watchlist).read(a_story(title=title, language="ta")).reports

    assert [(str(party.id), party.role) for party in report.companies] == [("tiktok", Role.TARGET)]
    assert report.countries == ("NP",)


def test_a_country_that_a_company_comes_from_is_not_where_it_is_banned() -> None:
    watchlist = a_watchlist(a_company("tiktok", name="டிக்டாக்"))
    title = "சீனாவைச் சேர்ந்த டிக்டாக் செயலிக்கு நேபாளம் தடை விதித்தது"

    [report] = Pipeline.of(watchlist).read(a_story(title=title, language="ta")).reports

    assert report.countries == ("NP",)


def test_what_only_hides_reaches_to_the_end_of_its_open_word() -> None:
    watchlist = a_watchlist(a_company("whatsapp", name="WhatsApp"))
    title = "WhatsApp 80 லட்சம் கணக்குகளை முடக்கியது"

    reading = Pipeline.of(watchlist).read(a_story(title=title, language="ta"))

    assert reading.reports == ()
