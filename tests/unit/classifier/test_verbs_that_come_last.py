"""Hindi, Bengali, Tamil and Urdu: where their words end, and what their headlines turn round."""

from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Report, Role, Stage
from tests.support.builders import a_company, a_story, a_watchlist

WATCHLIST = a_watchlist(
    a_company("velka", "ভেলকা ব্যাংক", "वेल्का", "வெல்கா", "ویلکا", name="Velka Bank"),
    a_company("zumo", "জুমো ব্যাংক", "ज़ूमो", "ஜூமோ", "زومو", name="Zumo"),
    a_company("balto", "বালটো", "बाल्टो", "பால்டோ", "بالٹو", name="Balto"),
)


def reports(language: str, title: str, text: str = "") -> tuple[Report, ...]:
    return tuple(
        Pipeline.of(WATCHLIST).read(a_story(title=title, text=text, language=language)).reports
    )


def roles(report: Report) -> dict[str, Role]:
    return {str(party.id): party.role for party in report.companies}


def test_a_conjunction_within_a_bengali_word_begins_no_clause() -> None:
    (report,) = reports("bn", "ভেলকা ব্যাংক ও জুমো ব্যাংক একীভূত করার প্রস্তাব")

    assert set(roles(report)) == {"velka", "zumo"}


def test_who_sells_the_whole_stake_buys_nothing() -> None:
    (report,) = reports("hi", "ज़ूमो ने बाल्टो में अपनी पूरी हिस्सेदारी बेच दी")

    assert roles(report) == {"zumo": Role.SELLER, "balto": Role.TARGET}


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("ta", "இந்தியாவை விட்டு வெளியேறுகிறதா ஜூமோ? வதந்தி என நிறுவனம் மறுப்பு"),
        ("hi", "क्या भारत छोड़ रही है ज़ूमो? कंपनी ने खबर को बताया निराधार"),
        ("en", "Is Zumo leaving India? Company denies the report"),
    ],
)
def test_a_title_that_denies_what_it_asks_is_no_rumour(language: str, title: str) -> None:
    (report,) = reports(language, title)

    assert report.stage is Stage.REJECTED


def test_an_exchange_that_is_told_has_no_part_in_the_deal() -> None:
    (report,) = reports("ur", "زومو نے بالٹو کو بھیجے گئے نوٹس میں بتایا کہ وہ ویلکا خرید رہی ہے")

    assert "balto" not in roles(report)


def test_a_word_of_a_stage_within_a_name_says_nothing() -> None:
    watchlist = a_watchlist(a_company("nokia", "நோக்கியா"))
    story = a_story(title="சென்னை ஆலையை நிரந்தரமாக மூடியது நோக்கியா", text="", language="ta")

    (report,) = Pipeline.of(watchlist).read(story).reports

    assert report.stage is Stage.CONFIRMED


def test_a_lead_that_only_goes_on_about_the_titles_strike_closes_nothing() -> None:
    told = reports(
        "ta",
        "ஜூமோ ஊழியர்கள் மூன்று நாள் வேலைநிறுத்தம்",
        "ஊதிய உயர்வு கோரி ஜூமோ ஊழியர்கள் திங்கட்கிழமை முதல் போராடுகின்றனர். இதனால் ஜூமோ சேவை மையங்கள் இயங்காது.",
    )

    assert told == ()
