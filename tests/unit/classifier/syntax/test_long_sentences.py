"""Who does what in the long sentences of a report, by the sentences of `long_sentences.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.builders import a_story
from tests.support.sides import expected_sides, sides_of
from tests.support.told import cases, pipeline

TOLD = cases("syntax/long_sentences.yml")
NO_TITLE = "—"


def sentences() -> list[Any]:
    return [
        pytest.param(lang, row, id=f"{lang}: {row['told'][:60]}")
        for lang, rows in TOLD.items()
        for row in rows
    ]


@pytest.mark.parametrize(("lang", "row"), sentences())
def test_a_long_sentence_is_read_as_it_is_told(lang: str, row: dict[str, Any]) -> None:
    reports = pipeline().read(a_story(title=NO_TITLE, text=row["told"], language=lang)).reports

    assert sides_of(reports) == expected_sides(row)
    if "stage" in row:
        assert {str(report.stage) for report in reports} == {row["stage"]}
