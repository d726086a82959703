"""Quotes around a name, its legal form and its ticker say nothing: what is read stays the same."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.told import COMPANIES, STRUCTURE, a_told, pipeline

NAMES = re.compile(
    "|".join(
        re.escape(name)
        for name in sorted(
            (name for key, others in COMPANIES.items() for name in (key, *others)),
            key=len,
            reverse=True,
        )
    )
)
RULES = STRUCTURE["rules"]
QUOTES = {
    **dict.fromkeys(("ru", "uk", "it", "es", "ar", "fa"), ("«", "»")),
    "fr": ("« ", " »"),
    "de": ("„", "“"),
    "pl": ("„", "”"),
    "zh": ("“", "”"),
    "ja": ("「", "」"),
    "ko": ("‘", "’"),
}
IN_LATIN_LETTERS = ("de", "en", "es", "fr", "id", "it", "ms", "nl", "pl", "pt", "vi")
MOST = 1
"""Readings of a language's stories that may change."""
LANGUAGES = sorted({language for rule in RULES for language in rule["stories"]})


def quoted(language: str, told: str) -> str:
    before, behind = QUOTES.get(language, ('"', '"'))
    return NAMES.sub(lambda name: f"{before}{name[0]}{behind}", told)


def with_tickers(language: str, told: str) -> str:
    del language
    return NAMES.sub(lambda name: f"{name[0]} (NYSE: NVK)", told)


def with_legal_forms(language: str, told: str) -> str:
    del language
    return re.sub(r"\b(Norvik|Zelmo|Balto|Pixeo|Telegram)\b", r"\1 Ltd", told)


def read(language: str, told: str) -> object:
    return [
        (report.type, report.stage, report.focus, report.companies)
        for report in pipeline().read(a_told(language, told)).reports
    ]


@pytest.mark.parametrize(
    ("change", "language"),
    [
        *((change, language) for change in (quoted, with_tickers) for language in LANGUAGES),
        *((with_legal_forms, language) for language in IN_LATIN_LETTERS),
    ],
)
def test_what_hangs_on_a_name_changes_hardly_a_reading(
    language: str, change: Callable[[str, str], str]
) -> None:
    stories = [
        rule["stories"][language]
        for rule in RULES
        if language in rule["stories"]
        and change(language, rule["stories"][language]) != rule["stories"][language]
        and not re.search(r"[\"«»„“「]", rule["stories"][language])
    ]

    changed = [
        told for told in stories if read(language, told) != read(language, change(language, told))
    ]

    assert len(stories) > 10
    assert len(changed) <= MOST, changed


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("ru", "«Норвик» закрывает «Зелмо»"),
        ("uk", "«Норвік» закриває «Зелмо»"),
        ("fr", "« Norvik » ferme « Zelmo »"),
        ("de", "„Norvik“ schließt „Zelmo“"),
        ("en", '"Norvik" shuts down "Zelmo"'),
        ("fa", "«نورویک» «زلمو» را تعطیل کرد"),
        ("zh", "“诺维克”关闭“泽尔莫”"),
    ],
)
def test_a_closing_between_two_names_in_quotes_is_not_quoted(language: str, told: str) -> None:
    (report,) = pipeline().read(a_told(language, told)).reports

    assert {str(p.id): str(p.role) for p in report.companies} == {
        "norvik": "actor",
        "zelmo": "target",
    }


def test_names_with_nothing_between_them_are_read() -> None:
    (report,) = pipeline().read(a_told("ja", "ノルヴィク「バルトス」買収")).reports

    assert {str(party.id) for party in report.companies} == {"norvik", "balto"}


def test_what_closes_in_quotes_alone_is_a_figure_of_speech() -> None:
    assert pipeline().read(a_told("en", 'Norvik "shuts down" Zelmo')).reports == ()


def test_evidence_is_the_name_alone() -> None:
    reading = pipeline().read(a_told("en", '"Norvik" Inc. (NYSE: NVK) buys the brand "Zelmo"'))

    assert {place.quote for mention in reading.mentions for place in mention.places} == {
        "Norvik",
        "Zelmo",
    }
