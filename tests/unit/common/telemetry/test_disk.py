from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from services.common.clock import ManualClock
from services.common.telemetry.disk import DiskWatch
from services.common.telemetry.health import Health
from tests.support.builders import NOON

_METRICS = """
from prometheus_client import generate_latest
from services.common.telemetry.metrics import REGISTRY
print(generate_latest(REGISTRY).decode())
"""


def test_a_disk_with_room_is_ready(tmp_path: Path) -> None:
    health = Health(ManualClock(NOON))

    assert not DiskWatch(tmp_path, least_bytes=1, health=health).look()
    assert health.reasons() == {}


def test_a_service_that_does_not_look_shows_no_full_disk() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", _METRICS], capture_output=True, text=True, check=True
    ).stdout

    assert "kabar_disk_free_bytes NaN" in shown


def test_a_disk_that_fills_up_is_not_ready_before_it_is_full(tmp_path: Path) -> None:
    health = Health(ManualClock(NOON))

    assert DiskWatch(tmp_path, least_bytes=10**18, health=health).look()
    assert "less than 1000000000000 MB is too little" in health.reasons()["disk"]


def test_it_is_ready_again_when_there_is_room(tmp_path: Path) -> None:
    health = Health(ManualClock(NOON))
    DiskWatch(tmp_path, least_bytes=10**18, health=health).look()

    DiskWatch(tmp_path, least_bytes=1, health=health).look()

    assert health.reasons() == {}
