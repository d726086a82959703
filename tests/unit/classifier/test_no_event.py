"""What tempts and is no event, told as a newspaper would: `no_event.yml`, and what is remembered: `lookbacks.yml`.

Shares offered to everybody, a cut cable, fines, jets and land that are bought, shops that are refitted,
strikes, players, teams that work together, jobs that go while no plant does, goods taken back.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.told import a_told, cases, main_of, pipeline

FILES = ("no_event.yml", "lookbacks.yml")


def stories() -> list[Any]:
    return [
        pytest.param(lang, told, id=f"{lang}: {told[:60]}")
        for file in FILES
        for lang, all_told in cases(file).items()
        for told in all_told
    ]


@pytest.mark.parametrize(("lang", "told"), stories())
def test_a_story_that_only_tempts_tells_of_no_event(lang: str, told: str) -> None:
    reports = pipeline().read(a_told(lang, told)).reports

    assert [report.type for report in main_of(reports)] == []
