"""Companies that only look on while something happens to others, by `onlookers.yml`."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Role
from tests.support.told import a_pipeline, a_told, cases, main_of

TOLD = cases("syntax/onlookers.yml")


def stories() -> list[Any]:
    return [
        pytest.param(lang, told, rule["type"], id=f"{lang}: {rule['rule']}")
        for rule in TOLD["rules"]
        for lang, told in rule["stories"].items()
    ]


@cache
def pipeline() -> Pipeline:
    return a_pipeline(cases("syntax/outsiders.yml")["companies"], {})


@pytest.mark.parametrize(("lang", "told", "event_type"), stories())
def test_who_only_looks_on_has_no_side(lang: str, told: str, event_type: str) -> None:
    [news] = main_of(pipeline().read(a_told(lang, told)).reports)

    assert news.type == event_type
    sides = {str(c.id): str(c.role) for c in news.companies if c.role is not Role.PARTY}
    assert sides == TOLD["roles"][event_type]
