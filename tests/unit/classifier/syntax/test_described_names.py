"""What stands between a verb and a name and only says what that is hides the name from no reader."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.sides import sides_of
from tests.support.told import a_told, main_of, pipeline

DEAL = {"norvik": "actor", "balto": "target"}
SALE = {"norvik": "seller", "balto": "target", "zelmo": "actor"}

SAID: dict[str, tuple[tuple[str, ...], dict[str, tuple[str, dict[str, str]]]]] = {
    "en": (
        ("podcast studio", "weather app", "ski resort", "craft brewery", "payments processor"),
        {
            "Norvik buys {} Balto": ("acquisition", DEAL),
            "Norvik sells {} Balto to Zelmo": ("acquisition", SALE),
            "Norvik closes {} Balto": ("shutdown", DEAL),
        },
    ),
    "de": (
        ("Rezeptportal", "die Molkerei", "den Reifenhändler", "das Skigebiet", "die Quiz-App"),
        {
            "Norvik kauft {} Balto": ("acquisition", DEAL),
            "Norvik verkauft {} Balto an Zelmo": ("acquisition", SALE),
        },
    ),
    "nl": (
        ("weerapp", "zuivelfabriek", "taalschool", "nieuwssite"),
        {
            "Norvik koopt {} Balto": ("acquisition", DEAL),
            "Norvik verkoopt {} Balto aan Zelmo": ("acquisition", SALE),
        },
    ),
    "fr": (
        ("la laiterie", "l'application météo", "le grossiste en pneus", "la station de ski"),
        {
            "Norvik achète {} Balto": ("acquisition", DEAL),
            "Norvik vend {} Balto à Zelmo": ("acquisition", SALE),
        },
    ),
    "es": (
        (
            "la startup de drones",
            "la aplicación del tiempo",
            "la láctea",
            "el portal de noticias",
            "la estación de esquí",
            "la web de recetas",
        ),
        {"Norvik compra {} Balto": ("acquisition", DEAL)},
    ),
    "it": (
        (
            "la startup di droni",
            "la compagnia di traghetti",
            "il caseificio",
            "il sito di ricette",
            "lo spedizioniere",
            "la stazione sciistica",
        ),
        {
            "Norvik compra {} Balto": ("acquisition", DEAL),
            "Norvik vende {} Balto a Zelmo": ("acquisition", SALE),
        },
    ),
    "pt": (
        (
            "a startup de drones",
            "o laticínio",
            "o portal de notícias",
            "a estação de esqui",
            "a escola de idiomas",
        ),
        {"Norvik compra {} Balto": ("acquisition", DEAL)},
    ),
}


def news(language: str, title: str) -> list[tuple[str, dict[str, str]]]:
    reports = pipeline().read(a_told(language, title[0].upper() + title[1:])).reports
    return sides_of(main_of(reports))


def described() -> list[Any]:
    return [
        pytest.param(language, said.format(description), (event_type, roles))
        for language, (descriptions, sentences) in SAID.items()
        for said, (event_type, roles) in sentences.items()
        for description in descriptions
    ]


@pytest.mark.parametrize(("language", "title", "told"), described())
def test_a_described_name_is_what_a_verb_is_about(
    language: str, title: str, told: tuple[str, dict[str, str]]
) -> None:
    assert news(language, title) == [told]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Norvik buys used Balto phones"),
        ("en", "Norvik sells more cars than Balto"),
        ("en", "Norvik sells chips Balto needs"),
        ("en", "Norvik closes the gap to leader Balto"),
        ("en", "Norvik sells tickets via partner Balto"),
        ("en", "Norvik sells new phone Balto from Monday"),
        ("de", "Norvik kauft neue Balto Handys"),
        ("de", "Norvik verkauft mehr Autos als Rivale Balto"),
        ("nl", "Norvik sluit deal met leverancier Balto"),
        ("fr", "Norvik vend le nouveau téléphone Balto dès lundi"),
        ("it", "Norvik chiude la porta al pretendente Balto"),
        ("pt", "Norvik vende o novo celular Balto a partir de hoje"),
    ],
)
def test_a_name_behind_other_words_is_not(language: str, title: str) -> None:
    assert news(language, title) == []
