"""The order in which the bus brings readings changes nothing (design decision 15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter.tracking.changes import Around, all_around
from services.alerter.tracking.search import Search, searches
from services.common.contracts.reading import (
    FORWARD,
    Amount,
    Focus,
    Involvement,
    Reading,
    Role,
    Stage,
)
from services.common.ids import CompanyId, report_id
from tests.support.builders import a_company, a_report, a_watchlist
from tests.support.tracker import Tracker, revised, told

WATCHLIST = a_watchlist(
    a_company("bytedance"),
    a_company("tiktok", owner=CompanyId("bytedance")),
    a_company("capcut", owner=CompanyId("bytedance")),
    a_company("oracle"),
    a_company("telegram"),
)


def both(*targets: str) -> tuple[Involvement, ...]:
    """Return what a story says of those that one event hits."""
    return tuple(Involvement(id=CompanyId(target), role=Role.TARGET) for target in targets)


slots = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(list(Stage)[:5]),
        "type": st.sampled_from(["ban", "acquisition"]),
        "focus": st.sampled_from([Focus.MAIN, Focus.MAIN, Focus.MAIN, Focus.BACKGROUND]),
        "countries": st.sampled_from([(), ("US",), ("IN",), ("DE",), ("EU",), ("IN", "US")]),
        "companies": st.sampled_from(
            [
                (Involvement(id=CompanyId(target), role=Role.TARGET), *buyer)
                for target in ("bytedance", "tiktok", "capcut")
                for buyer in ((), (Involvement(id=CompanyId("oracle"), role=Role.ACTOR),))
            ]
        ),
        "amount": st.sampled_from([None, Amount(currency="USD", value=10), Amount(currency="USD", value=20)]),
        "scope": st.sampled_from([None, None, "Chennai plant", "Pune plant"]),
        "confidence": st.sampled_from([0.6, 0.75, 0.9]),
        "text": st.sampled_from(["agency", "one", "two", "three", "four", "five"]),
    }
)  # fmt: skip


@st.composite
def an_hour(draw: st.DrawFn) -> tuple[list[Reading], list[Reading]]:
    """Return the readings of one hour, and the same in another order."""
    readings: list[Reading] = []
    for number, fields in enumerate(draw(st.lists(slots, min_size=2, max_size=7))):
        minute = draw(st.integers(min_value=0, max_value=59))
        outlet = draw(st.sampled_from(["A", "B", "C", "D"]))
        fields["text"] = f"{fields['text']} {number}" if draw(st.booleans()) else fields["text"]
        reading = told(outlet, minute=minute + number / 100, **fields)
        readings.append(reading)
        if draw(st.integers(min_value=0, max_value=3)) == 0:
            changed = draw(slots)
            del changed["text"]
            again = a_report(reading.story.story_id, **changed)
            readings.append(revised(reading, again, minutes=number + 1))
    return readings, draw(st.permutations(readings))


@st.composite
def a_year(draw: st.DrawFn) -> tuple[list[Reading], list[Reading]]:
    """Return main readings of more than a year, and the same in another order.

    Ends or openings: whether a rumour begins something new after an end is for those who came in time.
    """
    stages = draw(
        st.sampled_from([list(FORWARD), [Stage.CONFIRMED, Stage.REJECTED, Stage.REVERSED]])
    )
    readings: list[Reading] = []
    for number, fields in enumerate(draw(st.lists(slots, min_size=2, max_size=6))):
        stage, day = (
            draw(st.sampled_from(stages)),
            draw(st.sampled_from([0, 2, 10, 40, 190, 390, 420])),
        )
        fields |= {"stage": stage, "focus": Focus.MAIN, "text": f"{fields['text']} {number}"}
        readings.append(told("A", minute=day * 24 * 60 + number, **fields))
    return readings, draw(st.permutations(readings))


def outcome_of(readings: Sequence[Reading]) -> Counter[Any]:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(*readings)
    return tracker.outcome()


@given(an_hour())
@settings(max_examples=80, deadline=None)
def test_any_order_of_an_hour_ends_in_the_same_events_at_the_same_stages(
    hour: tuple[list[Reading], list[Reading]],
) -> None:
    readings, shuffled = hour

    assert outcome_of(readings) == outcome_of(shuffled)


@given(a_year())
@settings(max_examples=60, deadline=None)
def test_any_order_of_a_year_puts_the_same_stories_together(
    year: tuple[list[Reading], list[Reading]],
) -> None:
    together = [Counter(event[:2] for event in outcome_of(order)) for order in year]

    assert together[0] == together[1]


@pytest.mark.parametrize("days", [(0, 50, 110), (0, 110, 170), (0, 20, 90), (0, 300, 310)])
def test_an_end_of_long_after_goes_to_the_same_event_in_any_order(days: tuple[int, ...]) -> None:
    stages = (Stage.CONFIRMED, Stage.CONFIRMED, Stage.REVERSED)
    readings = [
        told(outlet, minute=day * 24 * 60, stage=stage, countries=("IN",))
        for outlet, day, stage in zip("ABC", days, stages, strict=True)
    ]
    taken_back = revised(readings[1], minutes=400 * 24 * 60)

    together = {frozenset(event[0] for event in outcome_of(o)) for o in permutations(readings)}
    assert len(together) == 1
    for order in permutations((*readings, taken_back)):
        [event] = outcome_of(order)
        assert event[1:3] == ("ban", "reversed")


def test_an_end_that_a_late_story_parts_from_its_event_is_that_of_long_ago_in_any_order() -> None:
    day = 24 * 60
    readings = [
        told("A", countries=("IN",)),
        told("B", minute=100 * day),
        told("C", minute=101 * day, countries=("PK",)),
        told("D", minute=110 * day, stage=Stage.REVERSED, countries=("IN",)),
    ]

    outcomes = [outcome_of(order) for order in permutations(readings)]

    assert outcomes == outcomes[:1] * len(outcomes)
    assert sorted(len(stories) for stories, *_ in outcomes[0]) == [2, 2]


def test_what_was_planned_for_a_day_of_long_after_is_forgotten_in_any_order() -> None:
    day = 24 * 60
    readings = [
        told("A", type="shutdown", date="2027-03-31"),
        told("B", type="shutdown", minute=60 * day, countries=("US",)),
        told("C", type="shutdown", minute=450 * day),
    ]

    outcomes = [outcome_of(order) for order in permutations(readings)]

    assert outcomes == outcomes[:1] * len(outcomes)


class Reversed(Tracker):
    """Hands out what is asked for the other way round, as a database that was opened anew may do."""

    def look(self, wanted: Sequence[Search]) -> Around:
        """Return what `wanted` asks for."""
        around = super().look(wanted)
        return replace(
            around,
            candidates=[
                replace(event, sightings=event.sightings[::-1])
                for event in reversed(around.candidates)
            ],
            waiting=around.waiting[::-1],
        )


def twice(reading: Reading, **changes: Any) -> Reading:
    """Return `reading` with one more report, of the same as its first but for `changes`."""
    [report] = reading.reports
    name = report_id(reading.story.story_id, "ban", "tiktok", 1)
    return replace(reading, reports=(report, replace(report, report_id=name, **changes)))


def test_two_reports_of_a_story_stand_in_one_order_however_the_database_hands_them_out() -> None:
    readings = [
        twice(told("A", countries=("IN",)), stage=Stage.REVERSED),
        twice(told("B", minute=1, countries=("IN",)), stage=Stage.REVERSED),
        told("C", minute=2, countries=("IN",)),
    ]

    one, other = (of(watchlist=WATCHLIST).read(*readings) for of in (Tracker, Reversed))

    assert one == other


def test_events_end_in_one_order_however_the_database_hands_them_out() -> None:
    told_of_two = twice(told("A", countries=("IN",)), countries=("US",))
    readings = [told_of_two, replace(revised(told_of_two), reports=())]

    one, other = (of(watchlist=WATCHLIST).read(*readings) for of in (Tracker, Reversed))

    assert len(one) == 4
    assert one == other


@given(an_hour())
@settings(max_examples=30, deadline=None)
def test_reading_everything_again_changes_nothing(
    hour: tuple[list[Reading], list[Reading]],
) -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(*hour[0])

    assert tracker.read(*hour[0]) == []


@given(an_hour())
@settings(max_examples=60, deadline=None)
def test_a_later_story_leaves_earlier_ones_where_they_are(
    hour: tuple[list[Reading], list[Reading]],
) -> None:
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(
        *(reading for reading in hour[0] if reading.story.revised_at == reading.story.seen_at)
    )
    before = tracker.homes()

    tracker.read(told("Z", minute=90, countries=("US",)))

    assert before.items() <= tracker.homes().items()


@pytest.mark.parametrize(
    "hour",
    [
        [
            told("A", minute=6, companies=both("telegram"), countries=("IN", "PK")),
            told("B", minute=13, companies=both("telegram", "capcut")),
            told("C", minute=49, companies=both("bytedance"), countries=("IN", "PK")),
        ],
        [
            told("A", minute=24, companies=both("bytedance", "telegram")),
            told("B", minute=31, companies=both("telegram"), countries=("US",)),
            told("C", minute=47, companies=both("tiktok"), countries=("US",)),
        ],
    ],
    ids=["a story told later names a stranger too", "the event names a stranger already"],
)
def test_permutations_hold_where_a_story_names_companies_that_have_nothing_in_common(
    hour: list[Reading],
) -> None:
    outcomes = [outcome_of(order) for order in permutations(hour)]

    assert outcomes == outcomes[:1] * len(outcomes)
    assert len(list(outcomes[0])) == 1


def test_what_background_names_besides_is_not_looked_at() -> None:
    story = told("A", minute=1, companies=both("telegram"))
    beside = told("B", minute=2, companies=both("telegram", "oracle"), focus=Focus.BACKGROUND)
    stranger = told("C", minute=3, companies=both("oracle"))
    tracker = Tracker(watchlist=WATCHLIST)
    tracker.read(story, beside, stranger)
    asked: list[Search] = []

    def look(wanted: Sequence[Search]) -> Around:
        asked[:] = wanted
        return tracker.look(wanted)

    late = told("D", minute=4, companies=both("telegram"))
    wanted = searches(late, earlier=None, watchlist=WATCHLIST)
    all_around(wanted, look=look, watchlist=WATCHLIST)

    assert asked == wanted


def test_permutations_hold_at_the_edge_of_a_late_report() -> None:
    first = told("A", minute=0, stage=Stage.PROPOSED)
    last = told("B", minute=60, stage=Stage.RUMOURED)

    assert outcome_of([first, last]) == outcome_of([last, first])
    assert last.story.told_at - first.story.told_at == timedelta(hours=1)
