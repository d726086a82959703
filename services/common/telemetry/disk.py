"""Disk: says that the process is not ready before the disk is full."""

from __future__ import annotations

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import structlog

from services.common.stop import Stop
from services.common.telemetry.health import Health
from services.common.telemetry.metrics import DISK_FREE_BYTES

LOOK_EVERY = timedelta(seconds=10)

_MEGABYTE = 1_000_000

log = structlog.get_logger()


class DiskWatch:
    """Shuts a gate while fewer than `least_bytes` are free where `directory` stands."""

    def __init__(
        self,
        directory: Path,
        *,
        least_bytes: int,
        health: Health,
        look_every: timedelta = LOOK_EVERY,
    ) -> None:
        self._directory = directory
        self._least_bytes = least_bytes
        self._gate = health.gate("disk")
        self._look_every = look_every

    async def run(self, stop: Stop) -> None:
        """Look until `stop` is asked."""
        was_low = False
        while not stop.is_asked:
            is_low = await asyncio.to_thread(self.look)
            if is_low and not was_low:
                log.error("disk_low", directory=str(self._directory))
            was_low = is_low
            await stop.pause(self._look_every)

    def look(self) -> bool:
        """Open or shut the gate; return whether the disk is low."""
        free = shutil.disk_usage(self._directory).free
        DISK_FREE_BYTES.set(free)
        is_low = free < self._least_bytes
        if is_low:
            self._gate.shut(
                f"disk: {free // _MEGABYTE} MB are free in {self._directory}, and less than "
                f"{self._least_bytes // _MEGABYTE} MB is too little"
            )
        else:
            self._gate.open()
        return is_low
