from __future__ import annotations

from pathlib import Path

from services.common.clock import ManualClock
from services.common.telemetry.disk import DiskWatch
from services.common.telemetry.health import Health
from tests.support.builders import NOON


def test_a_disk_with_room_is_ready(tmp_path: Path) -> None:
    health = Health(ManualClock(NOON))

    assert not DiskWatch(tmp_path, least_bytes=1, health=health).look()
    assert health.reasons() == {}


def test_a_disk_that_fills_up_is_not_ready_before_it_is_full(tmp_path: Path) -> None:
    health = Health(ManualClock(NOON))

    assert DiskWatch(tmp_path, least_bytes=10**18, health=health).look()
    assert "less than 1000000000000 MB is too little" in health.reasons()["disk"]


def test_it_is_ready_again_when_there_is_room(tmp_path: Path) -> None:
    health = Health(ManualClock(NOON))
    DiskWatch(tmp_path, least_bytes=10**18, health=health).look()

    DiskWatch(tmp_path, least_bytes=1, health=health).look()

    assert health.reasons() == {}
