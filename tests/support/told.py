"""Told: stories on one line, `title / text`, read by who tracks made-up companies that every script can write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Focus, Report
from services.common.contracts.story import Story
from tests.support.builders import a_family_watchlist, a_story

CASES = Path(__file__).parents[1] / "unit" / "classifier"


def cases(name: str) -> Any:
    """Return what a file of the classifier's cases holds."""
    return yaml.safe_load((CASES / name).read_text(encoding="utf-8"))


STRUCTURE = cases("structure.yml")
COMPANIES: Mapping[str, Sequence[str]] = STRUCTURE["companies"]
"""The made-up companies, each with its names in other scripts."""


@cache
def pipeline() -> Pipeline:
    """Return who tracks all of `COMPANIES`."""
    return a_pipeline(COMPANIES, STRUCTURE["owners"])


def a_pipeline(companies: Mapping[str, Sequence[str]], owners: Mapping[str, str]) -> Pipeline:
    """Return who tracks some companies, by their names with other spellings, and knows who owns whom."""
    names = {name.lower(): [name, *aliases] for name, aliases in companies.items()}
    owner_by_company = {name.lower(): owner.lower() for name, owner in owners.items()}
    return Pipeline.of(a_family_watchlist(names, owner_by_company))


def a_told(lang: str, told: str) -> Story:
    """Return a story that is told as `title / text`, or as a title alone."""
    title, _, text = told.partition(" / ")
    return a_story(title=title, text=text, language=lang)


def news_of(lang: str, told: str) -> list[Report]:
    """Return what is news by a story that is told as `title / text`, for who tracks the companies of `outsiders.yml`."""
    return main_of(_of_outsiders().read(a_told(lang, told)).reports)


@cache
def _of_outsiders() -> Pipeline:
    return a_pipeline(cases("syntax/outsiders.yml")["companies"], {})


def main_of(reports: Iterable[Report]) -> list[Report]:
    """Return the reports of what is news."""
    return [report for report in reports if report.focus is Focus.MAIN]


def stories_of(rules: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Return each story of some rules as a parameter: its language, what it tells and the rule that it is of."""
    return [
        pytest.param(lang, told, rule, id=f"{lang}: {rule['rule']}")
        for rule in rules
        for lang, told in rule["stories"].items()
    ]
