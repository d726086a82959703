"""Names that are words too, without a word that they need: the company by what it does, the word by what stands beside it."""

from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from services.classifier.workbench.explanation import explanation
from services.common.contracts.company import Alias, Company
from services.common.ids import CompanyId
from tests.support.builders import a_story, a_watchlist


def a_pipeline(name: str, *, needs: str = "Zuckerberg") -> Pipeline:
    alias = Alias(text=name, is_exact=True, needs=(needs,))
    return Pipeline.of(a_watchlist(Company(id=CompanyId("it"), name=name, names=(alias,))))


def places(name: str, title: str, text: str = "", *, language: str = "en") -> list[str]:
    """Return the parts of a story in which a name is linked."""
    reading = a_pipeline(name).read(a_story(title=title, text=text, language=language))
    return [place.part for mention in reading.mentions for place in mention.places]


@pytest.mark.parametrize(
    ("name", "language", "title"),
    [
        ("Zoom", "en", "Zoom to acquire Five9 in $14.7bn deal"),
        ("Zoom", "en", "ZOOM TO ACQUIRE FIVE9"),
        ("Zoom", "en", "Taiwan Bans Zoom"),
        ("Gap", "en", "Gap to close 350 stores"),
        ("Meta", "en", "Nigeria fines Meta $220 million"),
        ("Orange", "fr", "Orange rachète l'éditeur Nordlys"),
        ("Signal", "de", "Russland blockiert Signal"),
        ("Signal", "en", "Russia blocks Signal and Telegram"),
        ("Block", "de", "Block-Aktie steigt nach Sparkurs"),
        ("Meta", "tr", "Rusya Meta'yı yasakladı"),
        ("Mango", "tr", "Mango Rusya'daki mağazalarını kapattı"),
        ("Zoom", "zh", "台湾禁止政府使用Zoom"),
    ],
)
def test_who_acts_or_is_acted_on_as_companies_are_is_one(
    name: str, language: str, title: str
) -> None:
    assert places(name, title, language=language) == ["title"]


@pytest.mark.parametrize(
    ("name", "language", "title"),
    [
        ("Zoom", "en", "Zoom lens maker to be acquired by rival"),
        ("Zoom", "en", "ZOOM LENS MAKER BUYS RIVAL"),
        ("Signal", "en", "The Signal that a company sends to buyers as it acquires a rival"),
        ("Orange", "en", "Ban on Orange Juice Imports Lifted"),
        ("Orange", "en", "Growers sell Orange and lemon groves"),
        ("Orange", "fr", "Le maire d'Orange interdit la mendicité"),
        ("Cruise", "en", "Tom Cruise buys studio"),
        ("Subway", "en", "Subway Shut Down After Flood"),
        ("Threads", "en", "Threads ban: forum deletes political threads"),
        ("X", "en", "Company X buys company Y: a guide"),
        ("Max", "tr", "Avrupa 737 Max'e kapılarını kapattı"),
        ("Mango", "tr", "Mango suyu üreticisi rakibini satın aldı"),
        ("Zoom", "ja", "Zoomレンズの生産終了へ、工場閉鎖"),
        ("Casino", "de", "Das Casino schließt 20 Filialen"),
    ],
)
def test_a_word_stays_one_beside_what_companies_do(name: str, language: str, title: str) -> None:
    assert places(name, title, language=language) == []


def test_in_one_story_a_name_means_one_thing() -> None:
    told = "The deal was announced on Monday by both firms. Zoom declined to say more about it."

    assert places("Zoom", "Zoom and the video boom", told) == []
    assert places("Zoom", "Zoom to buy Five9", told) == ["title", "text"]
    assert places("Zoom", "What now, Zoom?", "On Monday, Zoom agreed to buy Five9.") == [
        "title",
        "text",
    ]


def test_what_a_company_does_tells_it_from_no_other_of_its_name() -> None:
    assert places("Heritage Bank", "Heritage Bank to acquire a rival") == []
    assert places("M6", "Police close M6 after crash") == []


def test_an_explanation_says_by_what_a_name_is_the_company() -> None:
    story = a_story(title="Russia blocks Signal", language="en")

    lines = explanation(a_pipeline("Signal").document(story)).splitlines()

    assert "it by “blocks” beside its name" in lines
