"""Whatever comes in whatever order: nobody is told twice, and whoever was told is told how it went on.

Random sequences of stories, revisions and re-readings with fixed seeds.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.alerter.news import stage_told
from services.common.contracts.alert import Alert, Reason
from services.common.contracts.event import ChangeKind, Event, EventChange
from services.common.contracts.reading import Focus, Involvement, Reading, Role, Stage
from services.common.contracts.subscription import Conditions, Subscription
from services.common.ids import CompanyId, EventId, StoryId, SubscriptionId
from tests.support.builders import NOON, a_company, a_report, a_watchlist
from tests.support.tracker import Tracker, alerts_for, followed_countries, revised, told

WATCHLIST = a_watchlist(
    a_company("bytedance"),
    a_company("tiktok", owner=CompanyId("bytedance"), tags=("social",)),
    a_company("capcut", owner=CompanyId("bytedance")),
    a_company("oracle"),
    a_company("telegram", tags=("social",)),
)
CONDITIONS: dict[str, dict[str, Any]] = {
    "everything": {},
    "confirmed": {"stages": (Stage.CONFIRMED,)},
    "two": {"outlets": 2},
    "social": {"companies": ("tag:social",)},
    "telegram": {"companies": ("telegram",)},
    "india": {"countries": ("IN",)},
    "pakistan": {"countries": ("PK",)},
}
TARGETS: tuple[tuple[str, ...], ...] = (
    *(("tiktok",), ("tiktok",), ("bytedance",), ("capcut",), ("telegram",)),
    *(("tiktok", "telegram"), ("tiktok", "capcut")),
)
COUNTRIES = ((), (), ("IN",), ("IN",), ("PK",), ("IN", "PK"), ("EU",), ("DE",))


def some_fields(draw: random.Random) -> dict[str, Any]:
    """Return what one report says."""
    buyer = ("oracle",) if draw.random() < 0.2 else ()
    return {
        "stage": draw.choice(list(Stage)[:5]),
        "type": draw.choice(["ban"] * 4 + ["acquisition", "shutdown"]),
        "focus": draw.choice([Focus.MAIN] * 6 + [Focus.BACKGROUND]),
        "countries": draw.choice(COUNTRIES),
        "companies": (
            *(Involvement(id=CompanyId(one), role=Role.TARGET) for one in draw.choice(TARGETS)),
            *(Involvement(id=CompanyId(one), role=Role.ACTOR) for one in buyer),
        ),
        "confidence": draw.choice([0.6, 0.75, 0.9]),
        "scope": draw.choice([None] * 5 + ["Chennai plant"]),
    }


def some_readings(draw: random.Random, count: int = 16) -> Iterator[Reading]:
    """Yield stories of three weeks, now and then one of them again as its outlet changed it."""
    before: list[Reading] = []
    for number in range(count):
        if before and draw.random() < 0.2:
            story = draw.choice(before)
            again = a_report(story.story.story_id, **some_fields(draw))
            reading = revised(story, *[again] * draw.choice([0, 1, 1, 1]), minutes=number + 1)
            reading = replace(reading, reread=draw.random() < 0.1)
        else:
            minute = draw.randrange(draw.choice([60, 60 * 24, 60 * 24 * 20]))
            reading = told(draw.choice("ABCDEF"), minute=minute + number / 100, **some_fields(draw))
        before.append(reading)
        yield reading


def some_hostile_readings(draw: random.Random, count: int = 30) -> Iterator[Reading]:
    """Yield stories of four months; more than every other reading changes what a story said before, to what
    has nothing to do with it, and back.
    """
    newest: dict[StoryId, Reading] = {}
    for number in range(count):
        if newest and draw.random() < 0.6:
            story = newest[draw.choice(list(newest))]
            name = story.story.story_id
            reports = [
                draw.choice(story.reports)
                if story.reports and draw.random() < 0.3
                else a_report(name, **some_fields(draw))
                for _ in range(draw.choice([0, 1, 1, 1, 2]))
            ]
            unlike = {report.report_id: report for report in reports}
            reading = revised(story, *unlike.values(), minutes=number + 1)
        else:
            minute = draw.randrange(draw.choice([60, 60 * 24, 60 * 24 * 20, 60 * 24 * 120]))
            reading = told(draw.choice("ABCDEF"), minute=minute + number / 100, **some_fields(draw))
        newest[reading.story.story_id] = reading
        yield reading


@pytest.fixture(scope="module")
def histories() -> list[list[EventChange]]:
    return [history(seed) for seed in range(200)]


def history(seed: int) -> list[EventChange]:
    return history_of(some_readings(random.Random(seed)))


def history_of(readings: Iterable[Reading]) -> list[EventChange]:
    tracker = Tracker(watchlist=WATCHLIST, horizon=timedelta(days=400))
    for number, reading in enumerate(readings):
        tracker.read(reading, now=NOON + timedelta(minutes=number))
    return tracker.changes


def alerts_of(name: str, changes: Iterable[EventChange]) -> list[Alert]:
    conditions = Conditions(**CONDITIONS[name])
    subscription = Subscription(id=SubscriptionId(name), name=name, when=conditions)
    return alerts_for(subscription, changes, WATCHLIST)


def newest(changes: Iterable[EventChange]) -> dict[EventId, Event]:
    return {change.event.id: change.event for change in changes}


@pytest.mark.parametrize("name", CONDITIONS)
def test_nothing_is_told_twice_and_what_was_told_holds_or_was_corrected(
    name: str, histories: list[list[EventChange]]
) -> None:
    for seed, changes in enumerate(histories):
        alerts = alerts_of(name, changes)
        assert len({alert.id for alert in alerts}) == len(alerts), seed
        for event in newest(changes).values():
            of_it = [one for one in alerts if one.event in (event.id, *event.absorbed)]
            if event.merged_into is None and of_it:
                assert (of_it[-1].reason is Reason.WITHDRAWN) is event.withdrawn, seed
                for country in followed_countries(event, CONDITIONS[name].get("countries")):
                    was = stage_told(of_it[-1], country)
                    assert event.withdrawn or does_hold(was, event.stage_in(country)), seed


def test_who_was_told_of_an_event_that_moved_into_another_is_known_to_that_one(
    histories: list[list[EventChange]],
) -> None:
    for seed, changes in enumerate(histories):
        events = newest(changes)
        for name in events:
            event = events[name]
            while event.merged_into is not None:
                event = events[event.merged_into]
                assert name in event.absorbed, seed


def test_who_asks_for_everything_is_told_every_event_at_its_stage(
    histories: list[list[EventChange]],
) -> None:
    for seed, changes in enumerate(histories):
        alerts = alerts_of("everything", changes)
        for event in newest(changes).values():
            if event.merged_into is None and not event.withdrawn:
                of_it = [one for one in alerts if one.event in (event.id, *event.absorbed)]
                newest_told = {one.event: one for one in of_it}.values()
                for country in followed_countries(event, None):
                    said = {stage_told(one, country) for one in newest_told}
                    assert event.stage_in(country) in said, seed


def test_an_id_is_opened_once_and_is_that_of_no_other_event_afterwards() -> None:
    for seed in range(60):
        opened: set[EventId] = set()
        moved: set[EventId] = set()
        rounds: dict[EventId, int] = {}
        for change in history_of(some_hostile_readings(random.Random(seed))):
            event = change.event
            assert event.id not in moved, seed
            assert event.round >= rounds.get(event.id, 0), seed
            rounds[event.id] = event.round
            if change.kind is ChangeKind.MERGED:
                moved.add(event.id)
            if change.kind is ChangeKind.OPENED:
                assert event.id not in opened, seed
                opened.add(event.id)


def does_hold(was: Stage | None, now: Stage) -> bool:
    order = (Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED)
    if was == now:
        return True
    return was in order and now in order and order.index(was) < order.index(now)
