"""kill -9 at any moment: nothing is lost, and what comes twice has one id."""

from __future__ import annotations

from pathlib import Path

from tests.support.kill_run import kill_run


def test_stories_outlive_kills_of_the_whole_process_tree(tmp_path: Path) -> None:
    outcome = kill_run(tmp_path, stories=200, kills=2, seed=7, seconds=150)

    assert outcome.is_good, str(outcome)
    assert outcome.kills == 2
