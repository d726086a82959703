"""What the mechanism does for scripts that put no spaces between words."""

from __future__ import annotations

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Role
from tests.support.builders import a_company, a_story, a_watchlist

WATCHLIST = a_watchlist(
    a_company("meta", name="Meta"),
    a_company("tiktok", name="TikTok"),
)


def test_a_particle_marks_the_name_before_it_though_the_next_word_follows_at_once() -> None:
    title = "TikTokをMetaが買収"

    [report] = Pipeline.of(WATCHLIST).read(a_story(title=title, language="ja")).reports

    roles = {str(party.id): party.role for party in report.companies}
    assert roles == {"meta": Role.ACTOR, "tiktok": Role.TARGET}


def test_a_conjunction_begins_a_clause_though_no_space_is_around_it() -> None:
    title = "Meta收购TikTok,此前球队换帅"

    [report] = Pipeline.of(WATCHLIST).read(a_story(title=title, language="zh")).reports

    assert report.type == "acquisition"
