from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.lexicon.folding import fold, fold_text
from services.classifier.pipeline import Pipeline
from tests.support.builders import a_company, a_story, a_watchlist


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("台灣收購中國電信", "台湾收购中国电信"),
        ("禁止抖音，關閉門市", "禁止抖音,关闭门市"),
        ("併購案遭公平會駁回", "并购案遭公平会驳回"),
        ("萬億", "万亿"),
        ("騰訊、華為、蘋果", "腾讯、华为、苹果"),
    ],
)
def test_traditional_characters_are_read_as_the_simplified_ones(
    traditional: str, simplified: str
) -> None:
    assert fold_text(traditional) == fold_text(simplified)


@settings(max_examples=50, deadline=None)
@given(st.text("台灣收購中國電信禁止關閉。aB １", max_size=30))
def test_each_character_stays_at_its_place(text: str) -> None:
    folded = fold(text)

    assert len(folded.text) == len(text)
    assert [folded.original(index) for index in range(len(text))] == list(range(len(text)))


def test_a_name_in_simplified_characters_is_found_in_a_traditional_text_and_quoted_as_it_stands() -> (
    None
):
    watchlist = a_watchlist(a_company("tencent", "腾讯", name="Tencent"))
    story = a_story(title="印度禁止騰訊的遊戲", text="", language="zh")

    reading = Pipeline.of(watchlist).read(story)

    assert [place.quote for mention in reading.mentions for place in mention.places] == ["騰訊"]
    assert reading.reports[0].countries == ("IN",)
