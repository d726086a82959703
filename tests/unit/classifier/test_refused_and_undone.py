"""How far what is undone, refused or in vain has come, as the press of the west of Europe words it."""

from __future__ import annotations

from functools import cache

import pytest

from services.classifier.pipeline import Pipeline
from tests.support.builders import a_company, a_story, a_watchlist


@cache
def pipeline() -> Pipeline:
    return Pipeline.of(
        a_watchlist(a_company("norvik", name="Norvik"), a_company("zelmo", name="Zelmo"))
    )


def told(lang: str, story: str) -> list[tuple[str, str]]:
    """Return type and stage of what a story, `title / text`, is about."""
    title, _, text = story.partition(" / ")
    reports = pipeline().read(a_story(title=title, text=text, language=lang)).reports
    return [(report.type, str(report.stage)) for report in reports if report.focus == "main"]


@pytest.mark.parametrize(
    ("lang", "story"),
    [
        ("es", "El presidente del Supremo suspende la decisión de bloquear Norvik"),
        ("pt", "Presidente do STF suspende decisão de bloquear o Norvik"),
        ("fr", "Le Conseil d'État suspend la décision de bloquer Norvik"),
        ("de", "Oberstes Gericht setzt Sperrung von Norvik aus"),
        ("it", "La Corte sospende la decisione di bloccare Norvik"),
        ("nl", "Hoge Raad schorst besluit om Norvik te blokkeren"),
        ("pl", "Sąd Najwyższy zawiesił decyzję o zablokowaniu Norvik"),
    ],
)
def test_who_suspends_the_decision_to_block_lifts_the_ban(lang: str, story: str) -> None:
    assert told(lang, story) == [("ban", "reversed")]


@pytest.mark.parametrize(
    ("lang", "story"),
    [
        ("en", "US judge blocks suspension of Norvik ordered by the government"),
        ("es", "Un juez bloquea la suspensión de Norvik ordenada por el Gobierno"),
        ("pt", "Juiz bloqueia suspensão do Norvik ordenada pelo governo"),
        ("fr", "Un juge bloque la suspension de Norvik ordonnée par le gouvernement"),
        ("it", "Un giudice blocca la sospensione di Norvik ordinata dal governo"),
        ("nl", "Rechter voorkomt verbod op Norvik"),
        ("pl", "Sędzia zablokował zakaz Norvik zarządzony przez rząd"),
    ],
)
def test_a_judge_who_stops_what_was_ordered_keeps_it_from_taking_effect(
    lang: str, story: str
) -> None:
    assert told(lang, story) == [("ban", "rejected")]


@pytest.mark.parametrize(
    ("lang", "story"),
    [
        ("en", "Norvik closes the door on merger with Zelmo"),
        ("es", "Norvik cierra la puerta a una fusión con Zelmo"),
        ("pt", "Norvik fecha a porta à fusão com a Zelmo"),
        ("fr", "Norvik ferme la porte à une fusion avec Zelmo"),
        ("it", "Norvik chiude la porta alla fusione con Zelmo"),
        ("nl", "Norvik sluit de deur voor fusie met Zelmo"),
        ("pl", "Norvik zamyka drzwi przed fuzją z Zelmo"),
    ],
)
def test_who_closes_the_door_on_a_merger_refuses_it(lang: str, story: str) -> None:
    assert told(lang, story) == [("acquisition", "rejected")]


@pytest.mark.parametrize(
    ("lang", "story"),
    [
        (
            "en",
            "Norvik to close all stores after search for buyer fails / Attempts to find a buyer for Norvik have failed.",
        ),
        (
            "es",
            "Norvik cierra todas sus tiendas tras no encontrar comprador / Los intentos de encontrar un comprador para Norvik fracasaron.",
        ),
        (
            "pt",
            "Norvik fecha todas as lojas após não encontrar comprador / As tentativas de encontrar um comprador para a Norvik falharam.",
        ),
        (
            "de",
            "Norvik schließt alle Filialen: kein Käufer gefunden / Die Suche nach einem Käufer für Norvik ist gescheitert.",
        ),
        (
            "fr",
            "Norvik ferme tous ses magasins faute de repreneur / La recherche d'un repreneur pour Norvik a échoué.",
        ),
        (
            "it",
            "Norvik chiude tutti i negozi: nessun compratore / La ricerca di un acquirente per Norvik è fallita.",
        ),
        (
            "nl",
            "Norvik sluit alle winkels: geen koper gevonden / De zoektocht naar een koper voor Norvik is mislukt.",
        ),
        (
            "pl",
            "Norvik zamyka wszystkie sklepy, nie znaleziono kupca / Poszukiwania kupca dla Norvik nie powiodły się.",
        ),
    ],
)
def test_that_nobody_was_found_to_buy_it_is_no_deal_beside_a_closing(lang: str, story: str) -> None:
    assert told(lang, story) == [("shutdown", "confirmed")]


@pytest.mark.parametrize(
    ("lang", "story"),
    [
        ("en", "Norvik shares surge on merger with Zelmo"),
        ("fr", "L'action Norvik bondit après la fusion avec Zelmo"),
        ("it", "Il titolo Norvik vola dopo la fusione con Zelmo"),
    ],
)
def test_what_shares_do_after_a_deal_takes_nothing_from_it(lang: str, story: str) -> None:
    assert told(lang, story) == [("acquisition", "confirmed")]


def test_whom_a_ban_is_over_takes_nothing_from_whom_a_judge_bans() -> None:
    story = (
        "Ministro do Supremo determina suspensão do aplicativo Norvik / O aplicativo não cumpriu a ordem"
        " de bloqueio de contas ligadas ao blogueiro."
    )

    assert told("pt", story) == [("ban", "confirmed")]


def test_a_fee_for_leaving_a_deal_is_no_price() -> None:
    title = "Norvik terminates acquisition of Zelmo"
    text = "Norvik will pay a termination fee of around $250 million."

    (report,) = pipeline().read(a_story(title=title, text=text, language="en")).reports

    assert report.amount is None
