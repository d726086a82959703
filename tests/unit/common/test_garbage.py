"""The collector comes back after what it was kept away from, and still finds what it left."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from services.common.garbage import collector_kept_off, collector_paused


def fail_noting(was_on: list[bool]) -> None:
    """Raise an IndexError, with whether the collector was on noted."""
    was_on.append(gc.isenabled())
    raise IndexError


@pytest.mark.parametrize("away", [collector_paused, collector_kept_off])
def test_the_collector_is_on_again_after_a_failure(
    away: Callable[[], AbstractContextManager[None]],
) -> None:
    was_on: list[bool] = []

    with pytest.raises(IndexError), away():
        fail_noting(was_on)

    assert was_on == [False]
    assert gc.isenabled()


def test_what_a_pause_leaves_is_still_collected_however_much_was_made() -> None:
    frozen = gc.get_freeze_count()

    with collector_paused():
        made: list[list[int]] = [[] for _ in range(60_000)]

    assert made
    assert gc.get_freeze_count() == frozen
