from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.classifier.lexicon.folding import fold
from services.classifier.pipeline import Pipeline
from services.common.contracts.codec import decode, encode
from services.common.contracts.reading import Reading
from tests.support.builders import a_story, a_watchlist

PIPELINE = Pipeline.of(a_watchlist())
PIECES = st.sampled_from(
    [
        *("TikTok", "ByteDance", "TikTok’s", "Tik\u00adTok", "TİKTOK", "টিকটক", "ज\u093cो", "ｿﾆｰ"),
        *(" bans ", " buys ", " closes ", " not ", " denies ", " in India ", " after ", ", ", ". "),
        *("\n", "\n\n", "？", "“", " $3 billion ", " 28 November 2024 ", " (1/2) ", "31/31/2024"),
        *("\u200b", "\u0301", "\u0640", "\ufb01", "가", "ำ", "ํา", "\u202e", "\x00", "\ud800"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=25).map("".join)


@settings(max_examples=60, deadline=None)
@given(title=TEXTS, text=TEXTS, language=st.sampled_from([None, "en", "id", "bn", "th", "xx"]))
@example(title="", text="TikTok bans ？", language=None)
def test_every_text_can_be_read_and_every_quote_stands_where_it_says(
    title: str, text: str, language: str | None
) -> None:
    story = a_story(title=title, text=text, language=language, key="any")

    reading = PIPELINE.read(story)

    assert decode(Reading, encode(reading)) == reading
    for report in reading.reports:
        for evidence in report.evidence:
            part = story.title if evidence.part == "title" else story.text
            assert part[evidence.start : evidence.end] == evidence.quote
            assert len(evidence.quote) <= 60


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_folding_keeps_the_way_back(text: str) -> None:
    folded = fold(text)

    places = [folded.original(index) for index in range(len(folded.text) + 1)]

    assert places == sorted(places)
    assert places[-1] <= len(text)


def test_a_text_that_repeats_a_cue_for_pages_gives_no_more_triggers_a_sentence() -> None:
    story = a_story(title="TikTok news", text="bans TikTok " * 2_000, language="en")

    document = PIPELINE.document(story)

    assert len(document.sentences) > 20
    assert all(
        len(document.triggers_in(sentence)) <= 12 for sentence in range(len(document.sentences))
    )
