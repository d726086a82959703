"""Who is what in sentences of long stories, language by language: the sentences of `parts.yml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Focus
from tests.support.builders import a_family_watchlist, a_story

PARTS = yaml.safe_load(Path(__file__).with_name("parts.yml").read_text(encoding="utf-8"))


@cache
def pipeline() -> Pipeline:
    return Pipeline.of(a_family_watchlist(PARTS["companies"], PARTS["owners"]))


@pytest.mark.parametrize(
    ("lang", "case"),
    [
        pytest.param(lang, case, id=f"{lang}: {case['told'].partition(' / ')[0]} {at}")
        for lang, cases in PARTS["stories"].items()
        for at, case in enumerate(cases)
    ],
)
def test_everybody_named_has_the_part_that_a_reader_sees(lang: str, case: dict[str, Any]) -> None:
    title, _, text = case["told"].partition(" / ")

    reports = pipeline().read(a_story(title=title, text=text, language=lang)).reports

    told = [
        (report.type, {str(party.id): str(party.role) for party in report.companies}, report.focus)
        for report in reports
    ]
    expected = [] if case["event"] == "none" else [(case["event"], case["roles"], Focus.MAIN)]
    assert told == expected
