from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.common.ids import event_id, fingerprint, report_id, story_id
from tests.support.builders import a_story


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_a_fingerprint_depends_on_every_part_and_where_it_ends(
    parts: list[str], others: list[str]
) -> None:
    same = fingerprint(*parts) == fingerprint(*others)

    assert same == (parts == others)


def test_an_event_is_named_after_the_report_that_opened_it() -> None:
    story = a_story().story_id

    report = report_id(story, "ban", "tiktok", 0)

    assert event_id(report).removeprefix("ev_") == report.removeprefix("rp_")
    assert story.startswith("st_")
    assert story_id(a_story().feed_id, "other") != story
