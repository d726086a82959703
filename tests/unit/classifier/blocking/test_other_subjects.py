"""What a sentence names of another subject as a circumstance of its news takes nothing from it."""

from __future__ import annotations

import pytest

from services.classifier.blocking.circumstances import CIRCUMSTANTIAL
from services.classifier.lexicon.shared_words import blocked_types
from tests.support.sides import sides_of
from tests.support.told import a_told, pipeline

_DEAL = ("acquisition", {"norvik": "actor", "balto": "target"})
_CLOSED = ("shutdown", {"norvik": "target"})


@pytest.mark.parametrize(
    ("lang", "text", "event"),
    [
        ("en", "Norvik buys Balto ahead of planned IPO", _DEAL),
        ("en", "Norvik buys Balto, appoints new chief executive", _DEAL),
        ("en", "Norvik takes over Balto and builds new plant in Ohio", _DEAL),
        ("en", "Norvik buys Balto after years of partnership", _DEAL),
        ("en", "Norvik to buy Balto, orders 20 aircraft", _DEAL),
        ("en", "Norvik closes 40 stores, lays off 300", _CLOSED),
        ("en", "Norvik closes 40 stores, no layoffs", _CLOSED),
        ("en", "Norvik quits Russia after boycott", _CLOSED),
        ("de", "Norvik schließt Werk in Essen, 300 Entlassungen", _CLOSED),
        ("nl", "Norvik sluit 40 winkels en ontslaat 300 mensen", _CLOSED),
        ("fr", "Norvik ferme son usine de Lille, 300 licenciements", _CLOSED),
        ("it", "Norvik chiude lo stabilimento e licenzia 300", _CLOSED),
        ("pl", "Norvik zamyka fabrykę i zwalnia 300 osób", _CLOSED),
        ("ru", "Norvik закрывает завод и увольняет 300 человек", _CLOSED),
        ("uk", "Norvik закриває завод і звільняє 300 працівників", _CLOSED),
        ("id", "Norvik tutup 40 toko, PHK 300 karyawan", _CLOSED),
        ("vi", "Norvik đóng cửa nhà máy, sa thải 300 người", _CLOSED),
    ],
)
def test_a_circumstance_of_another_subject_blocks_nothing(
    lang: str, text: str, event: tuple[str, dict[str, str]]
) -> None:
    assert sides_of(pipeline().read(a_told(lang, text)).reports) == [event]


@pytest.mark.parametrize(
    "text",
    [
        "Norvik buys Balto aircraft",
        "Norvik buys shares in Balto IPO",
        "Norvik axes 300 jobs",
        "FA bans Norvik, the Arsenal striker",
        "Norvik buys Zelmo, a Premier League striker",
        "Norvik closes 40 stores after Christmas holiday for two days",
        "Norvik closes 40 stores amid lockdown",
        "Norvik bans player after doping at Balto marathon",
    ],
)
def test_another_subject_within_what_is_told_blocks_it(text: str) -> None:
    assert not [s for s in sides_of(pipeline().read(a_told("en", text)).reports) if s[1]]


def test_what_may_be_a_circumstance_is_a_kind_of_blocker() -> None:
    assert blocked_types().keys() >= CIRCUMSTANTIAL
