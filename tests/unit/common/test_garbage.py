"""Garbage: the collector comes back after what it was kept away from, and leaves what stays."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from services.common.garbage import (
    COLLECT_EVERY,
    collect_rarely,
    collector_kept_off,
    collector_paused,
)


@pytest.fixture(autouse=True)
def _collector_of_its_own() -> Iterator[None]:
    """Whatever other tests of this process asked of the collector is put aside."""
    callbacks, threshold = list(gc.callbacks), gc.get_threshold()
    gc.callbacks.clear()
    yield
    gc.callbacks[:] = callbacks
    gc.set_threshold(*threshold)
    gc.unfreeze()


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


def test_the_collector_comes_rarely_however_often_that_is_asked_for() -> None:
    collect_rarely()
    callbacks = len(gc.callbacks)

    collect_rarely()

    assert gc.get_threshold()[0] == COLLECT_EVERY
    assert len(gc.callbacks) == callbacks


def test_what_a_walk_finds_alive_is_not_walked_over_again() -> None:
    collect_rarely()
    kept: list[list[int]] = [[] for _ in range(100)]

    gc.collect()

    assert not any(one is kept for one in gc.get_objects())
