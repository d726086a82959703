"""Whoever asks for everything is told once of each happening of the sagas (tests/quality/sagas.py)."""

from __future__ import annotations

from tests.quality.sagas import figures, follow, tellings


def test_happenings_are_told_once() -> None:
    found = figures(follow(tellings()))

    assert found.told_once >= 130, found
    assert found.told_again <= 50, found
    assert found.unread + found.swallowed <= 12, found
    assert found.false_alerts <= 23, found
    assert found.stages_told >= 222, found
    assert found.wrong_turns <= 8, found
