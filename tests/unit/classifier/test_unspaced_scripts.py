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


def test_a_thai_word_does_not_begin_between_a_vowel_and_its_consonant() -> None:
    closes, opens = "MetaปิดตัวTikTok", "MetaเปิดตัวTikTok"

    reports = [
        Pipeline.of(WATCHLIST).read(a_story(title=title, language="th")).reports
        for title in (closes, opens)
    ]

    assert [len(found) for found in reports] == [1, 0]


def test_a_thai_abbreviation_ends_no_sentence() -> None:
    title = "กสทช. สั่งห้าม TikTok"

    [report] = Pipeline.of(WATCHLIST).read(a_story(title=title, language="th")).reports

    assert report.countries == ("TH",)


def test_who_is_named_before_a_marked_agent_is_what_it_is_done_to() -> None:
    title = "TikTok ถูก Meta ซื้อกิจการ"

    [report] = Pipeline.of(WATCHLIST).read(a_story(title=title, language="th")).reports

    roles = {str(party.id): party.role for party in report.companies}
    assert roles == {"meta": Role.ACTOR, "tiktok": Role.TARGET}


def test_a_lead_ends_sooner_where_a_character_is_half_a_word() -> None:
    text = (
        "TikTok은 서울에 새 사무실을 열고 직원을 늘린다고 밝혔다. "
        "직원들은 다음 달부터 새 건물에서 일을 하게 된다고 전했다. "
        "지난해 Meta는 작은 회사를 인수했다."
    )

    story = a_story(title="새 소식", text=text, language="ko")

    [report] = Pipeline.of(WATCHLIST).read(story).reports

    assert str(report.focus) == "background"
