"""Who does what where one sentence names several, by the sentences of `sentence_roles.yml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.classifier.pipeline import Pipeline
from tests.support.builders import a_family_watchlist, a_story

HERE = Path(__file__)
TOLD = yaml.safe_load(HERE.with_name("sentence_roles.yml").read_text(encoding="utf-8"))
COMPANIES = yaml.safe_load(HERE.with_name("structure.yml").read_text(encoding="utf-8"))["companies"]


@cache
def pipeline() -> Pipeline:
    names = {name.lower(): [name, *aliases] for name, aliases in COMPANIES.items()}
    owners = {name.lower(): owner.lower() for name, owner in TOLD["owners"].items()}
    return Pipeline.of(a_family_watchlist(names, owners))


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
