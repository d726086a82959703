"""A title that looks back, or only thinks, tells of no news: `lookbacks.yml`; what is undone now is some."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.common.contracts.reading import Focus, Report
from tests.unit.classifier.test_structure import a_told, pipeline

TOLD = yaml.safe_load(Path(__file__).with_name("lookbacks.yml").read_text(encoding="utf-8"))


def stories() -> list[Any]:
    return [
        pytest.param(lang, told, id=f"{lang}: {told[:60]}")
        for lang, all_told in TOLD.items()
        for told in all_told
    ]


def news(reports: tuple[Report, ...]) -> list[tuple[str, str]]:
    return [(report.type, report.stage) for report in reports if report.focus is Focus.MAIN]


@pytest.mark.parametrize(("lang", "told"), stories())
def test_what_is_remembered_or_imagined_is_no_news(lang: str, told: str) -> None:
    reports = pipeline().read(a_told(lang, told)).reports

    assert news(reports) == []


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        (
            "fr",
            "Trois ans après sa fermeture, l'usine Zelmo redémarre / L'usine Zelmo produit de nouveau.",
        ),
        ("zh", "关闭一年后 泽尔莫工厂恢复生产 / 泽尔莫工厂本周重新开工。"),
        ("ru", "Три года спустя «Зелмо» снова открыл завод / Завод «Зелмо» возобновил работу."),
    ],
)
def test_what_is_undone_years_later_is_news(lang: str, told: str) -> None:
    assert news(pipeline().read(a_told(lang, told)).reports) == [("shutdown", "reversed")]


@pytest.mark.parametrize(
    "told",
    [
        "Founded 20 years ago, Norvik shuts down / Norvik is shutting down on Friday.",
        "What if? Norvik and Zelmo agree to merge / Norvik and Zelmo will merge, both said on Monday.",
    ],
)
def test_what_the_lead_tells_as_news_is_some_whatever_the_title_remembers(told: str) -> None:
    assert news(pipeline().read(a_told("en", told)).reports)
