from __future__ import annotations

import json

from tests.quality.scores import FLOORS, pinned, scores


def test_no_figure_falls_below_its_floor() -> None:
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    now = scores()

    fallen = [
        f"{key}: {field} {now[key][field]} (floor {floor})"
        for key, figures in floors.items()
        for field, floor in figures.items()
        if (now[key][field] > floor if field == "false alarms" else now[key][field] < floor)
    ]

    assert fallen == []


def test_pinning_lowers_only_what_fell_and_says_so() -> None:
    figures = {"stories all": {"type": 0.9, "stage": 0.7, "false alarms": 0.1, "amount": 0.8}}
    floors = {"stories all": {"type": 0.895, "stage": 0.8, "false alarms": 0.05}}

    new, lowered = pinned(figures, floors)

    assert new == {
        "stories all": {"type": 0.895, "stage": 0.68, "false alarms": 0.12, "amount": 0.78}
    }
    assert lowered == [
        "stories all: stage from 0.8 to 0.68",
        "stories all: false alarms from 0.05 to 0.12",
    ]
