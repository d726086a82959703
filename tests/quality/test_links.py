"""Names in 24 languages, a third of them traps: links.tsv, with the rules of each case's language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from services.classifier.lexicon.load import LANGUAGES
from services.classifier.pipeline import Pipeline
from services.common.contracts.company import Alias, Company
from services.common.ids import CompanyId
from tests.support.builders import a_story, a_watchlist
from tests.unit.classifier.steps.test_link import FOUND, OTHER_WORDS

FILE = Path(__file__).parent / "links.tsv"


class Case(NamedTuple):
    """A name, a text, and whether the company is meant there."""

    language: str
    alias: Alias
    is_meant: bool
    text: str


def cases() -> Iterator[Case]:
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        language, name, sign, text = line.split("\t")
        written, *conditions = name.split(";")
        of = dict(condition.split("=", 1) for condition in conditions)
        yield Case(
            language,
            Alias(
                text=written,
                is_exact=of.get("case") == "exact",
                needs=_words(of.get("needs")),
                excluded=_words(of.get("not")),
            ),
            sign == "+",
            text,
        )


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


CASES = list(cases())


def is_linked(case: Case) -> bool:
    company = Company(id=CompanyId("it"), name=case.alias.text, names=(case.alias,))
    reading = Pipeline.of(a_watchlist(company)).read(
        a_story(title=case.text, text="", language=case.language)
    )
    return bool(reading.mentions)


def test_at_least_99_of_100_names_are_read_as_meant() -> None:
    wrong = [
        f"{case.language}: {case.alias.text}: {case.text}"
        for case in CASES
        if is_linked(case) != case.is_meant
    ]

    assert len(wrong) <= len(CASES) // 100, wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_cases_and_traps(language: str) -> None:
    of_language = [case for case in CASES if case.language == language]

    assert len(of_language) >= 12
    assert sum(not case.is_meant for case in of_language) >= 1


def test_there_are_as_many_traps_as_promised() -> None:
    assert len(CASES) + len(FOUND) + len(OTHER_WORDS) >= 500
    assert sum(not case.is_meant for case in CASES) + len(OTHER_WORDS) >= 150
