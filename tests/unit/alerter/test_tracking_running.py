"""Folding on from what is kept comes to what folding anew does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter.tracking import running
from services.alerter.tracking.running import Running
from services.alerter.tracking.sighting import Sighting
from services.common.contracts.event import EventChange
from services.common.contracts.reading import Reading, Stage
from tests.support.builders import a_report
from tests.support.tracker import Tracker, revised, told
from tests.unit.alerter.test_tracking_relations import WORDS, sighting


class Seen:
    """Folds to the texts themselves."""

    def __init__(self, first: Sighting) -> None:
        self.texts = [first.text_hash]

    def add(self, sighting: Sighting) -> None:
        self.texts.append(sighting.text_hash)

    def copy(self) -> Seen:
        other = Seen.__new__(Seen)
        other.texts = self.texts.copy()
        return other


@contextmanager
def a_tail_of(length: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "TAIL", length)
        yield


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("iiiiard")), max_size=40))
def test_whatever_comes_goes_or_changes_the_fold_is_that_of_all(
    edits: list[tuple[int, str]],
) -> None:
    numbers = count()
    seen = Running(Seen)
    sightings: list[Sighting] = []
    with a_tail_of(3):
        for place, edit in edits:
            one = sighting(next(numbers), WORDS[place : place + 8])
            at = len(sightings) if edit == "a" else min(place, len(sightings))
            is_new = edit in "ia"
            sightings[at : at if is_new else at + 1] = [] if edit == "d" else [one]
            if sightings:
                assert seen.of(sightings).texts == [each.text_hash for each in sightings]


STORY = st.tuples(
    st.sampled_from(["A", "B", "C", "D", "E", "F"]),
    st.integers(0, 240),
    st.sampled_from([Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED, Stage.REJECTED]),
    st.integers(0, 25),
    st.sampled_from(["tiktok", "tiktok", "tiktok", "bytedance"]),
    st.booleans(),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(STORY, min_size=4, max_size=14))
def test_the_history_of_events_is_the_same_with_nothing_kept(
    stories: list[tuple[str, int, Stage, int, str, bool]],
) -> None:
    readings: list[Reading] = []
    for number, (outlet, minute, stage, start, target, is_revised) in enumerate(stories):
        text = " ".join(WORDS[start : start + 15])
        of = told(outlet, minute=minute + number / 100, stage=stage, target=target, text=text)
        readings.append(of)
        if is_revised:
            changed = a_report(of.story.story_id, stage=Stage.CONFIRMED, target="tiktok")
            readings.append(revised(of, changed, minutes=number + 1))

    with a_tail_of(1):
        going_on = _history(readings)
    with a_tail_of(1_000):
        anew = _history(readings)

    assert going_on == anew


def _history(readings: list[Reading]) -> list[EventChange]:
    return Tracker().read(*readings)


class Counting(Seen):
    """Folds to the texts, and counts how often a sighting was taken in."""

    times = 0

    def add(self, sighting: Sighting) -> None:
        Counting.times += 1
        super().add(sighting)

    def copy(self) -> Counting:
        other = Counting.__new__(Counting)
        other.texts = self.texts.copy()
        return other


def test_a_late_story_has_those_told_after_it_folded_again_not_all_before() -> None:
    seen = Running(Counting)
    sightings = [sighting(number, ["a"]) for number in range(2_000)]
    for end in range(1, 2_000):
        seen.of(sightings[:end])
    Counting.times = 0

    late = sighting(2_001, ["late"])
    folded = seen.of([*sightings[:1_900], late, *sightings[1_900:]])

    assert folded.texts[1_900] == late.text_hash
    assert Counting.times < 1_000


def test_folds_of_several_countries_do_not_begin_anew_for_each_other() -> None:
    seen = Running(Counting)
    sightings = [sighting(number, ["a"]) for number in range(1_000)]
    for end in range(900, 1_000):
        seen.of(sightings[:end], among="IN")
        seen.of([sightings[0], *sightings[2:end]], among="ID")
    Counting.times = 0

    seen.of(sightings, among="IN")
    seen.of([sightings[0], *sightings[2:]], among="ID")

    assert Counting.times < 4 * 2 * running.TAIL
