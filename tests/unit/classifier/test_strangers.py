from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from tests.support.builders import a_company, a_story, a_watchlist

_PIPELINE = Pipeline.of(
    a_watchlist(
        a_company("tokopedia", "トコペディア", "토코피디아", "تو كو بيديا", name="Tokopedia"),
        a_company("grab", name="Grab"),
    )
)


def _others(language: str, title: str, text: str = "") -> set[tuple[str, str]]:
    story = a_story(title=title, text=text, language=language)
    reports = _PIPELINE.read(story).reports
    return {(other.name, str(other.role)) for report in reports for other in report.others}


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Tokopedia bought by Hondrel", ""),
        ("en", "Logistics firm Hondrel buys Tokopedia", "The buyer, Hondrel, said so on Monday."),
        ("id", "Tokopedia diakuisisi oleh Hondrel", ""),
        ("ms", "Tokopedia diambil alih oleh Hondrel", ""),
        ("es", "Tokopedia, comprada por Hondrel", ""),
        ("pt", "Tokopedia é comprada pela Hondrel", ""),
        ("fr", "Tokopedia racheté par Hondrel", ""),
        ("de", "HonDrel kauft Tokopedia", ""),
        ("it", "Tokopedia acquisita da Hondrel", ""),
        ("nl", "Tokopedia overgenomen door Hondrel", ""),
        ("ja", "HondrelがTokopediaを買収", ""),
        ("ko", "Hondrel이 Tokopedia를 인수", ""),
        ("hi", "Hondrel ने Tokopedia को खरीदा", ""),
        ("bn", "Tokopedia-কে কিনেছে Hondrel", ""),
        ("zh", "Hondrel收购Tokopedia", ""),
        ("vi", "Hondrel mua lại Tokopedia", "Thương vụ được Hondrel công bố."),
        ("ru", "«Хондрел» купил Tokopedia", "Компания «Хондрел» объявила об этом."),
        ("tr", "Hondrel, Tokopedia'yı satın aldı", "Anlaşmayı Hondrel duyurdu."),
        ("pl", "Hondrel kupuje Tokopedia", "Transakcję ogłosił Hondrel."),
        ("th", "Hondrel ซื้อกิจการ Tokopedia", ""),
        ("ur", "Hondrel نے Tokopedia خرید لی", ""),
    ],
)
def test_an_untracked_buyer_is_named(language: str, title: str, text: str) -> None:
    found = {name for name, role in _others(language, title, text) if role == "actor"}

    assert {name.casefold() for name in found} <= {"hondrel", "хондрел"}
    assert found


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Government of India bans Tokopedia"),
        ("en", "Owner sells Tokopedia"),
        ("en", "After buying Tokopedia, shares rose"),
        ("en", "Investors buy Tokopedia"),
        ("en", "Reuters: Grab buys Tokopedia"),
        ("en", "President Smith closes Tokopedia"),
        ("id", "Perusahaan asing beli Tokopedia"),
        ("id", "Menteri larang Tokopedia"),
        ("de", "Investor kauft Tokopedia"),
        ("de", "Mutterkonzern verkauft Tokopedia"),
        ("fr", "Paris interdit Tokopedia"),
        ("es", "El grupo compra Tokopedia"),
        ("it", "Cinque miliardi per comprare Tokopedia"),
        ("ru", "Инвесторы купили Tokopedia"),
        ("pl", "Fundusz kupuje Tokopedia"),
        ("zh", "该集团收购Tokopedia"),
        ("ja", "同社がTokopediaを買収"),
        ("ko", "해당 그룹이 Tokopedia를 인수"),
    ],
)
def test_common_words_authorities_places_and_persons_are_no_strangers(
    language: str, title: str
) -> None:
    assert _others(language, title) == set()


def test_a_stranger_has_its_words_as_evidence_and_changes_no_other_role() -> None:
    story = a_story(title="Tokopedia bought by Hondrel", text="", language="en")

    [report] = _PIPELINE.read(story).reports

    quotes = [found.quote for found in report.evidence if found.field == "other:Hondrel"]
    assert quotes == ["Hondrel"]
    assert [(party.id, str(party.role)) for party in report.companies] == [("tokopedia", "target")]


def test_where_a_tracked_company_has_the_role_no_stranger_has_it() -> None:
    assert _others("en", "Grab buys Tokopedia from Hondrel") <= {("Hondrel", "seller")}


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("pt", "Grab compra Hondrel"),
        ("fr", "Grab vend Hondrel à son rival"),
        ("pl", "Grab kupuje Hondrel"),
        ("ru", "Grab купил Hondrel"),
    ],
)
def test_a_vague_verb_right_before_a_name_that_nobody_tracks_is_a_deal(
    language: str, title: str
) -> None:
    reports = _PIPELINE.read(a_story(title=title, language=language)).reports

    assert [report.type for report in reports] == ["acquisition"]


@pytest.mark.parametrize(
    ("language", "title"), [("pt", "Grab compra lâmpadas"), ("de", "Grab kauft Lampen")]
)
def test_a_vague_verb_before_a_thing_is_no_deal(language: str, title: str) -> None:
    assert not _PIPELINE.read(a_story(title=title, language=language)).reports


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Grab buys Tokopedia from Altrincham"),
        ("de", "Grab schließt Tokopedia Ende November"),
        ("pl", "Grab kupuje Tokopedia z Węgrowa"),
    ],
)
def test_where_somebody_is_from_and_when_is_no_party(language: str, title: str) -> None:
    assert _others(language, title) == set()
