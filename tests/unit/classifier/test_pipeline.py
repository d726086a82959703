from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from services.classifier.lexicon import load
from services.classifier.pipeline import Pipeline
from services.classifier.reports import NO_CUE
from services.common.config import catalogue
from services.common.contracts.reading import NO_LANGUAGE, Focus, Role, Stage
from services.common.ids import CompanyId
from tests.support.builders import a_company, a_story, a_watchlist


def test_a_ban_in_the_title_is_a_main_report_with_its_target_and_country() -> None:
    story = a_story(title="India bans TikTok over security fears")

    [report] = Pipeline.of(a_watchlist()).read(story).reports

    assert (report.type, report.stage, report.focus) == ("ban", Stage.CONFIRMED, Focus.MAIN)
    assert [(party.id, party.role) for party in report.companies] == [("tiktok", Role.TARGET)]
    assert report.countries == ("IN",)


def test_a_lifted_ban_is_reversed_even_when_the_ban_itself_is_told_first() -> None:
    story = a_story(
        title="TikTok is back in India",
        text="India banned TikTok in 2020. On Monday the government lifted the ban on TikTok.",
        language="en",
    )

    report = Pipeline.of(a_watchlist()).read(story).reports[0]

    assert (report.type, report.stage) == ("ban", Stage.REVERSED)


def test_evidence_quotes_the_story_at_its_own_offsets() -> None:
    story = a_story(title="Пресса", text="India banned Tik\u00adTok — “for good”.", language="en")

    reading = Pipeline.of(a_watchlist()).read(story)

    for evidence in reading.reports[0].evidence:
        part = story.title if evidence.part == "title" else story.text
        assert part[evidence.start : evidence.end] == evidence.quote


def test_a_mention_without_event_words_says_so() -> None:
    story = a_story(title="TikTok shows a new logo", language="en")

    [mention] = Pipeline.of(a_watchlist()).read(story).mentions

    assert (mention.company_id, mention.unreported) == ("tiktok", NO_CUE)


def test_a_language_that_kabar_does_not_read_links_companies_and_reports_nothing() -> None:
    story = a_story(title="TikTok forbydes i Norge", language="nb")

    reading = Pipeline.of(a_watchlist()).read(story)

    assert reading.reports == ()
    assert [mention.unreported for mention in reading.mentions] == [NO_LANGUAGE]


def test_reading_twice_gives_the_same_reading() -> None:
    story = a_story(title="Google buys Fitbit for $2.1 billion", language="en")
    watchlist = a_watchlist(a_company("google"), a_company("fitbit"))

    first = Pipeline.of(watchlist).read(story)

    assert Pipeline.of(watchlist).read(story) == first
    assert first.reports[0].amount is not None


@pytest.mark.parametrize(
    ("language", "title", "is_meant"),
    [
        ("en", "Watchdog blocks Grab's takeover of Trans-cab", True),
        ("en", "Grab acquires US investing app Stash", True),
        ("en", "Philippines orders Grab to stop operations", True),
        ("id", "Grab Tutup Layanan GrabKitchen", True),
        ("vi", "Việt Nam cấm Grab hoạt động tại sân bay", True),
        ("zh", "越南禁止Grab在河内运营", True),
        ("ko", "그랩, 고투 인수 추진", True),
        ("en", "Grab Your Coat: Bakery Closes Its Doors", False),
        ("en", "Land Grab Banned in Cambodia", False),
        ("en", "Malaysian court blocks what critics call a Power Grab", False),
    ],
)
def test_the_catalogue_knows_what_stands_near_a_company_that_is_called_like_a_word(
    language: str, title: str, *, is_meant: bool
) -> None:
    grab = catalogue.catalogue().watchlist.companies[CompanyId("grab")]

    reading = Pipeline.of(a_watchlist(grab)).read(a_story(title=title, language=language))

    assert bool(reading.mentions) is is_meant


def test_readings_carry_the_hash_of_their_watchlist() -> None:
    story = a_story(title="India bans TikTok", language="en")
    watchlist, other = a_watchlist(), a_watchlist(a_company("tiktok"), a_company("grab"))

    reading = Pipeline.of(watchlist).read(story)

    assert reading.watchlist_hash == watchlist.hash
    assert Pipeline.of(other).read(story).watchlist_hash == other.hash != watchlist.hash


def test_readings_carry_the_hash_of_the_rules_which_any_lexicon_file_and_the_catalogue_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = a_story(title="India bans TikTok", language="en")
    before = Pipeline.of(a_watchlist()).read(story).rules_hash
    lexicon = tmp_path / "lexicon"
    shutil.copytree(Path(load.__file__).parent, lexicon, ignore=shutil.ignore_patterns("*.py"))
    shutil.copy(catalogue.FILE, lexicon)
    monkeypatch.setattr(load, "files", lambda _: lexicon)

    assert load.rules_hash() == before
    hashes = {before}
    changed = (
        "en/cues.yml",
        "bn/grammar.yml",
        "tr/places.yml",
        "shared/money.yml",
        "catalogue.yml",
    )
    for file in changed:
        with (lexicon / file).open("a", encoding="utf-8") as written:
            written.write("\n# a comment\n")
        hashes.add(Pipeline.of(a_watchlist()).read(story).rules_hash)
    assert len(hashes) == 1 + len(changed)
