"""What outlets tell of one happening comes together, different ones stay apart, mistakes correct nobody.

A small world of the generator that `benchmarks/tracking.py` runs in full.
"""

from __future__ import annotations

import pytest

from benchmarks.tracking import corrections, read, stories_of, told_in_time
from services.common.contracts.reading import Stage
from tests.support.happenings import World, a_world, b_cubed
from tests.support.tracker import Tracker, told


@pytest.fixture(scope="module", params=[1, 2])
def world(request: pytest.FixtureRequest) -> World:
    return a_world(request.param, singles=10, pairs=8)


@pytest.fixture(scope="module")
def tracker(world: World) -> Tracker:
    return read(world)


def test_badly_read_stories_still_find_their_event(world: World, tracker: Tracker) -> None:
    precision, recall = b_cubed(*stories_of(world, tracker))

    assert precision >= 0.97
    assert recall >= 0.90


def test_well_read_stories_are_all_in_the_event_of_their_happening(
    world: World, tracker: Tracker
) -> None:
    precision, recall = b_cubed(*stories_of(world, tracker, only_well_read=True))

    assert precision >= 0.97
    assert recall >= 0.97


def test_ends_are_told_in_time_and_mistakes_turn_hardly_any_event(
    world: World, tracker: Tracker
) -> None:
    without_need, _ = corrections(world, tracker)
    in_time, ended = told_in_time(world, tracker)

    assert without_need <= 1  # of some 26 events; benchmarks/tracking.py counts on 700
    assert in_time == ended


def test_a_copy_that_was_cut_and_decorated_is_no_second_outlet() -> None:
    agency = " ".join(f"word{number}" for number in range(120))
    cut = " ".join(agency.split()[:70])
    tracker = Tracker()

    tracker.read(
        told("A", minute=0, text=agency),
        told("B", minute=1, text=f"Read also our list. {cut} Follow us."),
        told("C", minute=2, text=agency.upper()),
    )

    event = tracker.only_event()
    assert event.outlets == 1
    assert [story.is_copy for story in event.stories] == [False, True, True]


def test_an_early_mistake_does_not_drown_those_who_tell_the_same_later() -> None:
    tracker = Tracker()
    tracker.read(told("A", minute=0), told("B", minute=1, stage=Stage.REVERSED))
    tracker.read(*(told(f"O{number}", minute=2 + number) for number in range(12)))
    assert tracker.only_event().stage is Stage.CONFIRMED

    tracker.read(
        told("C", minute=50, stage=Stage.REVERSED), told("D", minute=51, stage=Stage.REVERSED)
    )

    assert tracker.only_event().stage is Stage.REVERSED


def test_two_outlets_with_another_one_between_them_turn_nothing() -> None:
    tracker = Tracker()
    tracker.read(*(told(f"O{number}", minute=number) for number in range(5)))

    tracker.read(
        told("A", minute=6, stage=Stage.REJECTED),
        told("B", minute=7),
        told("C", minute=8, stage=Stage.REJECTED),
    )
    assert tracker.only_event().stage is Stage.CONFIRMED

    tracker.read(told("D", minute=9, stage=Stage.REJECTED))
    assert tracker.only_event().stage is Stage.REJECTED


def test_what_many_outlets_tell_is_ended_by_three() -> None:
    tracker = Tracker()
    tracker.read(*(told(f"O{number}", minute=number / 2) for number in range(40)))

    tracker.read(*(told(name, minute=30, stage=Stage.REVERSED) for name in "AB"))
    assert tracker.only_event().stage is Stage.CONFIRMED

    tracker.read(told("C", minute=31, stage=Stage.REVERSED))
    assert tracker.only_event().stage is Stage.REVERSED
