"""kill -9 at any moment: nothing is lost, and what comes twice has one id."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.kill_run import Embedded, OnKafka, kill_run
from tests.support.stack import Stack, redis_flush


def test_stories_outlive_kills_of_the_whole_process_tree(tmp_path: Path) -> None:
    outcome = kill_run(
        tmp_path, system=Embedded(tmp_path), stories=200, kills=2, seed=7, seconds=150
    )

    assert outcome.is_good, str(outcome)
    assert outcome.kills == 2


@pytest.mark.kafka
@pytest.mark.redis
def test_stories_outlive_a_kill_of_each_service_and_an_emptied_redis(stack: Stack) -> None:
    outcome = kill_run(
        stack.directory,
        system=OnKafka(stack),
        stories=60,
        kills=3,
        seed=7,
        seconds=150,
        fault=lambda: redis_flush(stack, 0),
    )

    assert outcome.is_good, str(outcome)
    assert outcome.kills == 3
    assert {kind: service.starts for kind, service in stack.services.items()} == {
        "fetcher": 2,
        "classifier": 2,
        "alerter": 2,
    }
