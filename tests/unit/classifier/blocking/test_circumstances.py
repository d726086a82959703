"""What comes of an event, and why it comes, changes neither the event nor how far it has come."""

from __future__ import annotations

import pytest

from tests.support.sides import sides_of
from tests.support.told import a_told, main_of, pipeline

DEAL = {"norvik": "actor", "balto": "target"}

TOLD: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "en": (
        "acquisition",
        "Norvik buys Balto",
        (", shares jump", ", 300 jobs at risk", ", experts warn of the consequences"),
    ),
    "de": ("acquisition", "Norvik kauft Balto", (", Aktie springt", ", 300 Stellen in Gefahr")),
    "es": ("acquisition", "Norvik compra Balto", (", 300 empleos en riesgo",)),
    "it": ("acquisition", "Norvik compra Balto", (", 300 posti a rischio",)),
    "pt": ("acquisition", "Norvik compra Balto", (", 300 empregos em risco",)),
    "ru": (
        "shutdown",
        "Норвик закрывает Балто",
        (", эксперты предупреждают о последствиях",),
    ),
    "id": (
        "shutdown",
        "Norvik menutup Balto",
        (", 300 pekerjaan terancam", ", pakar memperingatkan dampaknya"),
    ),
    "vi": ("shutdown", "Norvik đóng cửa Balto", (", 300 việc làm bị đe dọa",)),
    "hi": (
        "acquisition",
        "नॉरविक ने बाल्टो को खरीदा",
        (", शेयर उछले", ", 300 नौकरियों पर खतरा"),
    ),
    "zh": ("acquisition", "诺维克收购巴尔托", ("，300个岗位受威胁", "，专家警告后果")),
}


@pytest.mark.parametrize(
    ("lang", "event_type", "told"),
    [
        pytest.param(lang, event_type, told + more, id=f"{lang}: {told}{more}")
        for lang, (event_type, told, mores) in TOLD.items()
        for more in mores
    ],
)
def test_what_comes_of_an_event_changes_nothing(lang: str, event_type: str, told: str) -> None:
    news = main_of(pipeline().read(a_told(lang, told)).reports)

    assert sides_of(news) == [(event_type, DEAL)]
    assert {str(report.stage) for report in news} == {"confirmed"}
