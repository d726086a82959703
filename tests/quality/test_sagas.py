"""Whoever asks for everything is told once of each happening of the sagas (tests/quality/sagas.py)."""

from __future__ import annotations

from tests.quality.sagas import figures, follow, tellings


def test_happenings_are_told_once() -> None:
    found = figures(follow(tellings()))

    assert found.told_once >= 184, found
    assert found.told_again <= 62, found
    assert found.unread + found.swallowed <= 16, found
    assert found.false_alerts <= 35, found
    assert found.stages_told >= 305, found
    assert found.wrong_turns <= 10, found
