from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter.render.sentence import sentence
from services.alerter.render.words import amount_words, date_words, one_line, place_words
from services.common.contracts.alert import Reason
from services.common.contracts.event import Event
from services.common.contracts.reading import Amount, Involvement, OtherParty, Role, Stage
from services.common.ids import CompanyId
from tests.support.builders import a_company, a_watchlist
from tests.support.events import an_event

WATCHLIST = a_watchlist(
    a_company("bytedance", name="ByteDance"),
    a_company("tiktok", name="TikTok", owner=CompanyId("bytedance")),
    a_company("tiktok-music", name="TikTok Music", owner=CompanyId("tiktok")),
    a_company("facebook", name="Facebook"),
    a_company("xiaomi", name="Xiaomi"),
    a_company("goto", name="GoTo"),
)


def roles(**companies: str) -> tuple[Involvement, ...]:
    return tuple(
        Involvement(id=CompanyId(name), role=Role(role))
        for role, names in companies.items()
        for name in names.split()
    )


def said(reason: Reason | None = None, **changes: Any) -> str:
    event: Event = an_event(**changes)
    return sentence(event, watchlist=WATCHLIST, reason=reason)


USD = Amount(currency="USD", value=840_000_000)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"countries": ("ID",), "outlets": 3},
            "TikTok banned in Indonesia (confirmed; 3 outlets)",
        ),
        (
            {
                "type": "shutdown",
                "companies": roles(target="tiktok-music"),
                "countries": ("ID", "BR"),
                "date": "2024-11-28",
                "outlets": 3,
            },
            "TikTok Music shuts down in Indonesia and Brazil on 28 Nov 2024 (confirmed; 3 outlets)",
        ),
        (
            {"type": "shutdown", "companies": roles(actor="bytedance", target="tiktok-music")},
            "ByteDance shuts down TikTok Music (confirmed; 1 outlet)",
        ),
        (
            {
                "type": "acquisition",
                "stage": Stage.REJECTED,
                "companies": roles(actor="facebook", target="xiaomi"),
            },
            "Facebook's purchase of Xiaomi rejected (rejected; 1 outlet)",
        ),
        (
            {
                "type": "acquisition",
                "companies": roles(actor="tiktok", target="goto", seller="xiaomi"),
                "amount": USD,
                "date": "2023-12",
            },
            "TikTok buys GoTo from Xiaomi for USD 840 million in Dec 2023 (confirmed; 1 outlet)",
        ),
        (
            {
                "type": "acquisition",
                "stage": Stage.RUMOURED,
                "companies": roles(target="goto"),
                "others": (OtherParty(name="Grab", role=Role.ACTOR),),
            },
            "Grab may buy GoTo (rumoured; 1 outlet)",
        ),
        (
            {"type": "acquisition", "companies": roles(target="xiaomi goto")},
            "Xiaomi and GoTo merge (confirmed; 1 outlet)",
        ),
        (
            {"type": "acquisition", "companies": roles(target="tiktok bytedance")},
            "TikTok bought (confirmed; 1 outlet)",
        ),
        (
            {"stage": Stage.RUMOURED, "countries": ("US",)},
            "TikTok may be banned in the United States (rumoured; 1 outlet)",
        ),
        (
            {"type": "shutdown", "scope": "Chennai plant", "companies": roles(target="xiaomi")},
            "Xiaomi (Chennai plant) shuts down (confirmed; 1 outlet)",
        ),
        (
            {"type": "strike", "stage": Stage.PROPOSED, "companies": roles(party="xiaomi")},
            "Xiaomi: strike (proposed; 1 outlet)",
        ),
        (
            {"stage": Stage("appealed"), "countries": ("DE",)},
            "TikTok: ban in Germany (appealed; 1 outlet)",
        ),
        (
            {"disputed": Stage.REVERSED, "outlets": 5},
            "TikTok banned (confirmed; disputed: some say reversed; 5 outlets)",
        ),
        (
            {"companies": roles(target="removed-since")},
            "removed-since banned (confirmed; 1 outlet)",
        ),
    ],
)
def test_an_event_is_said_in_one_sentence(changes: dict[str, Any], expected: str) -> None:
    assert said(**changes) == expected


def test_a_correction_says_what_it_corrects() -> None:
    reversed_ban = {"stage": Stage.REVERSED, "previous_stage": Stage.CONFIRMED, "outlets": 4}

    told = said(Reason.CORRECTION, countries=("ID",), **reversed_ban)

    assert told == "Correction: Ban on TikTok in Indonesia lifted (confirmed → reversed; 4 outlets)"


def test_a_withdrawn_event_is_taken_back() -> None:
    told = said(Reason.WITHDRAWN, withdrawn=True, outlets=0)

    assert told == "Withdrawn: TikTok banned (was confirmed; no story says so any longer)"


@settings(max_examples=60)
@given(
    name=st.text(min_size=1, max_size=120).filter(one_line),
    kind=st.sampled_from(["ban", "acquisition", "shutdown", "strike"]),
    stage=st.sampled_from(list(Stage)),
    role=st.sampled_from(list(Role)),
)
def test_every_event_has_a_sentence_on_one_line(
    name: str, kind: str, stage: Stage, role: Role
) -> None:
    watchlist = a_watchlist(a_company("it", name=name))
    event = an_event(type=kind, stage=stage, companies=roles(**{role: "it"}))

    told = sentence(event, watchlist=watchlist)

    assert told == one_line(told)
    assert f"({stage}; 1 outlet)" in told
    assert "{label}" not in told.replace(name, "")


def test_a_name_that_looks_like_a_pattern_stays_a_name() -> None:
    watchlist = a_watchlist(a_company("it", name="[{target}]"))
    event = an_event(companies=roles(actor="it", target="it"))

    assert sentence(event, watchlist=watchlist).startswith("[{target}] banned by [{target}]")


def test_words_for_places_dates_and_amounts() -> None:
    assert place_words(["NO", "EU", "US", "DE", "FR"]) == (
        " in Norway, the European Union, the United States and 2 more"
    )
    assert place_words(["QQ"]) == " in QQ"
    assert date_words("2024-11") == " in Nov 2024"
    assert date_words("2024-13-01") == " on 2024-13-01"
    assert amount_words(Amount(currency="JPY", value=950_000)) == "JPY 950,000"
    assert amount_words(Amount(currency="EUR", value=1.25e9)) == "EUR 1.25 billion"
    assert amount_words(Amount(currency="EUR", value=100e9)) == "EUR 100 billion"
    assert amount_words(Amount(currency="USD", value=999_999_999)) == "USD 1 billion"
    assert amount_words(Amount(currency="USD", value=999_990_000)) == "USD 999.99 million"
    assert amount_words(Amount(currency="USD", value=2e15)) == "USD 2000 trillion"


def test_a_line_drops_what_could_mislead() -> None:
    assert one_line("Tik\u202eTok\x9b31m\n\tbanned\u200b") == "TikTok31m banned"
