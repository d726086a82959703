from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from tests.support.builders import a_company, a_story, a_watchlist

_PIPELINE = Pipeline.of(a_watchlist(a_company("tiktok", name="TikTok"), a_company("foodpanda")))


def _countries(language: str, title: str, text: str = "", country: str | None = None) -> set[str]:
    story = a_story(title=title, text=text, language=language, country=country)
    return {place for report in _PIPELINE.read(story).reports for place in report.countries}


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "TikTok banned in Kenya", "KE"),
        ("en", "UK court bans TikTok", "GB"),
        ("id", "Pemerintah AS larang TikTok", "US"),
        ("id", "TikTok diblokir di Korsel", "KR"),
        ("ms", "TikTok disekat di Indonesia", "ID"),
        ("bn", "ভারতে TikTok নিষিদ্ধ", "IN"),
        ("hi", "अमेरिका में TikTok पर प्रतिबंध", "US"),
        ("vi", "TikTok bị cấm tại Mỹ", "US"),
        ("th", "สหรัฐฯ แบน TikTok", "US"),
        ("es", "Prohíben TikTok en Colombia", "CO"),
        ("pt", "TikTok é proibido na Índia", "IN"),
        ("fr", "TikTok interdit en Belgique", "BE"),
        ("de", "Frankreich verbietet TikTok", "FR"),
        ("it", "Gli Stati Uniti vietano TikTok", "US"),
        ("nl", "TikTok verboden in België", "BE"),
        ("pl", "Indie zakazały TikToka", "IN"),
        ("zh", "印度封禁TikTok", "IN"),
        ("ja", "インド、TikTokを禁止", "IN"),
        ("ko", "인도, TikTok 금지", "IN"),
        ("ru", "В Индии запретили TikTok", "IN"),
        ("uk", "В Індії заборонили TikTok", "IN"),
        ("ar", "الهند تحظر TikTok", "IN"),
        ("tr", "Hindistan TikTok'u yasakladı", "IN"),
        ("fa", "هند TikTok را ممنوع کرد", "IN"),
        ("ur", "بھارت میں TikTok پر پابندی", "IN"),
    ],
)
def test_a_ban_has_the_country_that_bans(language: str, title: str, expected: str) -> None:
    assert _countries(language, title) == {expected}


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "Grab buys Foodpanda's Indian business", {"IN"}),
        ("en", "Uber buys Foodpanda in Taiwan", {"TW"}),
        ("en", "German group Foodpanda bought by rival", set()),
        ("es", "Compra la filial argentina de Foodpanda", {"AR"}),
        ("fr", "Carrefour rachète la filiale belge de Foodpanda", {"BE"}),
        ("id", "Grab akuisisi bisnis Foodpanda di Thailand", {"TH"}),
    ],
)
def test_a_deal_has_a_country_only_where_a_unit_there_is_sold(
    language: str, title: str, expected: set[str]
) -> None:
    assert _countries(language, title) == expected


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Chinese company TikTok closes its music service"),
        ("en", "TikTok shuts its music app worldwide"),
        ("de", "Der chinesische Konzern TikTok stellt Musikdienst ein"),
        ("ja", "公取委、独占禁止法でTikTokの販売を中止"),
        ("ko", "TikTok, 미리 알리지 않고 서비스 종료"),
    ],
)
def test_a_companys_home_and_letters_inside_of_words_are_no_place(
    language: str, title: str
) -> None:
    assert _countries(language, title) <= {"JP"}


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("zh", "德国和法国禁止TikTok", {"DE", "FR"}),
        ("tr", "İtalya ve Fransa, TikTok'u yasakladı", {"IT", "FR"}),
        ("fa", "ایتالیا و فرانسه TikTok را ممنوع کردند", {"IT", "FR"}),
        ("ko", "독일과 프랑스, TikTok 금지", {"DE", "FR"}),
        ("en", "Germany bans Chinese TikTok", {"DE"}),
    ],
)
def test_of_countries_in_a_row_before_a_name_none_is_its_home(
    language: str, title: str, expected: set[str]
) -> None:
    assert _countries(language, title) == expected


def test_a_city_stands_for_its_country_but_not_where_the_newsroom_is() -> None:
    assert _countries("en", "TikTok closes its office in Nairobi") == {"KE"}
    assert (
        _countries("en", "TikTok closes its music app", "LONDON - TikTok is closing it.") == set()
    )


def test_the_government_without_a_country_is_that_of_the_outlet() -> None:
    assert _countries("en", "Government bans TikTok", country="NP") == {"NP"}
    assert _countries("en", "Government bans TikTok") == set()


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("ru", "Депутат предложил заблокировать TikTok", {"RU"}),
        ("hi", "सरकार TikTok पर प्रतिबंध लगाने पर विचार कर रही", {"IN"}),
        ("ko", "정부, TikTok 금지", {"KR"}),
        ("es", "El gobierno prohíbe TikTok", set()),
    ],
)
def test_the_government_of_an_unknown_outlet_is_that_of_its_language(
    language: str, title: str, expected: set[str]
) -> None:
    assert _countries(language, title) == expected
