"""What is undone now, or told as news in the lead, is news whatever the title remembers; see `lookbacks.yml`."""

from __future__ import annotations

import pytest

from services.common.contracts.reading import Report
from tests.support.told import a_told, main_of, pipeline


def news(reports: tuple[Report, ...]) -> list[tuple[str, str]]:
    return [(report.type, report.stage) for report in main_of(reports)]


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
