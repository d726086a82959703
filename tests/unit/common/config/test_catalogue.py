from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.common.config.catalogue import FILE, Catalogue, catalogue, fold
from services.common.config.companies import read_companies
from services.common.config.scripts import Script, languages_without_name, script_of
from services.common.config.yaml import read_yaml
from services.common.contracts.company import Alias, Company
from services.common.ids import CompanyId
from tests.support.builders import a_company, a_watchlist

COMPANIES = tuple(catalogue().watchlist.companies.values())

# Each at about nine tenths of what the catalogue holds: a lost column is seen, a lost name is not.
LEAST_COMPANIES = {
    Script.HAN: 1_470,
    Script.KANA: 1_280,
    Script.HANGUL: 1_210,
    Script.CYRILLIC: 520,
    Script.ARABIC: 620,
    Script.DEVANAGARI: 520,
    Script.BENGALI: 265,
    Script.TAMIL: 160,
    Script.THAI: 260,
}


def test_the_file_is_read_without_an_error_or_a_short_name() -> None:
    page = read_yaml(FILE.read_bytes(), file="catalogue.yml")

    companies = read_companies(page)

    assert len(companies) >= 4_000
    assert [str(finding) for finding in page.findings if "both will be" not in str(finding)] == []


@pytest.mark.parametrize("script", LEAST_COMPANIES)
def test_many_companies_have_a_name_in_each_script(script: Script) -> None:
    named = sum(
        any(script_of(alias.text) is script for alias in company.names) for company in COMPANIES
    )

    assert named >= LEAST_COMPANIES[script]


def test_a_name_of_two_companies_needs_context_in_both() -> None:
    aliases: dict[str, list[tuple[Company, Alias]]] = {}
    for company in COMPANIES:
        for alias in company.names:
            aliases.setdefault(fold(alias.text), []).append((company, alias))

    shared = [
        (company.id, alias.text)
        for holders in aliases.values()
        if len({company.id for company, _ in holders}) > 1
        for company, alias in holders
        if not alias.needs
    ]

    assert shared == []


def test_no_company_lists_a_name_twice() -> None:
    repeated = [
        (company.id, name)
        for company in COMPANIES
        for name, count in Counter(alias.text for alias in company.names).items()
        if count > 1
    ]

    assert repeated == []


def test_a_name_of_one_or_two_latin_letters_has_case_or_context() -> None:
    short = [
        (company.id, alias.text)
        for company in COMPANIES
        for alias in company.names
        if alias.text.isascii() and len(re.findall(r"\w", alias.text)) < 3
        if not (alias.is_exact or alias.needs)
    ]

    assert short == []


def test_no_word_mixes_letters_that_look_alike() -> None:
    lookalikes = (Script.LATIN, Script.CYRILLIC)
    mixed = [
        (company.id, word)
        for company in COMPANIES
        for alias in company.names
        for word in re.findall(r"\w+", alias.text)
        if {script_of(letter) for letter in word}.issuperset(lookalikes)
    ]

    assert mixed == []


@pytest.mark.parametrize(
    ("name", "company"),
    [
        ("tiktok", "tiktok"),
        ("  TIKTOK ", "tiktok"),
        ("Meta", "meta"),
        ("টিকটক", "tiktok"),
        ("टिकटॉक", "tiktok"),
        ("تیک‌تاک", "tiktok"),
        ("تیکتاک", "tiktok"),
        ("마이크로소프트", "microsoft"),
        ("ﾄﾖﾀ", "toyota"),
        ("ЯНДЕКС", "yandex"),
        ("蘋果公司", "apple"),
        ("ＢＹＤ", "byd"),
        ("கூகுள்", "google"),
        ("การบินไทย", "thai-airways"),
        ("دیجی‌کالا", "digikala"),
    ],
)
def test_a_company_is_found_by_its_name_in_any_script(name: str, company: str) -> None:
    found = catalogue().find(name)

    assert found is not None
    assert found.id == company


def test_a_name_that_nobody_listed_is_not_found() -> None:
    assert catalogue().find("Warung Bu Sri") is None
    assert catalogue().suggest("Warung Bu Sri") is None


NAMES = tuple(alias.text for company in COMPANIES for alias in company.names)


@given(st.text() | st.sampled_from(NAMES))
def test_any_text_may_be_asked_for_and_stands_for_a_company_only_if_it_is_a_name_of_it(
    name: str,
) -> None:
    found = catalogue().find(name)

    if found is None:
        assert name not in NAMES
    else:
        own = (found.id, found.name, *(alias.text for alias in found.names))
        assert fold(name) in {fold(text) for text in own}


def test_a_suggestion_has_the_owners_nearest_first_and_the_products() -> None:
    mother = a_company("mother")
    daughter = a_company("daughter", "ดอเทอร์", owner=CompanyId("mother"))
    app = a_company("app", owner=CompanyId("daughter"))
    known = Catalogue.of(a_watchlist(app, daughter, mother))

    suggestion = known.suggest("ดอเทอร์")
    of_mother = known.suggest("mother")

    assert suggestion is not None
    assert of_mother is not None
    assert suggestion.company == daughter
    assert (suggestion.owners, suggestion.products) == ((mother,), (app,))
    assert of_mother.products == (daughter, app)


def test_a_name_wins_over_an_alias_of_an_earlier_company() -> None:
    known = Catalogue.of(a_watchlist(a_company("one", "Two", name="One"), a_company("two")))

    found = known.find("two")

    assert found is not None
    assert found.id == "two"


@pytest.mark.parametrize(
    ("name", "script"),
    [
        ("TikTok", Script.LATIN),
        ("セブン&アイ", Script.KANA),
        ("トヨタ自動車", Script.KANA),
        ("日産", Script.HAN),
        ("LG전자", Script.HANGUL),
        ("Київстар", Script.CYRILLIC),
        ("এস আলম", Script.BENGALI),
        ("360", None),
    ],
)
def test_the_script_of_a_name_is_that_of_its_foreign_letters(
    name: str, script: Script | None
) -> None:
    assert script_of(name) is script


def test_a_language_without_a_name_in_its_script_is_named() -> None:
    names = ["TikTok", "টিকটক", "抖音"]

    missing = languages_without_name(names, ["en", "bn", "ja", "zh-TW", "fa", "th"])

    assert missing == ("fa", "th")
