"""What a lead only explains with was before: it is background, and what happened after it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Focus
from tests.support.builders import a_company, a_story, a_watchlist

SENTENCES: dict[str, dict[str, list[Any]]] = yaml.safe_load(
    Path(__file__).with_name("history.yml").read_text(encoding="utf-8")
)


@cache
def pipeline() -> Pipeline:
    names = ("Norvik", "Zelmo", "Balto")
    return Pipeline.of(a_watchlist(*(a_company(name.lower(), name=name) for name in names)))


def news(lang: str, title: str, text: str) -> list[tuple[str, set[str]]]:
    """Return type and companies of every report of what is new."""
    story = a_story(
        title=title, text=text, language=lang, published=datetime(2026, 5, 4, 8, tzinfo=UTC)
    )
    return [
        (report.type, {str(company.id) for company in report.companies if company.role != "party"})
        for report in pipeline().read(story).reports
        if report.focus is Focus.MAIN
    ]


def is_news(lang: str, text: str) -> bool:
    return bool(news(lang, "Norvik, Zelmo", text))


@pytest.mark.parametrize("lang", [lang for lang in SENTENCES if "others" in SENTENCES[lang]])
def test_an_earlier_case_of_others_is_no_news(lang: str) -> None:
    wrong = []
    for title, text in SENTENCES[lang]["others"]:
        told = news(lang, title, text)
        if not told or any("balto" in companies for _, companies in told):
            wrong.append(text)

    assert not wrong


@pytest.mark.parametrize("lang", [lang for lang in SENTENCES if "bought" in SENTENCES[lang]])
def test_a_purchase_of_years_ago_is_no_news_of_a_closing(lang: str) -> None:
    wrong = [
        title
        for title, text in SENTENCES[lang]["bought"]
        if {event_type for event_type, _ in news(lang, title, text)} != {"shutdown"}
    ]

    assert not wrong


@pytest.mark.parametrize("lang", SENTENCES)
def test_what_follows_on_something_old_is_news(lang: str) -> None:
    read_as_old = [text for text in SENTENCES[lang]["news"] if not is_news(lang, text)]

    assert not read_as_old


@pytest.mark.parametrize("lang", SENTENCES)
def test_what_was_before_is_no_news(lang: str) -> None:
    read_as_news = [text for text in SENTENCES[lang]["past"] if is_news(lang, text)]

    assert not read_as_news


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "The regulator has already decided to ban Norvik from the market."),
        ("en", "The regulator has already said it may ban Norvik."),
        ("es", "El regulador ya ha prohibido la marca Norvik."),
        ("en", "Norvik has already said that it will close its Leeds plant in August."),
    ],
)
def test_what_only_looks_like_a_month_that_is_over_makes_no_history(lang: str, text: str) -> None:
    assert is_news(lang, text)


def test_who_is_told_of_before_is_no_buyer_of_what_nobody_is_said_to_have_bought() -> None:
    told = news("en", "Norvik shares fall on Monday", "Zelmo was bought for 2 billion dollars.")

    assert told == [("acquisition", {"zelmo"})]
