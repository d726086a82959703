"""Which type: what is stopped, completed, wound up or left is read as one event, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.common.contracts.reading import Focus
from tests.unit.classifier.test_structure import a_told, pipeline

CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("which_type.yml").read_text(encoding="utf-8")
)


def items() -> Iterator[Any]:
    for kind, case in CASES.items():
        for lang, told in case["titles"].items():
            yield pytest.param(lang, told, case["type"], id=f"{lang}: {kind}")


@pytest.mark.parametrize(("lang", "told", "wanted"), list(items()))
def test_what_is_told_is_read_as_one_type_alone(lang: str, told: str, wanted: str) -> None:
    reading = pipeline().read(a_told(lang, told))

    types = {str(report.type) for report in reading.reports if report.focus is Focus.MAIN}
    assert types == ({wanted} if wanted != "none" else set())


def test_a_city_of_no_country_is_no_country() -> None:
    told = "அரசின் தடைக்குப் பிறகு Zelmo செயலி நாடு முழுவதும் செயல்படுவதை நிறுத்தியது"

    reading = pipeline().read(a_told("ta", told))

    assert all("" not in report.countries for report in reading.reports)
