"""What is bought, closed or blocked and is no company; what closes for a while, or at a price, in many languages."""

from __future__ import annotations

import pytest

from services.classifier.lexicon.load import LANGUAGES
from services.classifier.lexicon.shared_words import harmless_pattern
from services.classifier.pipeline import Pipeline
from tests.support.builders import a_company, a_story, a_watchlist

PIPELINE = Pipeline.of(
    a_watchlist(a_company("velka", name="Velka"), a_company("zumo", name="Zumo"))
)
KINDS = ("acquisition", "shutdown", "ban", "spells", "clock", "former", "posts", "crowd", "recalls")


def types(language: str, title: str, text: str = "") -> set[str]:
    story = a_story(title=title, text=text, language=language)
    return {str(report.type) for report in PIPELINE.read(story).reports}


def test_goods_at_the_end_of_a_name_are_none() -> None:
    velka = a_company("velka", name="वेल्का स्टील")
    story = a_story(title="ज़ूमो ने वेल्का स्टील खरीदा", text="", language="hi")

    assert [str(report.type) for report in Pipeline.of(a_watchlist(velka)).read(story).reports] == [
        "acquisition"
    ]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Velka takes over the lead from Zumo"),
        ("en", "Velka acquires two million new customers"),
        ("fr", "Velka a acheté pour 6 millions d'euros un terrain à Lille"),
        ("it", "Velka ha acquisito 250 mila nuovi clienti"),
        ("it", "Velka rileva l'incarico di Zumo"),
        ("nl", "Nieuwe vrouw neemt bij Velka het stokje over"),
        ("vi", "Velka tiếp quản công việc của Zumo"),
        ("uk", "Velka придбала сорок літаків"),
        ("tr", "Velka 20 dönüm arsa satın aldı"),
    ],
)
def test_a_thing_that_is_bought_is_no_company(language: str, title: str) -> None:
    assert types(language, title) == set()


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Velka acquires plane maker Zumo"),
        ("en", "Velka acquires customer platform Zumo"),
        ("de", "Velka übernimmt Flugzeughersteller Zumo"),
        ("ja", "Velka、三菱自動車を買収"),
    ],
)
def test_a_company_that_is_named_after_a_thing_is_one(language: str, title: str) -> None:
    assert types(language, title) == {"acquisition"}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Velka closes its Leeds plant", "The plant will be closed for three weeks."),
        ("es", "Velka para su planta", "La planta de Velka cerrará durante dos semanas."),
        ("ko", "Velka 공장, 사흘간 문 닫는다", ""),
        ("zh", "Velka门店停业装修三周,月底重新开门", ""),
    ],
)
def test_what_closes_for_so_many_weeks_is_not_shut_down(
    language: str, title: str, text: str
) -> None:
    assert types(language, title, text) == set()


def test_what_closes_for_good_is_shut_down_however_long_something_else_takes() -> None:
    title = "Velka closes its Leeds plant for good"

    assert types("en", title, "Velka closes it permanently after striking for two weeks.") == {
        "shutdown"
    }


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("it", "Piazza Affari chiude in rosso, Velka chiude a 47 euro"),
        ("uk", "Акції Velka закрили день на рекорді"),
    ],
)
def test_shares_that_close_close_nothing(language: str, title: str) -> None:
    assert types(language, title) == set()


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("pt", "Ex-presidente da Velka é proibido de deixar o país", ""),
        (
            "de",
            "Früherer Velka-Händler darf nicht mehr arbeiten",
            "Dem Händler der Velka ist es verboten.",
        ),
    ],
)
def test_who_once_was_something_at_a_company_is_a_person(
    language: str, title: str, text: str
) -> None:
    assert types(language, title, text) == set()


def test_whom_a_product_is_forbidden_does_not_hide_that_it_is() -> None:
    assert types("en", "Parliament has banned its employees from using Velka") == {"ban"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_of_every_kind(language: str) -> None:
    assert [kind for kind in KINDS if harmless_pattern(kind, language) is None] == []


def test_a_row_of_words_of_two_kinds_is_read_at_once() -> None:
    # "its" is an article and an adjective: forty of them could be read in 2 to the power of 40 ways.
    assert types("en", "Velka acquires " + "its " * 40 + "Zumo") <= {"acquisition"}


def test_only_the_first_story_of_a_language_waits_for_its_patterns() -> None:
    types("it", "Velka compra Zumo")
    made = harmless_pattern.cache_info().misses

    types("it", "Velka ha acquisito 250 mila nuovi clienti e chiude per due settimane")

    assert harmless_pattern.cache_info().misses == made
