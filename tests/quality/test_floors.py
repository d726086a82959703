from __future__ import annotations

import json

from tests.quality.scores import FLOORS, scores


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
