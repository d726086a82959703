"""What a story's later readings change (design decision 10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.common.contracts.event import ChangeKind
from services.common.contracts.reading import Involvement, Role, Stage
from services.common.ids import CompanyId
from tests.support.builders import NOON, a_report
from tests.support.tracker import Tracker, revised, told


def test_the_same_content_rules_and_watchlist_change_nothing() -> None:
    tracker = Tracker()
    reading = told("A")
    tracker.read(reading)

    assert tracker.read(reading, reading) == []


def test_a_corrected_article_corrects_its_event() -> None:
    tracker = Tracker()
    first = told("A")
    tracker.read(first)
    denial = a_report(first.story.story_id, stage=Stage.REJECTED)

    [change] = tracker.read(revised(first, denial))

    assert (change.kind, change.event.stage) == (ChangeKind.CORRECTION, Stage.REJECTED)
    assert (change.event.previous_stage, change.event.round) == (Stage.CONFIRMED, 1)


def test_a_report_continues_the_earlier_one_and_keeps_its_event() -> None:
    tracker = Tracker()
    first = told("A")
    [opened] = tracker.read(first)
    owner = Involvement(id=CompanyId("bytedance"), role=Role.TARGET)
    product = Involvement(id=CompanyId("tiktok"), role=Role.PARTY)
    renamed = a_report(first.story.story_id, target="bytedance", companies=(owner, product))

    [change] = tracker.read(revised(first, renamed))

    assert change.event.id == opened.event.id
    assert change.kind is ChangeKind.FACT


def test_an_older_reading_that_comes_late_changes_nothing() -> None:
    tracker = Tracker()
    first = told("A")
    tracker.read(revised(first, a_report(first.story.story_id, stage=Stage.REJECTED)))

    assert tracker.read(first) == []


def test_an_event_whose_only_story_takes_it_back_is_withdrawn() -> None:
    tracker = Tracker()
    first = told("A")
    tracker.read(first)

    [change] = tracker.read(revised(first))

    assert (change.kind, change.event.withdrawn) == (ChangeKind.WITHDRAWN, True)
    assert (change.event.round, change.event.stories) == (1, ())


def test_an_event_that_others_still_tell_stands() -> None:
    tracker = Tracker()
    first = told("A")
    tracker.read(first, told("B", minute=1))

    [change] = tracker.read(revised(first))

    assert change.kind is ChangeKind.COVERAGE
    assert [story.outlet for story in change.event.stories] == ["B"]


def test_a_withdrawn_event_that_is_told_again_is_the_same_one() -> None:
    tracker = Tracker()
    first = told("A")
    [opened] = tracker.read(first)
    tracker.read(revised(first))

    [again] = tracker.read(revised(first, *first.reports, minutes=2))

    assert (again.event.id, again.kind) == (opened.event.id, ChangeKind.CORRECTION)
    assert (again.event.withdrawn, again.event.round) == (False, 2)


def test_a_second_event_of_one_story_that_comes_back_is_the_same_one() -> None:
    tracker = Tracker()
    first = told("A")
    name = first.story.story_id
    tiktok, capcut = a_report(name), a_report(name, target="capcut")
    parties = (*capcut.companies, Involvement(id=CompanyId("tiktok"), role=Role.PARTY))
    renamed = revised(first, replace(capcut, companies=parties))
    alone = revised(renamed, capcut)
    both = revised(alone, capcut, tiktok)
    tracker.read(first, renamed, alone)

    [opened] = tracker.read(both)
    [gone] = tracker.read(revised(both, capcut, minutes=2))
    [back] = tracker.read(revised(both, capcut, tiktok, minutes=3))

    assert (opened.kind, gone.kind) == (ChangeKind.OPENED, ChangeKind.WITHDRAWN)
    assert (back.kind, back.event.id, back.event.round) == (
        ChangeKind.CORRECTION,
        opened.event.id,
        2,
    )


def test_a_re_reading_takes_nothing_out() -> None:
    tracker = Tracker()
    first = told("A")
    tracker.read(first)

    assert tracker.read(replace(first, reports=(), watchlist_hash="other", reread=True)) == []
    assert not tracker.only_event().withdrawn


def test_a_re_reading_adds_reports_and_companies_and_says_that_it_was_one() -> None:
    tracker = Tracker()
    first = told("A")
    tracker.read(first)
    added = Involvement(id=CompanyId("bytedance"), role=Role.TARGET)
    report = first.reports[0]
    again = replace(
        first,
        reports=(
            replace(report, companies=(*report.companies, added)),
            a_report(first.story.story_id, type="shutdown"),
        ),
        watchlist_hash="other",
        reread=True,
    )

    changes = tracker.read(again)

    assert [(one.kind, one.event.type, one.is_reread) for one in changes] == [
        (ChangeKind.FACT, "ban", True),
        (ChangeKind.OPENED, "shutdown", True),
    ]
    assert tracker.read(again) == []


def test_back_fill_and_what_was_seen_long_ago_is_old() -> None:
    tracker = Tracker(horizon=timedelta(hours=24))

    [backfill] = tracker.read(told("A", backfill=True))
    [fresh] = tracker.read(told("B", countries=("IN",), type="shutdown"))
    [stale] = tracker.read(told("C", type="acquisition"), now=NOON + timedelta(hours=24, seconds=1))

    assert (backfill.is_old, fresh.is_old, stale.is_old) == (True, False, True)
