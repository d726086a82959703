"""The stage of an event, by design decision 12."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.contracts.event import ChangeKind
from services.common.contracts.reading import Focus, Stage
from tests.support.tracker import Tracker, told

R, P, C = Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED
NO, UNDONE = Stage.REJECTED, Stage.REVERSED


def stages_after(*votes: tuple[str, Stage]) -> list[Stage]:
    """Return the stages that an event went through as outlets told it, a minute apart."""
    tracker = Tracker()
    for minute, (outlet, stage) in enumerate(votes):
        tracker.read(told(outlet, minute=minute, stage=stage))
    moves = {ChangeKind.OPENED, ChangeKind.STAGE, ChangeKind.CORRECTION}
    return [change.event.stage for change in tracker.changes if change.kind in moves]


def test_a_stage_moves_forward_at_once() -> None:
    assert stages_after(("A", R), ("B", P), ("C", C)) == [R, P, C]


def test_an_earlier_stage_told_again_is_coverage() -> None:
    assert stages_after(("A", C), ("B", R), ("C", P)) == [C]


def test_one_false_reversal_among_ten_outlets_corrects_nobody() -> None:
    for place in range(1, 10):
        votes = [(f"outlet-{n}", UNDONE if n == place else C) for n in range(10)]

        assert stages_after(*votes) == [C]


def test_a_reversal_holds_when_two_outlets_tell_it() -> None:
    votes = [*((f"outlet-{n}", C) for n in range(6)), ("X", UNDONE), ("Y", UNDONE)]

    assert stages_after(*votes) == [C, UNDONE]


@pytest.mark.parametrize(
    "ends", [(NO, UNDONE), (UNDONE, NO), (NO, UNDONE, UNDONE), (UNDONE, NO, NO)]
)
def test_outlets_that_tell_its_end_as_two_kinds_of_end_end_it(ends: tuple[Stage, ...]) -> None:
    votes = [*((f"outlet-{n}", C) for n in range(3)), *zip("XYZ", ends, strict=False)]

    stages = stages_after(*votes)

    assert stages[0] == C
    assert stages[1] in {NO, UNDONE}
    assert stages[2:] in ([], [ends[-1]])


def test_after_a_silence_one_outlet_calls_what_is_over_no_other_end() -> None:
    tracker = Tracker()
    for minute, stage in enumerate((C, C, UNDONE, UNDONE)):
        tracker.read(told(f"outlet-{minute}", minute=minute, stage=stage, countries=("IN",)))

    tracker.read(told("X", minute=100 * 24 * 60, stage=NO, countries=("IN",)))

    assert tracker.only_event().stage == UNDONE


def test_a_text_told_again_is_no_silence() -> None:
    days = [(0, "one", C), (1, "two", C), (25, "one", C), (40, "over", UNDONE)]
    tracker = Tracker()
    for day, text, stage in days:
        tracker.read(told(f"outlet-{day}", minute=day * 24 * 60, text=text, stage=stage))

    assert tracker.only_event().stage == C
    assert tracker.only_event().disputed == UNDONE


def test_one_outlet_that_tells_two_kinds_of_end_ends_nothing() -> None:
    assert stages_after(("A", C), ("B", C), ("X", UNDONE), ("X", NO)) == [C]


def test_two_outlets_outvoted_since_the_first_of_them_correct_nobody() -> None:
    assert stages_after(("A", C), ("B", UNDONE), ("C", C), ("D", C), ("E", UNDONE)) == [C]


def test_the_only_outlet_that_told_it_may_take_it_back() -> None:
    assert stages_after(("A", C), ("A", UNDONE)) == [C, UNDONE]


def test_every_turn_of_one_outlet_is_told() -> None:
    votes = [("A", stage) for stage in (C, UNDONE, C, UNDONE, C, UNDONE)]

    assert stages_after(*votes) == [C, UNDONE, C, UNDONE, C, UNDONE]


def test_out_of_an_end_as_many_outlets_must_say_so_as_told_the_end() -> None:
    into = [("A", C), ("B", UNDONE), ("C", UNDONE)]

    assert stages_after(*into, ("D", C)) == [C, UNDONE]
    assert stages_after(*into, ("D", C), ("E", C)) == [C, UNDONE, C]


def test_copies_of_one_text_vote_once() -> None:
    tracker = Tracker()
    tracker.read(told("A", minute=0), told("B", minute=1))
    for minute in range(2, 8):
        tracker.read(told(f"copy-{minute}", minute=minute, stage=UNDONE, text="agency text"))

    event = tracker.only_event()

    assert (event.stage, event.disputed) == (C, UNDONE)
    assert event.outlets == 3
    assert len(event.stories) == 8


def test_a_contested_stage_is_shown_as_disputed() -> None:
    tracker = Tracker()
    tracker.read(told("A"), told("B", minute=1))

    [change] = tracker.read(told("C", minute=2, stage=UNDONE))

    assert change.kind is ChangeKind.DISPUTED
    assert (change.event.stage, change.event.disputed) == (C, UNDONE)


def test_a_report_an_hour_older_than_the_newest_has_no_vote() -> None:
    tracker = Tracker()
    tracker.read(told("A", minute=100, stage=P))

    tracker.read(told("B", minute=39, stage=C))

    assert tracker.only_event().stage is P


def test_a_report_less_than_an_hour_older_votes() -> None:
    tracker = Tracker()
    tracker.read(told("A", minute=100, stage=P))

    tracker.read(told("B", minute=41, stage=C))

    assert tracker.only_event().stage is C


def test_an_unknown_stage_is_shown_and_does_not_vote() -> None:
    tracker = Tracker()

    [opened] = tracker.read(told("A", stage=Stage("appealed")))
    tracker.read(told("B", minute=1, stage=P), told("C", minute=2, stage=Stage("appealed")))

    assert opened.event.stage == "appealed"
    assert tracker.only_event().stage is P


def test_a_background_report_joins_and_votes_on_nothing() -> None:
    tracker = Tracker()
    tracker.read(told("A"))

    [change] = tracker.read(told("A", minute=1, stage=UNDONE, focus=Focus.BACKGROUND))

    assert change.kind is ChangeKind.COVERAGE
    assert (change.event.stage, change.event.outlets, len(change.event.stories)) == (C, 1, 2)


@pytest.mark.parametrize(("days", "events"), [(13, 1), (15, 2)])
def test_a_rumour_after_an_end_is_coverage_for_fourteen_days(days: int, events: int) -> None:
    tracker = Tracker()
    tracker.read(told("A"), told("A", minute=1, stage=UNDONE))

    tracker.read(told("B", minute=days * 1440, stage=R))

    assert len(tracker.events()) == events


def test_rounds_count_corrections() -> None:
    tracker = Tracker()
    for minute, stage in enumerate((C, UNDONE, C, UNDONE)):
        tracker.read(told("A", minute=minute, stage=stage))

    assert [change.event.round for change in tracker.changes] == [0, 1, 2, 3]
    assert tracker.only_event().previous_stage is C


@given(
    st.lists(st.sampled_from(sorted(Stage)), min_size=1, max_size=12),
    st.integers(min_value=0, max_value=11),
)
@settings(max_examples=60)
def test_one_outlet_alone_never_corrects_two_others(stages: list[Stage], place: int) -> None:
    votes = [("A", C), ("B", C), *(("X", stage) for stage in stages)]

    assert stages_after(*votes[: place + 3]) == [C]
