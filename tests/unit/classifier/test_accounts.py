"""A service that is blocked or closed is news, however many have accounts there; accounts are not (`no_event.yml`)."""

from __future__ import annotations

import pytest

from services.common.contracts.reading import Focus
from tests.unit.classifier.test_structure import a_told, pipeline


def news(lang: str, told: str) -> list[tuple[str, str]]:
    reports = pipeline().read(a_told(lang, told)).reports
    return [(report.type, report.stage) for report in reports if report.focus is Focus.MAIN]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "Telegram, with its 10 million users, was blocked in Nepal"),
        ("es", "Telegram, que cuenta con 10 millones de usuarios, fue bloqueada en Nepal"),
        ("pt", "Telegram, que conta com 10 milhões de usuários, foi bloqueado no Nepal"),
        ("it", "Telegram, che conta 10 milioni di utenti, è stato bloccato in Nepal"),
        ("de", "Telegram mit seinen 10 Millionen Nutzern in Nepal gesperrt"),
        ("nl", "Telegram, met 10 miljoen gebruikers, is geblokkeerd in Nepal"),
        ("pl", "Telegram z 10 milionami użytkowników został zablokowany w Nepalu"),
        ("uk", "Телеграм із 10 мільйонами користувачів заблоковано в Непалі"),
        ("tr", "10 milyon kullanıcısı olan Telegram Nepal'de engellendi"),
    ],
)
def test_a_service_that_many_use_is_banned(lang: str, told: str) -> None:
    assert news(lang, told) == [("ban", "confirmed")]


@pytest.mark.parametrize(
    "told",
    [
        "Norvik closes Zelmo, accounts move to Balto / Norvik said it was closing its bank Zelmo.",
        "Norvik shuts its wallet app Zelmo / It is shutting down on Monday; users' accounts will go.",
    ],
)
def test_a_bank_or_an_app_that_closes_does_so_whatever_becomes_of_accounts(told: str) -> None:
    assert news("en", told) == [("shutdown", "confirmed")]


@pytest.mark.parametrize(
    ("lang", "told", "stage"),
    [
        (
            "en",
            "Should Telegram be banned? / The government on Monday proposed a bill to ban Telegram.",
            "proposed",
        ),
        (
            "de",
            "Kommentar: Das Telegram-Verbot ist richtig / Die Regierung hat Telegram verboten.",
            "confirmed",
        ),
    ],
)
def test_a_column_about_what_an_authority_does_tells_it(lang: str, told: str, stage: str) -> None:
    assert news(lang, told) == [("ban", stage)]


def test_unions_against_a_deal_leave_it_one() -> None:
    told = "Unions reject Norvik's takeover of Zelmo / Norvik agreed on Monday to buy Zelmo."

    assert news("en", told) == [("acquisition", "confirmed")]
