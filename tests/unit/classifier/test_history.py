"""What a lead only explains with was before: it is background, and what happened after it is not."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import yaml

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Focus
from tests.support.builders import a_company, a_story, a_watchlist

SENTENCES: dict[str, dict[str, list[str]]] = yaml.safe_load(
    Path(__file__).with_name("history.yml").read_text(encoding="utf-8")
)


@cache
def pipeline() -> Pipeline:
    names = ("Norvik", "Zelmo", "Balto")
    return Pipeline.of(a_watchlist(*(a_company(name.lower(), name=name) for name in names)))


def is_news(lang: str, text: str) -> bool:
    story = a_story(
        title="Norvik, Zelmo",
        text=text,
        language=lang,
        published=datetime(2026, 5, 4, 8, tzinfo=UTC),
    )
    return any(report.focus is Focus.MAIN for report in pipeline().read(story).reports)


@pytest.mark.parametrize("lang", SENTENCES)
def test_what_follows_on_something_old_is_news(lang: str) -> None:
    read_as_old = [text for text in SENTENCES[lang]["news"] if not is_news(lang, text)]

    assert not read_as_old


@pytest.mark.parametrize("lang", SENTENCES)
def test_what_was_before_is_no_news(lang: str) -> None:
    read_as_news = [text for text in SENTENCES[lang]["past"] if is_news(lang, text)]

    assert not read_as_news
