from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from services.common.clock import ManualClock
from services.common.errors import BusUnavailableError, StoreUnavailableError, TransientError
from services.common.telemetry.health import Health
from services.fetcher.patience import RETRY_LONGEST, Patience
from tests.support.builders import NOON


async def _served() -> str:
    return "served"


def failing(times: int, error: TransientError) -> Callable[[], Coroutine[Any, Any, str]]:
    """Return an attempt that fails so often before it is served."""
    left = [error] * times

    async def attempt() -> str:
        if left:
            raise left.pop()
        return await _served()

    return attempt


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


async def passing(clock: ManualClock) -> None:
    """Let the longest wait pass, and what waited for it go on."""
    clock.move(RETRY_LONGEST)
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_is_served_does_not_hide_that_something_else_waits(clock: ManualClock) -> None:
    health = Health(clock)
    patience = Patience(
        clock=clock,
        gate=health.gate("fetcher"),
        pulse=health.pulse("polls", stuck_after=RETRY_LONGEST),
        stopping=asyncio.Event(),
    )
    reasons = []

    async with asyncio.TaskGroup() as group:
        group.create_task(patience.insist("publish", failing(2, BusUnavailableError("No broker."))))
        group.create_task(patience.insist("hold", failing(1, StoreUnavailableError("No store."))))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        reasons.append(health.reasons())
        await passing(clock)
        await patience.insist("hold", _served)
        reasons.append(health.reasons())
        await passing(clock)

    reasons.append(health.reasons())
    assert reasons == [{"fetcher": "No store."}, {"fetcher": "No broker."}, {}]
