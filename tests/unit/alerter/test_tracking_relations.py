"""Copies are found as by comparing every text with every one before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.alerter.tracking import copies
from services.alerter.tracking.copies import Originals
from services.alerter.tracking.sighting import Rank, Sighting
from services.common.sketch import is_contained, sketch_of
from tests.support.alerting import told_by
from tests.support.builders import NOON

WORDS = [f"word{number}" for number in range(40)]


def sighting(number: int, words: list[str]) -> Sighting:
    reading = told_by(f"Outlet{number}", since=NOON + timedelta(minutes=number))
    one = Sighting(
        story=reading.story,
        report=reading.reports[0],
        text_hash=" ".join(words),
        rank=Rank(revised_at=NOON, position=number),
    )
    return replace(one, text_sketch=sketch_of(words))


def originals(sightings: list[Sighting]) -> list[Sighting]:
    known = Originals()
    return [known.add(one) for one in sightings]


def compared(sightings: list[Sighting]) -> list[Sighting]:
    known: list[Sighting] = []
    found: list[Sighting] = []
    by_text: dict[str, Sighting] = {}
    for one in sightings:
        original = by_text.get(one.text_hash) or next(
            (other for other in known if is_contained(one.hashes, other.hashes)), one
        )
        if original is one:
            known.append(one)
        by_text.setdefault(one.text_hash, original)
        found.append(original)
    return found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 25), st.integers(4, 20)).map(
            lambda place: WORDS[place[0] : place[0] + place[1]]
        ),
        min_size=1,
        max_size=12,
    )
)
def test_whose_text_it_is_does_not_depend_on_what_was_compared_before(
    texts: list[list[str]],
) -> None:
    sightings = [sighting(number, words) for number, words in enumerate(texts)]

    assert originals(sightings) == compared(sightings)
    assert originals(sightings[::2]) == compared(sightings[::2])


def test_a_copy_is_found_also_when_texts_of_other_events_took_all_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copies._Relations, "MOST_TEXTS", 3)
    monkeypatch.setattr(copies, "_relations", copies._Relations())
    first, others = (
        sighting(0, WORDS),
        [sighting(n, [f"{n}{word}" for word in WORDS]) for n in range(1, 9)],
    )
    known = Originals()
    known.add(first)
    originals(others)

    assert known.copy().add(sighting(9, WORDS[:30])) is first


def test_an_event_of_more_texts_than_there_is_room_for_finds_its_copies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copies._Relations, "MOST_TEXTS", 3)
    monkeypatch.setattr(copies, "_relations", copies._Relations())
    texts = [[f"{number}{word}" for word in WORDS] for number in range(8)]
    told = [sighting(number, words) for number, words in enumerate((*texts, texts[0][:30]))]

    assert originals(told) == compared(told)
    assert originals(told)[-1] is told[0]
