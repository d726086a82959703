"""Which type: what is stopped, completed, wound up or left is read as one event, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.told import a_told, cases, main_of, pipeline

CASES: dict[str, Any] = cases("which_type.yml")


def items() -> Iterator[Any]:
    for kind, case in CASES.items():
        for lang, told in case["titles"].items():
            yield pytest.param(lang, told, case["type"], id=f"{lang}: {kind}")


@pytest.mark.parametrize(("lang", "told", "wanted"), list(items()))
def test_what_is_told_is_read_as_one_type_alone(lang: str, told: str, wanted: str) -> None:
    reading = pipeline().read(a_told(lang, told))

    types = {str(report.type) for report in main_of(reading.reports)}
    assert types == ({wanted} if wanted != "none" else set())


def test_a_city_of_no_country_is_no_country() -> None:
    told = "அரசின் தடைக்குப் பிறகு Zelmo செயலி நாடு முழுவதும் செயல்படுவதை நிறுத்தியது"

    reading = pipeline().read(a_told("ta", told))

    [report] = reading.reports
    assert "" not in report.countries
