"""Names that are words too, in headlines of a line or two: ambiguous.tsv, with what the catalogue says of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from services.classifier.pipeline import Pipeline
from services.common.config.catalogue import catalogue
from services.common.ids import CompanyId
from tests.support.builders import a_story, a_watchlist

FILE = Path(__file__).parent / "ambiguous.tsv"


class Case(NamedTuple):
    """A story of a line or two, and whether it means a company."""

    part: str
    language: str
    company: CompanyId
    is_meant: bool
    title: str
    text: str


def cases() -> Iterator[Case]:
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        part, language, company, sign, title, *text = line.split("\t")
        yield Case(part, language, CompanyId(company), sign == "+", title, " ".join(text))


CASES = list(cases())


@cache
def pipeline_of(company: CompanyId) -> Pipeline:
    """Return a pipeline that tracks one company, by the names that the catalogue has of it."""
    return Pipeline.of(a_watchlist(replace(catalogue().watchlist.companies[company], owner=None)))


def is_linked(case: Case) -> bool:
    story = a_story(title=case.title, text=case.text, language=case.language)
    return bool(pipeline_of(case.company).read(story).mentions)


@pytest.mark.parametrize(("part", "least"), [("looked", 0.9), ("scored", 0.8)])
def test_most_that_are_meant_are_linked_without_a_word_that_they_need(
    part: str, least: float
) -> None:
    meant = [case for case in CASES if case.part == part and case.is_meant]

    missed = [f"{case.language}: {case.title}" for case in meant if not is_linked(case)]

    assert len(missed) <= len(meant) * (1 - least), missed


@pytest.mark.parametrize("part", ["looked", "scored"])
def test_no_more_than_2_of_100_traps_are_taken_for_a_company(part: str) -> None:
    traps = [case for case in CASES if case.part == part and not case.is_meant]

    wrong = [f"{case.language}: {case.title}" for case in traps if is_linked(case)]

    assert len(wrong) <= len(traps) // 50, wrong


def test_there_are_as_many_cases_as_promised() -> None:
    assert len({case.company for case in CASES}) >= 40
    assert sum(case.is_meant for case in CASES) >= 160
    assert sum(not case.is_meant for case in CASES) >= 240
