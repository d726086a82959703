"""Whom sentences further down, and pacts, give a part in an event, by the stories of `later_sentences.yml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Focus, Role
from tests.support.builders import a_family_watchlist, a_story

HERE = Path(__file__)
TOLD = yaml.safe_load(HERE.with_name("later_sentences.yml").read_text(encoding="utf-8"))
FAMILY = yaml.safe_load(HERE.with_name("structure.yml").read_text(encoding="utf-8"))


def stories() -> list[Any]:
    return [
        pytest.param(
            language, story, rule["expect"], id=f"{language}: {rule['rule']} ({number}.{at})"
        )
        for number, rule in enumerate(TOLD)
        for at, told in enumerate(rule["stories"])
        for language, story in told.items()
    ]


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    names = {name.lower(): [name, *aliases] for name, aliases in FAMILY["companies"].items()}
    owners = {name.lower(): owner.lower() for name, owner in FAMILY["owners"].items()}
    return Pipeline.of(a_family_watchlist(names, owners))


@pytest.mark.parametrize(("language", "told", "expect"), stories())
def test_who_has_a_part(pipeline: Pipeline, language: str, told: str, expect: str) -> None:
    title, _, text = told.partition(" / ")

    read = pipeline.read(a_story(title=title, text=text, language=language))

    assert {
        (str(report.type), str(report.stage), f"{company.id}={company.role}")
        for report in read.reports
        if report.focus is Focus.MAIN
        for company in report.companies
        if company.role is not Role.PARTY
    } == expected(expect)


def expected(told: str) -> set[tuple[str, str, str]]:
    if told == "-":
        return set()
    event_type, stage, *roles = told.split()
    return {(event_type, stage, role) for role in roles}
