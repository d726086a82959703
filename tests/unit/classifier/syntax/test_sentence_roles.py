"""Who does what where one sentence names several, by the sentences of `sentence_roles.yml`."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from services.classifier.pipeline import Pipeline
from tests.support.builders import a_story
from tests.support.told import COMPANIES, a_pipeline, cases

TOLD = cases("syntax/sentence_roles.yml")


@cache
def pipeline() -> Pipeline:
    return a_pipeline(COMPANIES, TOLD["owners"])


@pytest.mark.parametrize(
    ("lang", "told", "expected"),
    [
        pytest.param(lang, text, rule["expect"], id=f"{lang}: {rule['rule']}")
        for rule in TOLD["rules"]
        for lang, text in rule["stories"].items()
    ],
)
def test_everybody_in_the_sentence_has_the_part_that_it_gives(
    lang: str, told: str, expected: list[dict[str, Any]]
) -> None:
    title, _, text = told.rpartition(" / ")

    reports = pipeline().read(a_story(title=title, text=text, language=lang)).reports

    assert [
        {
            "type": report.type,
            "roles": {
                str(party.id): str(party.role)
                for party in report.companies
                if str(party.role) != "party"
            },
        }
        for report in reports
    ] == expected
