"""Who is named only as an owner, names in other cases, what is open again in passing."""

from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.company import Company
from services.common.contracts.reading import Focus, Reading, Role, Stage
from tests.support.builders import a_company, a_story, a_watchlist
from tests.support.told import main_of


def read(lang: str, title: str, text: str, *companies: Company) -> Reading:
    return Pipeline.of(a_watchlist(*companies)).read(a_story(title=title, text=text, language=lang))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Сибирская молочная компания", "Сибирскую молочную компанию закроют навсегда"),
        ("Сибирский кредитный банк", "ЦБ отозвал лицензию у Сибирского кредитного банка"),
        ("Зелена пошта", "Держава заборонила роботу Зеленої пошти"),
    ],
)
def test_the_adjectives_of_a_name_are_declined_with_its_noun(name: str, title: str) -> None:
    lang = "uk" if "пошта" in name else "ru"

    reading = read(lang, title, "", a_company("zelmo", name=name))

    assert [mention.company_id for mention in reading.mentions] == ["zelmo"]


@pytest.mark.parametrize(
    "text",
    [
        "Norvik Holding'in giyim markası Zelmo, Aksaray'daki fabrikasını kapattı.",
        "Norvik Holding'in giyim markası Zelmo zor günler geçiriyor. Fabrika ekimde kapandı.",
    ],
)
def test_who_is_named_as_the_owner_of_what_closes_has_no_part_in_it(text: str) -> None:
    zelmo = a_company("zelmo", name="Zelmo", owner="norvik")
    norvik = a_company("norvik", name="Norvik Holding")

    [report] = read("tr", "Bin kişi işsiz kaldı", text, zelmo, norvik).reports

    assert {party.id: party.role for party in report.companies} == {"zelmo": Role.TARGET}


def test_what_a_long_lead_says_once_to_be_open_again_is_not_what_it_is_about() -> None:
    text = (
        "Wages at Zelmo rose by a tenth after the union had called for it all summer long. "
        "Since Zelmo reopened the mill in May, orders have come in from all over the north. "
        "The union wants more. Its leaders speak of a good year. Prices of paper rose as well. "
        "The next talks begin in the spring."
    )

    reports = read("en", "More pay in the north", text, a_company("zelmo", name="Zelmo")).reports

    assert {report.focus for report in reports} <= {Focus.BACKGROUND}


def test_what_rests_for_some_days_is_not_open_again_where_the_lead_says_when() -> None:
    text = (
        "Zelmo has temporarily closed its mill for lack of power since Saturday morning. "
        "Production at Zelmo will be resumed next week, the managers of the mill said."
    )

    reading = read("en", "A few days off at the mill", text, a_company("zelmo", name="Zelmo"))

    assert not main_of(reading.reports)


def test_what_is_revoked_with_a_licence_is_not_the_ban() -> None:
    title = "BDDK Zelmo'nun lisansını iptal etti"

    [report] = read("tr", title, "", a_company("zelmo", name="Zelmo")).reports

    assert (report.type, report.stage) == ("ban", Stage.CONFIRMED)
