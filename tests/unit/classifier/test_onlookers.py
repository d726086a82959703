"""Companies that only look on while something happens to others, by `onlookers.yml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Focus, Role
from tests.support.builders import a_family_watchlist, a_story

FOLDER = Path(__file__).parent
TOLD = yaml.safe_load((FOLDER / "onlookers.yml").read_text(encoding="utf-8"))
COMPANIES = yaml.safe_load((FOLDER / "outsiders.yml").read_text(encoding="utf-8"))["companies"]


def stories() -> list[Any]:
    return [
        pytest.param(lang, told, rule["type"], id=f"{lang}: {rule['rule']}")
        for rule in TOLD["rules"]
        for lang, told in rule["stories"].items()
    ]


@cache
def pipeline() -> Pipeline:
    names = {name.lower(): [name, *aliases] for name, aliases in COMPANIES.items()}
    return Pipeline.of(a_family_watchlist(names, {}))


@pytest.mark.parametrize(("lang", "told", "event_type"), stories())
def test_who_only_looks_on_has_no_side(lang: str, told: str, event_type: str) -> None:
    title, _, text = told.partition(" / ")

    reports = pipeline().read(a_story(title=title, text=text, language=lang)).reports

    [news] = [report for report in reports if report.focus is Focus.MAIN]
    assert news.type == event_type
    sides = {str(c.id): str(c.role) for c in news.companies if c.role is not Role.PARTY}
    assert sides == TOLD["roles"][event_type]
