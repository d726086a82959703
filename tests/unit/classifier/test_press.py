"""What newspapers print, told in sentences of our own: `press/<language>.yml`, and for each way to build a
sentence, by language, `constructs/<construct>.yml`.

`told` is `title / text`; then each event that is news, by its type, with the roles of all companies in
it but mere parties; then its stage, where that is the point. Without a type nothing is news. The names
are those of `structure.yml`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.sides import expected_sides, sides_of
from tests.support.told import a_told, main_of, pipeline


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


HERE = Path(__file__).parent
TOLD = [
    *((file.stem, item) for file in sorted((HERE / "press").glob("*.yml")) for item in read(file)),
    *(
        (lang, item)
        for file in sorted((HERE / "constructs").glob("*.yml"))
        for lang, told in read(file).items()
        for item in told
    ),
]


def items() -> list[Any]:
    return [pytest.param(lang, item, id=f"{lang}: {item['told'][:60]}") for lang, item in TOLD]


@pytest.mark.parametrize(("lang", "item"), items())
def test_what_the_press_tells_is_read_as_a_reader_would(lang: str, item: dict[str, Any]) -> None:
    news = main_of(pipeline().read(a_told(lang, item["told"])).reports)

    assert sides_of(news) == expected_sides(item)
    if "stage" in item:
        assert {str(report.stage) for report in news} == {item["stage"]}
