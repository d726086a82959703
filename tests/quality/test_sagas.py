"""Whoever asks for everything is told once of each happening of the sagas (tests/quality/sagas.py)."""

from __future__ import annotations

from tests.quality.sagas import figures, follow, tellings


def test_happenings_are_told_once() -> None:
    found = figures(follow(tellings()))

    assert found.told_once >= 87, found
    assert found.told_again <= 30, found
    assert found.unread + found.swallowed <= 5, found
    assert found.false_alerts <= 18, found
    assert found.stages_told >= 142, found
    assert found.wrong_turns <= 7, found
